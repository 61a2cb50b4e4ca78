"""A server whose project declares triggers."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import pytest

from podium.testing.server import Callers, served

STOCK = Path(__file__).parent.parent / "server" / "project"
SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="
OLD_SECRET = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
PROJECT = """\
[project]
name = "harbour"

[triggers.orders]
kind = "event"
graph = "steps"
owner = "ada"
input = { text = "{{ data.text }}", seconds = "{{ data.seconds }}", fails = "{{ data.fails }}" }
key = "data.customer"
max_age = 86400
attempts = 2
first_wait = 0.05
webhook = { secret_env = "HARBOUR_SECRET" }

[triggers.orders.schemas]
1 = "order-1.json"

[triggers.orders.schemas.2]
type = "object"
required = ["text", "customer"]
properties = { text = { type = "string" }, customer = { type = "string" }, seconds = { type = "number" } }

[triggers.pushes]
kind = "event"
graph = "steps"
input = { text = "{{ data.ref }}" }
webhook = { secret_env = "GITHUB_SECRET", style = "github" }

[triggers.gone]
kind = "event"
graph = "nowhere"
owner = "ada"

[triggers.narrow]
kind = "event"
graph = "steps"
owner = "ada"
max_waiting = 2
paused = true

[triggers.tides]
kind = "schedule"
graph = "steps"
owner = "ada"
schedule = "30 2 * * *"
timezone = "Europe/Berlin"
input = { text = "at {{ time }}" }
"""
OLDER_SCHEMA = '{"type": "object", "required": ["words"]}'

Until: TypeAlias = Callable[[Callable[[], Any]], Any]


@pytest.fixture(scope="session")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("harbour") / "project"
    shutil.copytree(STOCK, folder, ignore=shutil.ignore_patterns(".podium", "__pycache__"))
    (folder / "podium.toml").write_text(PROJECT, encoding="utf-8")
    (folder / "order-1.json").write_text(OLDER_SCHEMA, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def callers(harbour: Path) -> Iterator[Callers]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARBOUR_SECRET", f"{SECRET} {OLD_SECRET}")
        patch.setenv("GITHUB_SECRET", "ItsASecretToEverybody")
        with served(harbour, dev=False) as server:
            yield Callers.of(server, harbour)


@pytest.fixture
def ada(callers: Callers) -> httpx.Client:
    return callers.ada


@pytest.fixture
def until() -> Until:
    """Wait until something is found, and give it."""

    def wait(find: Callable[[], Any]) -> Any:
        ends = time.monotonic() + 20
        while time.monotonic() < ends:
            if found := find():
                return found
            time.sleep(0.01)
        raise AssertionError("it did not come")

    return wait
