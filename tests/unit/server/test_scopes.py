"""What a key has to be good for."""

from __future__ import annotations

import pytest

from podium.core.errors import NotAllowed
from podium.server.scopes import check, covers, scope_for
from podium.storage.api_keys import SCOPES, Scope


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/threads/{thread_id}/state", "read"),
        ("POST", "/threads/search", "read"),
        ("POST", "/threads/count", "read"),
        ("POST", "/threads/{thread_id}/history", "read"),
        ("POST", "/threads/{thread_id}/state", "write"),
        ("POST", "/threads/{thread_id}/runs/stream", "write"),
        ("PUT", "/store/items", "write"),
        ("POST", "/store/items/search", "read"),
        ("DELETE", "/threads/{thread_id}", "write"),
        ("POST", "/podium/v1/threads/{thread_id}/interrupts/{interrupt_id}/decision", "approve"),
        ("GET", "/podium/v1/interrupts", "read"),
        ("POST", "/podium/v1/threads/{thread_id}/rollback/preview", "read"),
        ("POST", "/podium/v1/threads/{thread_id}/interrupts/{interrupt_id}/preview", "approve"),
        ("POST", "/podium/v1/threads/{thread_id}/rollback", "approve"),
        ("POST", "/podium/v1/reconcile", "approve"),
        ("POST", "/podium/v1/threads/t/interrupts/search/decision", "approve"),
        ("DELETE", "/podium/v1/keys/search", "admin"),
        ("POST", "/podium/v1/knowledge/search", "read"),
        ("POST", "/podium/v1/knowledge/ingest", "admin"),
        ("PUT", "/podium/v1/knowledge/collections/a/documents/count", "admin"),
        ("PUT", "/store/items/search", "write"),
        ("GET", "/podium/v1/keys", "admin"),
        ("GET", "/podium/v1/audit/records", "admin"),
    ],
)
def test_a_route_needs_its_scope(method: str, path: str, scope: str) -> None:
    assert scope_for(method, path) == scope


@pytest.mark.parametrize("scope", ["read", "write", "approve", "admin"])
def test_admin_is_good_for_all(scope: Scope) -> None:
    assert covers({"admin"}, scope)


def test_whoever_may_change_or_decide_may_look_but_no_more() -> None:
    assert covers({"write"}, "read")
    assert covers({"approve"}, "read")
    assert not covers({"write"}, "approve")
    assert not covers({"approve"}, "write")
    assert not covers(set(), "read")
    with pytest.raises(NotAllowed, match="'approve'"):
        check({"read", "write"}, "approve")


@pytest.mark.parametrize(
    ("role", "scopes"),
    [
        ("viewer", {"read"}),
        ("operator", {"read", "write"}),
        ("approver", {"read", "approve"}),
        ("admin", {"read", "write", "approve", "admin"}),
        ("finance", set()),
    ],
)
def test_a_role_is_good_for_its_scopes_alone(role: str, scopes: set[Scope]) -> None:
    assert {scope for scope in SCOPES if covers({role}, scope)} == scopes
