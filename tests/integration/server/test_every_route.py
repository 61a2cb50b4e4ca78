"""What holds for every route: it is described, knows who asks, and says what is wrong and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from podium.core.ids import new_id
from podium.server.application import create_app
from podium.server.auth import caller
from podium.server.scopes import is_open, scope_for
from podium.server.services import open_services
from podium.testing.server import Callers, served

SIGNED: Final = "/podium/v1/triggers/{name}/webhook"
"""The one route that knows callers in a way of its own."""
PROJECT: Final = [
    ("GET", "/podium/v1/config"),
    ("GET", "/podium/v1/status"),
    ("GET", "/podium/v1/audit/check"),
    ("GET", "/podium/v1/audit/export"),
    ("GET", "/podium/v1/evaluations"),
    ("GET", "/podium/v1/evaluations/suites"),
    ("GET", "/podium/v1/evaluations/compare?before=a&after=b"),
    ("GET", "/podium/v1/evaluations/x"),
    ("GET", "/podium/v1/evaluations/x/cases"),
    ("GET", "/podium/v1/evaluations/x/report"),
    ("GET", "/podium/v1/evaluations/x/progress"),
    ("GET", "/podium/v1/evaluations/x/trial?case=c"),
    ("POST", "/podium/v1/evaluations/x/trial/thread"),
    ("POST", "/podium/v1/evaluations/x/stop"),
    ("POST", "/podium/v1/evaluations/x/cases"),
    ("POST", "/podium/v1/evaluations/suites/x/runs"),
    ("POST", "/podium/v1/knowledge/ingest"),
    ("PUT", "/podium/v1/knowledge/collections/x/documents/x.md"),
    ("DELETE", "/podium/v1/knowledge/collections/x/documents/x.md"),
    ("PUT", "/podium/v1/models/key"),
    ("PUT", "/podium/v1/models/default"),
    ("DELETE", "/podium/v1/models/key?provider=openai"),
    ("POST", "/podium/v1/reconcile"),
]
"""What concerns all tenants."""
BODIES: Final[dict[str, Any]] = {
    "/podium/v1/evaluations/x/trial/thread": {"case": "c"},
    "/podium/v1/evaluations/x/cases": {"thread_id": new_id()},
    "/podium/v1/models/key": {"provider": "openai", "key": "sk-x"},
    "/podium/v1/models/default": {"model": "offline"},
}


NEEDS: Final = {
    "read": """
        POST /assistants/count
        POST /assistants/search
        POST /assistants/{assistant_id}/versions
        POST /podium/v1/decisions/what-if
        POST /podium/v1/knowledge/search
        POST /podium/v1/threads/{thread_id}/rollback/preview
        POST /runs/crons/count
        POST /runs/crons/search
        POST /store/items/search
        POST /store/namespaces
        POST /threads/count
        POST /threads/search
        POST /threads/{thread_id}/history
        POST /threads/{thread_id}/state/checkpoint
    """,
    "write": """
        DELETE /assistants/{assistant_id}
        DELETE /podium/v1/triggers/{name}
        DELETE /runs/crons/{cron_id}
        DELETE /store/items
        DELETE /threads/{thread_id}
        DELETE /threads/{thread_id}/runs/{run_id}
        PATCH /assistants/{assistant_id}
        PATCH /runs/crons/{cron_id}
        PATCH /threads/{thread_id}
        PATCH /threads/{thread_id}/state
        POST /assistants
        POST /assistants/{assistant_id}/latest
        POST /podium/v1/threads/{thread_id}/feedback
        POST /podium/v1/triggers/{name}/dead-letters/{event_id}/replay
        POST /podium/v1/triggers/{name}/events
        POST /podium/v1/triggers/{name}/pause
        POST /podium/v1/triggers/{name}/resume
        POST /podium/v1/triggers/{name}/run
        POST /runs
        POST /runs/batch
        POST /runs/cancel
        POST /runs/crons
        POST /runs/stream
        POST /runs/wait
        POST /threads
        POST /threads/prune
        POST /threads/{thread_id}/copy
        POST /threads/{thread_id}/runs
        POST /threads/{thread_id}/runs/crons
        POST /threads/{thread_id}/runs/stream
        POST /threads/{thread_id}/runs/wait
        POST /threads/{thread_id}/runs/{run_id}/cancel
        POST /threads/{thread_id}/state
        PUT /podium/v1/triggers/{name}
        PUT /store/items
    """,
    "approve": """
        POST /podium/v1/reconcile
        POST /podium/v1/threads/{thread_id}/effects/{digest}/resolution
        POST /podium/v1/threads/{thread_id}/interrupts/{interrupt_id}/decision
        POST /podium/v1/threads/{thread_id}/interrupts/{interrupt_id}/preview
        POST /podium/v1/threads/{thread_id}/rollback
        PUT /podium/v1/threads/{thread_id}/interrupts/{interrupt_id}/assignment
    """,
    "admin": """
        DELETE /podium/v1/keys/{key_id}
        DELETE /podium/v1/knowledge/collections/{collection}/documents/{source}
        DELETE /podium/v1/models/key
        GET /podium/v1/audit/check
        GET /podium/v1/audit/export
        GET /podium/v1/audit/records
        GET /podium/v1/config
        GET /podium/v1/evaluations
        GET /podium/v1/evaluations/compare
        GET /podium/v1/evaluations/suites
        GET /podium/v1/evaluations/{name}
        GET /podium/v1/evaluations/{name}/cases
        GET /podium/v1/evaluations/{name}/progress
        GET /podium/v1/evaluations/{name}/report
        GET /podium/v1/evaluations/{name}/trial
        GET /podium/v1/keys
        POST /podium/v1/evaluations/suites/{suite}/runs
        POST /podium/v1/evaluations/{name}/stop
        POST /podium/v1/evaluations/{name}/trial/thread
        POST /podium/v1/evaluations/{suite}/cases
        POST /podium/v1/keys
        POST /podium/v1/knowledge/ingest
        PUT /podium/v1/knowledge/collections/{collection}/documents/{name}
        PUT /podium/v1/models/default
        PUT /podium/v1/models/key
    """,
}
"""What each route needs, said once more than in the server's own table; what only looks needs `read`."""


