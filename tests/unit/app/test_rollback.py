"""Which checkpoints lie after the one that a rollback goes to."""

from __future__ import annotations

import pytest

from podium.app.rollback import later_than

# a ─ b ─ c ─ d      the first branch
#      └ e ─ f       another one
TREE = {"a": "", "b": "a", "c": "b", "d": "c", "e": "b", "f": "e"}


@pytest.mark.parametrize(
    ("target", "head", "later"),
    [
        ("b", "d", {"b", "c", "d", "e", "f"}),
        ("c", "d", {"c", "d"}),
        ("d", "d", {"d"}),
        ("c", "f", {"c", "d", "e", "f"}),
        ("a", "f", set(TREE)),
    ],
)
def test_what_grew_from_the_target_and_what_the_head_did_since(
    target: str, head: str, later: set[str]
) -> None:
    assert later_than(target, head, TREE) == later


def test_a_copy_of_the_first_checkpoint_shares_no_ancestor() -> None:
    assert later_than("a", "copy", {**TREE, "copy": ""}) == {*TREE, "copy"}
