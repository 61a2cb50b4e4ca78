"""A server whose model has no key: it is there, says so, and takes the key up when it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from podium.app.model_keys import keep_key, provider_keys
from podium.app.podium import Podium
from podium.app.project import Project
from podium.core.errors import Conflict, ModelAuthError
from podium.testing.helpful import HelpfulModel
from podium.testing.openai_server import OpenAIServer
from podium.testing.server import Server, served

ROLES = ["critic", "executor", "planner", "retriever"]
HELD = 'api_key_file = "key.txt"'
PRINTED = 'api_key_command = ["cat", "key.txt"]'


def asked(server: Server, text: str = "How long may a book be kept?") -> dict[str, Any]:
    body = {"assistant_id": "library", "input": {"messages": [{"role": "user", "content": text}]}}
    told: dict[str, Any] = server.client().post("/runs/wait", json=body).raise_for_status().json()
    return told


@pytest.fixture
def without_key(
    open_library: Callable[..., Podium], serve: Callable[..., OpenAIServer], library: Path
) -> Callable[..., Any]:
    """Makes the library's project one whose key is not there, and serves it."""

    @contextmanager
    def make(place: str = HELD, *, models: str = "", seconds: float = 0.05) -> Iterator[tuple[Server, Any]]:
        model = serve(HelpfulModel())
        open_library(model, models=models.replace("URL", model.base_url), open_seconds=seconds).close()
        manifest = library / "podium.toml"
        text = manifest.read_text(encoding="utf-8")
        manifest.write_text(text.replace("timeout = ", f"{place}\ntimeout = "), encoding="utf-8")
        with served(library) as server:
            yield server, model

    return make


@pytest.mark.parametrize("place", [HELD, PRINTED])
def test_the_server_starts_says_so_and_takes_the_key_up_when_it_comes(
    without_key: Callable[..., Any], library: Path, place: str
) -> None:
    with without_key(place) as (server, model):
        client = server.client()
        ready = client.get("/ready")
        assert (ready.status_code, ready.json()) == (200, {"ready": True, "degraded": ROLES})
        roles = client.get("/podium/v1/me").json()["models"]["roles"]
        assert not any(role["ready"] for role in roles.values())
        assert "key" in roles["planner"]["problem"]
        told = asked(server)
        assert told["outcome"]["degraded"]
        assert "21 days" in told["messages"][-1]["content"]
        assert model.requests == []
        (library / "key.txt").write_text("sk-come-at-last\n", encoding="utf-8")
        while "degraded" in client.get("/ready").json():
            assert client.get("/ok").status_code == 200
        assert not asked(server)["outcome"]["degraded"]
        assert set(model.keys) == {"sk-come-at-last"}
        assert all(role["ready"] for role in client.get("/podium/v1/me").json()["models"]["roles"].values())


def test_a_key_that_does_not_come_is_not_looked_for_at_every_call(
    without_key: Callable[..., Any], library: Path
) -> None:
    looked = library / "looked"
    program = f'api_key_command = ["sh", "-c", "echo >> {looked}; exit 1"]'
    with without_key(program, seconds=600) as (server, _):
        for _ in range(3):
            assert asked(server)["outcome"]["degraded"]
            assert server.client().get("/ready").json()["degraded"] == ROLES
    assert looked.read_text(encoding="utf-8").count("\n") == 1


def test_another_model_stands_in_where_one_is_named(without_key: Callable[..., Any]) -> None:
    spare = 'fallback = "spare:small"\n\n[models.providers.spare]\nbase_url = "URL"\n'
    with without_key(models=spare) as (server, model):
        assert server.client().get("/ready").json()["degraded"] == ROLES
        told = asked(server)
        assert told["outcome"]["degraded"]
        assert {request["model"] for request in model.requests} == {"small"}


def test_one_who_asks_at_the_command_line_is_refused_instead(
    open_library: Callable[..., Podium], serve: Callable[..., OpenAIServer], library: Path
) -> None:
    open_library(serve(HelpfulModel())).close()
    manifest = library / "podium.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace("timeout = ", f"{HELD}\ntimeout = "), encoding="utf-8")
    with pytest.raises(ModelAuthError, match=r"key\.txt cannot be read"), Podium.from_project(library) as app:
        app.ask_sync("How long may a book be kept?")
    project = Project.open(library)
    (shown,) = (one for one in provider_keys(project, ("openai:large",)) if one.provider == "openai")
    assert (shown.source, shown.settable) == ("missing", False)
    with pytest.raises(Conflict, match="goes before"):
        keep_key(project, "openai", "sk-nobody-would-read-it")
