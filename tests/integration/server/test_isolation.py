"""Two tenants and two owners: what is another's is not there, on every route that the server has."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from podium.core.ids import new_id
from podium.server.application import create_app
from podium.server.scopes import OPEN, covers, scope_for
from podium.server.services import open_services
from podium.storage.api_keys import ROLES
from podium.testing.server import Callers, served

SHARED: Final = {"graph_id", "collection", "name", "namespace", "source", "suite"}
"""Parameters that name what belongs to the project, not to an owner."""
REQUIRED: Final[dict[str, Any]] = {
    "args": {},
    "assistant_id": "asks",
    "digest": "f" * 64,
    "graph_id": "asks",
    "happened": True,
    "id": "e1",
    "key": "k",
    "kind": "approve",
    "metadata": {},
    "name": "n",
    "namespace": ["n"],
    "query": "q",
    "schedule": "0 0 * * *",
    "thread_ids": [],
    "to": "x",
    "value": {},
    "version": 1,
}
"""Values for the fields that request bodies need."""
ONE_OF: Final[dict[str, dict[str, Any]]] = {"DecisionBody": {"kind": "approve"}}
"""What bodies need beyond what their schema can say."""
STREAMED: Final[dict[str, dict[str, Any]]] = {"/podium/v1/changes": {"limit": 1}}
"""What lets streams end that would go on."""
NOT_FOUND: Final = 404


def _document() -> dict[str, Any]:
    return create_app(lambda: open_services(Path(), dev=False)).openapi()


DOCUMENT: Final = _document()


def _parameters(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def _body(operation: dict[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    title = schema.get("$ref", "").rpartition("/")[2]
    named = DOCUMENT["components"]["schemas"].get(title, {})
    given = {name: REQUIRED[name] for name in named.get("required", ())}
    return {**given, **ONE_OF.get(title, {})} if content else None


ROUTES: Final = [
    (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]
OWNED: Final = [
    pytest.param(method, path, operation, id=f"{method} {path}")
    for method, path, operation in ROUTES
    if set(_parameters(path)) - SHARED
]
KEYED: Final = [
    pytest.param(method, path, id=f"{method} {path}") for method, path, _ in ROUTES if path not in OPEN
]
LISTED: Final = [
    pytest.param(method, path, operation, id=f"{method} {path}")
    for method, path, operation in ROUTES
    if not _parameters(path)
    and (method == "GET" or path.endswith(("/search", "/count", "/namespaces")))
    and "/audit/" not in path
    and not any(one.get("required") for one in operation.get("parameters", ()))
]


@pytest.fixture(scope="module")
def callers(stock_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    folder = tmp_path_factory.mktemp("isolated") / "project"
    shutil.copytree(stock_folder, folder, ignore=shutil.ignore_patterns(".podium"))
    with served(folder, dev=False) as server:
        yield Callers.of(server, folder)


@pytest.fixture(scope="module")
def hers(callers: Callers) -> dict[str, str]:
    """What ada has, by the names of path parameters."""
    ada = callers.ada
    thread_id = str(ada.post("/threads", json={"metadata": {"mine": "ada-secret"}}).json()["thread_id"])
    asked = {"assistant_id": "asks", "input": {"question": "ada-secret?"}}
    ada.post(f"/threads/{thread_id}/runs/wait", json=asked).raise_for_status()
    (run,) = ada.get(f"/threads/{thread_id}/runs").json()
    made = ada.post("/assistants", json={"graph_id": "asks", "name": "ada-secret"}).json()
    state = ada.get(f"/threads/{thread_id}/state").json()
    keys = callers.server.services.key_ring.keys.list()
    ids = {
        "thread_id": thread_id,
        "run_id": str(run["run_id"]),
        "assistant_id": str(made["assistant_id"]),
        "checkpoint_id": str(state["checkpoint"]["checkpoint_id"]),
        "interrupt_id": str(callers.waiting(ada, thread_id)["interrupt_id"]),
        "digest": "f" * 64,
        "seq": "918273645",
        "event_id": "ada-event",
        "key_id": next(key.key_id for key in keys if key.owner == "ada" and key.tenant == "default"),
    }
    if "/runs/crons" in DOCUMENT["paths"]:
        cron = {"assistant_id": "asks", "schedule": "0 0 1 1 *", "input": {}}
        ids["cron_id"] = str(ada.post("/runs/crons", json=cron).json()["cron_id"])
    ada.put("/store/items", json={"namespace": ["n"], "key": "k", "value": {"is": "ada-secret"}})
    return ids


def asked(
    client: httpx.Client, method: str, path: str, operation: dict[str, Any], ids: dict[str, str]
) -> httpx.Response:
    shared = dict.fromkeys(SHARED, "x")
    answer = client.request(method, path.format(**{**shared, **ids}), json=_body(operation))
    assert str(answer.status_code) in operation["responses"]
    return answer


@pytest.mark.parametrize(("method", "path"), KEYED)
def test_without_a_key_nothing_is_told(callers: Callers, method: str, path: str) -> None:
    ids = {name: new_id() for name in _parameters(path)}
    refused = callers.server.client().request(method, path.format(**ids), json={})
    assert (refused.status_code, refused.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize(("method", "path", "operation"), OWNED)
def test_what_is_anothers_is_not_there(
    callers: Callers, hers: dict[str, str], method: str, path: str, operation: dict[str, Any]
) -> None:
    for client in (callers.bob, callers.stranger):
        answer = asked(client, method, path, operation, hers)
        if answer.status_code == 403 and client is callers.bob:  # it is for admins, whosever it is
            assert operation["x-podium-scope"] == "admin"
            continue
        assert (answer.status_code, answer.json()["code"]) == (NOT_FOUND, "not_found"), answer.text
        assert "ada-secret" not in answer.text
    assert callers.ada.get(f"/threads/{hers['thread_id']}").json()["status"] == "interrupted"
    assert callers.ada.get(f"/assistants/{hers['assistant_id']}").status_code == 200


@pytest.mark.parametrize(("method", "path", "operation"), OWNED)
def test_what_is_nobodys_is_not_there_either(
    callers: Callers, method: str, path: str, operation: dict[str, Any]
) -> None:
    ids = {name: new_id() for name in _parameters(path)}
    answer = asked(callers.admin, method, path, operation, ids)
    assert (answer.status_code, answer.json()["code"]) == (NOT_FOUND, "not_found"), answer.text


@pytest.mark.parametrize(("method", "path", "operation"), LISTED)
def test_no_list_tells_of_anothers(
    callers: Callers, hers: dict[str, str], method: str, path: str, operation: dict[str, Any]
) -> None:
    for client in (callers.bob, callers.stranger):
        params = {"namespace": "n", "key": "k", **STREAMED.get(path, {})}
        told = client.request(method, path, json=_body(operation), params=params)
        assert told.status_code in {200, 403, NOT_FOUND}, told.text
        for word in ("ada-secret", *hers.values()):
            assert word not in told.text
        if path.endswith("/count"):
            assert told.json() == len(_seen_by(client, path))


def _seen_by(client: httpx.Client, path: str) -> list[Any]:
    return list(client.post(path.replace("/count", "/search"), json={"limit": 1000}).json())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/runs/cancel", {"run_ids": ["{run_id}"]}),
        ("/runs/cancel", {"thread_id": "{thread_id}", "run_ids": ["{run_id}"]}),
        ("/runs", {"assistant_id": "{assistant_id}", "input": {}}),
        ("/podium/v1/threads/{thread_id}/feedback", {"rating": 1}),
    ],
)
def test_what_a_body_names_is_anothers_too(
    callers: Callers, hers: dict[str, str], path: str, body: dict[str, Any]
) -> None:
    def filled(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: filled(one) for name, one in value.items()}
        if isinstance(value, list):
            return [filled(one) for one in value]
        return value.format(**hers) if isinstance(value, str) else value

    for client in (callers.bob, callers.stranger):
        answer = client.post(path.format(**hers), json=filled(body))
        assert answer.status_code == NOT_FOUND, answer.text
    assert callers.ada.get(f"/threads/{hers['thread_id']}").json()["status"] == "interrupted"


def test_what_is_anothers_is_not_pruned(callers: Callers, hers: dict[str, str]) -> None:
    for client in (callers.bob, callers.stranger):
        answer = client.post("/threads/prune", json={"thread_ids": [hers["thread_id"]]})
        assert answer.json() == {"pruned_count": 0}
    assert callers.ada.get(f"/threads/{hers['thread_id']}").status_code == 200


def test_an_id_that_is_taken_by_another_is_neither_told_nor_given(
    callers: Callers, hers: dict[str, str]
) -> None:
    for client in (callers.bob, callers.stranger):
        for if_exists in ("raise", "do_nothing"):
            body = {"thread_id": hers["thread_id"], "if_exists": if_exists}
            answer = client.post("/threads", json=body)
            assert answer.status_code in {NOT_FOUND, 409}
            assert "ada-secret" not in answer.text
        run = {"assistant_id": "asks", "input": {}, "if_not_exists": "create"}
        assert client.post(f"/threads/{hers['thread_id']}/runs", json=run).status_code == NOT_FOUND


def test_an_admin_sees_all_of_the_tenant_and_nothing_else(callers: Callers, hers: dict[str, str]) -> None:
    assert callers.admin.get(f"/threads/{hers['thread_id']}").status_code == 200
    assert callers.stranger.get(f"/threads/{hers['thread_id']}").status_code == NOT_FOUND


@pytest.fixture(scope="module")
def roles(callers: Callers) -> dict[str, httpx.Client]:
    """Somebody of each role, in a tenant where there is nothing."""
    keys, made = callers.server.services.key_ring.keys, dict[str, httpx.Client]()
    for role in ROLES:
        secret = keys.create(role, roles=[role, "finance"], tenant="empty", owner=role)[1]
        made[role] = callers.server.client(secret)
    return made


@pytest.mark.parametrize(("method", "path"), KEYED)
def test_each_role_is_refused_what_it_is_not_good_for(
    roles: dict[str, httpx.Client], method: str, path: str
) -> None:
    needed = scope_for(method, path)
    if path.endswith("/webhook"):  # it is signed, by whom no key is known
        needed = "read"
    for role, client in roles.items():
        if not covers({role}, needed):
            ids = {name: new_id() for name in _parameters(path)}
            refused = client.request(method, path.format(**ids), json={})
            assert (role, refused.status_code, refused.json()["code"]) == (role, 403, "not_allowed")
