"""Who asks and what they may do; which model answers, and setting up its key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from podium.testing.server import Callers, served

KEY = "sk-planted-secret-0123456789"


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


def test_everybody_is_told_who_they_are_and_what_they_may(desk: Callers) -> None:
    ada, admin, stranger = (one.get("/podium/v1/me").json() for one in (desk.ada, desk.admin, desk.stranger))
    assert (ada["principal"], ada["tenant"], ada["scopes"]) == (
        "ada",
        "default",
        ["read", "write", "approve"],
    )
    assert ada["may"] == {
        "read": True,
        "run": True,
        "decide": True,
        "administer": False,
        "run_project": False,
    }
    assert (admin["may"]["run_project"], stranger["may"]["administer"]) == (True, True)
    assert stranger["may"]["run_project"] is False
    viewer = desk.server.services.key_ring.keys.create("v", roles=["viewer", "finance"], owner="v")[1]
    seen = desk.server.client(viewer).get("/podium/v1/me").json()
    assert (seen["roles"], seen["scopes"], seen["may"]["decide"]) == (["finance", "viewer"], ["read"], False)
    assert (ada["dev"], ada["project"]["name"], ada["models"]["offline"]) == (False, "support-desk", True)
    (own,) = (graph for graph in ada["project"]["graphs"] if graph["own"])
    assert (own["graph_id"], own["error"]) == ("support_desk", None)
    examples = desk.server.services.app.project.manifest.project.examples
    assert ada["project"]["examples"] == list(examples) != []
    assert ada["models"]["roles"]["critic"]["model"] == "offline"
    assert [one["provider"] for one in ada["models"]["providers"]] == ["openai"]
    assert ada["models"]["providers"][0]["source"] == "missing"


def test_a_key_is_stored_by_the_projects_admins_and_never_told(desk: Callers) -> None:
    body = {"provider": "openai", "key": KEY}
    for client in (desk.ada, desk.stranger):
        refused = client.put("/podium/v1/models/key", json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    stored = desk.admin.put("/podium/v1/models/key", json=body)
    assert stored.status_code == 200, stored.text
    assert (stored.json()["source"], stored.json()["effective"]) == ("stored", "restart")
    assert KEY not in stored.text + desk.admin.get("/podium/v1/me").text
    assert desk.admin.get("/podium/v1/me").json()["models"]["providers"][0]["source"] == "stored"
    assert KEY not in desk.admin.get("/podium/v1/audit/export").text
    files = [path for path in desk.folder.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert [path.relative_to(desk.folder) for path in files] == [Path(".podium/keys/OPENAI_API_KEY")]
    gone = desk.admin.delete("/podium/v1/models/key", params={"provider": "openai"})
    assert gone.json()["source"] == "missing"
    assert not files[0].exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"provider": "openai", "key": f"{KEY} two"}, 422, "input_invalid"),
        ({"provider": "nobody", "key": KEY}, 404, "unknown_name"),
        ({"provider": "openai", "key": KEY, "model": "openai:x"}, 403, "not_allowed"),
        ({"provider": "openai", "key": KEY, "unknown": KEY}, 422, "input_invalid"),
        ({"provider": "openai", "key": [KEY]}, 422, "input_invalid"),
    ],
)
def test_what_cannot_be_stored_is_refused_without_the_key(
    desk: Callers, body: dict[str, object], status: int, code: str
) -> None:
    refused = desk.admin.put("/podium/v1/models/key", json=body)
    assert (refused.status_code, refused.json()["code"]) == (status, code)
    assert KEY not in refused.text
    assert not (desk.folder / ".podium" / "keys" / "OPENAI_API_KEY").exists()


def test_in_dev_the_model_is_chosen_as_well_and_the_server_starts_again(
    reference: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(reference, tmp_path / "desk")
    with served(folder, dev=True, reloads=True) as server:
        client, manifest = server.client(), folder / "podium.toml"
        before = manifest.stat().st_mtime_ns
        told = client.put("/podium/v1/models/key", json={"provider": "openai", "key": KEY})
        assert (told.json()["effective"], manifest.stat().st_mtime_ns > before) == ("reload", True)
        chosen = client.put("/podium/v1/models/default", json={"model": "openai:some-model"})
        assert (chosen.status_code, chosen.json()["source"]) == (200, "stored")
        assert 'default = "openai:some-model"   # or' in manifest.read_text(encoding="utf-8")
        assert client.get("/podium/v1/me").json()["dev"] is True
    with served(folder, dev=True) as again:
        me = again.client().get("/podium/v1/me").json()
        assert (me["models"]["offline"], me["models"]["roles"]["planner"]["ready"]) == (False, True)
        assert me["models"]["roles"]["planner"]["model"] == "openai:some-model"


def test_addresses_and_places_of_keys_are_for_those_who_run_the_project(tmp_path: Path) -> None:
    manifest = """
[project]
name = "inside"
[models]
default = "house:large"
[models.providers.house]
base_url = "http://10.1.2.3:8000/v1"
api_key_file = "keys/of-the-house"
"""
    (tmp_path / "podium.toml").write_text(manifest, encoding="utf-8")
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "of-the-house").write_text("a-key", encoding="utf-8")
    with served(tmp_path, dev=False) as server:
        callers = Callers.of(server, tmp_path)
        for client in (callers.ada, callers.stranger):
            told = client.get("/podium/v1/me")
            assert "10.1.2.3" not in told.text
            assert "of-the-house" not in told.text
            shown = next(one for one in told.json()["models"]["providers"] if one["provider"] == "house")
            assert (shown["place"], shown["settable"], bool(shown["how"])) == ("", False, True)
        assert "10.1.2.3" in callers.admin.get("/podium/v1/me").text


def test_a_key_beside_a_model_that_is_none_is_not_stored(reference: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(reference, tmp_path / "desk")
    with served(folder, dev=True) as server:
        for model in ("no model", "nobody:x"):
            body = {"provider": "openai", "key": KEY, "model": model}
            assert server.client().put("/podium/v1/models/key", json=body).status_code in {404, 422}
        assert not (folder / ".podium" / "keys").exists()