def _served_routes() -> list[Any]:
    app = create_app(lambda: open_services(Path(), dev=False))
    parts = [one for one in app.routes if hasattr(one, "effective_route_contexts")]
    others = {getattr(one, "path", None) for one in app.routes if one not in parts}
    assert others == {"/openapi.json"}
    return [route for part in parts for route in part.effective_route_contexts()]


ROUTES: Final = _served_routes()
DOCUMENT: Final = create_app(lambda: open_services(Path(), dev=False)).openapi()["paths"]


def _knows_who_asks(dependant: Any) -> bool:
    return dependant is not None and any(
        one.call is caller or _knows_who_asks(one) for one in dependant.dependencies
    )


@pytest.fixture(scope="module")
def callers(stock_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    folder = tmp_path_factory.mktemp("every") / "project"
    shutil.copytree(stock_folder, folder, ignore=shutil.ignore_patterns(".podium"))
    with served(folder, dev=False) as server:
        yield Callers.of(server, folder)


@pytest.mark.parametrize("route", [pytest.param(one, id=f"{min(one.methods)} {one.path}") for one in ROUTES])
def test_a_route_asks_who_comes_or_is_open_to_all(route: Any) -> None:
    assert _knows_who_asks(route.dependant) or is_open(route.path) or route.path == SIGNED


def test_what_is_not_open_to_all_is_described_so_that_the_tests_of_isolation_walk_it() -> None:
    served_here = {(method.lower(), one.path_format) for one in ROUTES for method in one.methods}
    told = {(method, path) for path, methods in DOCUMENT.items() for method in methods}
    assert {path for _, path in served_here - told} == {"/", "/ui", "/ui/{name}", "/docs", "/docs/{name}"}
    assert told <= served_here


def test_each_route_needs_what_is_said_here() -> None:
    said = {line.strip(): scope for scope, lines in NEEDS.items() for line in lines.split("\n")}
    del said[""]
    told = {
        f"{method.upper()} {path}": scope_for(method.upper(), path)
        for path, methods in DOCUMENT.items()
        for method in methods
        if not is_open(path) and path != SIGNED
    }
    assert {route: told[route] for route in told if route in said or not route.startswith("GET ")} == said
    assert {scope for route, scope in told.items() if route not in said} == {"read"}


@pytest.mark.parametrize(("method", "path"), PROJECT)
def test_what_concerns_all_tenants_is_not_for_the_admins_of_one(
    callers: Callers, method: str, path: str
) -> None:
    body = BODIES.get(path, {})
    for client in (callers.stranger, callers.ada):
        answer = client.request(method, path, json=None if method == "GET" else body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed"), answer.text
        assert answer.json()["hint"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing/here", 404),
        ("DELETE", "/podium/v1/me", 405),
        ("GET", "/podium/v1/threads?limit=x", 422),
        ("GET", "/ui/assets/none.js", 404),
        ("GET", "/docs/none.js", 404),
        ("GET", "/podium/v1/threads/00000000-0000-4000-8000-000000000000/trace", 404),
    ],
)
def test_whatever_is_wrong_has_a_code_and_says_what_to_do(
    callers: Callers, method: str, path: str, status: int
) -> None:
    answer = callers.ada.request(method, path)
    assert answer.status_code == status
    assert all(answer.json()[name] for name in ("detail", "code", "hint")), answer.text


@pytest.mark.parametrize(
    "moment", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "0999-01-01T00:00:00Z"]
)
@pytest.mark.parametrize(
    ("path", "field", "body"),
    [
        ("/podium/v1/decisions/what-if", "since", {"thresholds": {}}),
        ("/podium/v1/keys", "expires_at", {"name": "n"}),
    ],
)
def test_a_moment_that_cannot_be_kept_is_refused(
    callers: Callers, moment: str, path: str, field: str, body: dict[str, Any]
) -> None:
    refused = callers.admin.post(path, json={**body, field: moment})
    assert (refused.status_code, refused.json()["code"]) == (422, "input_invalid"), refused.text


def test_a_viewer_has_no_tool_look_at_what_the_viewer_likes(callers: Callers) -> None:
    secret = callers.server.services.key_ring.keys.create("v", roles=["viewer"], owner="ada")[1]
    viewer: httpx.Client = callers.server.client(secret)
    place = f"/podium/v1/threads/{new_id()}/interrupts/i/preview"
    refused = viewer.post(place, json={"digest": "f" * 64, "args": {}})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
