"""Who may read what has an access label."""

from __future__ import annotations

import pytest

from podium.core.principal import Principal, may_read


@pytest.mark.parametrize(
    ("principal", "access", "allowed"),
    [
        (Principal("ada", "own", frozenset({"viewer"})), "public", True),
        (Principal("ada", "own", frozenset({"operator"})), "board", False),
        (Principal("ada", "own", frozenset({"operator", "board"})), "board", True),
        (Principal("ada", "other", frozenset({"viewer", "board"})), "board", True),
        (Principal("root", "own", frozenset({"admin"})), "board", True),
        (Principal("root", "other", frozenset({"admin"})), "board", False),
        (Principal("local:ada", "own"), "board", True),
        (Principal("local:ada", "own", frozenset({"operator"})), "board", False),
        (Principal("ada", "own"), "board", False),
    ],
)
def test_a_label_is_for_who_has_it_and_for_those_who_run_the_project(
    principal: Principal, access: str, allowed: bool
) -> None:
    assert may_read(principal, access, "own") is allowed
