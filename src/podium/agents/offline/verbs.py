"""Words with which people say what a tool does."""

from __future__ import annotations

from podium.agents.offline.text import words

_LIGHT_TEXT = """
add apply book create do enter file give grant issue log make open perform place post process put raise
record register request run send set start submit take write
"""
_LIGHT = frozenset(_LIGHT_TEXT.split())
"""Verbs that say little: with them the noun tells what is done, and people use it as the verb."""

_ALIKE = tuple(
    frozenset(group.split())
    for group in (
        "change update modify edit alter correct amend",
        "cancel abort annul revoke",
        "delete remove erase",
        "show display view",
        "find locate",
        "message notify inform",
        "refund reimburse repay",
    )
)
"""Verbs that mean the same when they begin an order."""


def meanings(verb: str) -> frozenset[str]:
    """A verb and those that mean the same."""
    return next((group for group in _ALIKE if verb in group), frozenset([verb]))


def verbs_of_name(name: str) -> tuple[str, ...]:
    """The verbs of a name: `issue refund` is also asked for as "refund", `show order` not as "order".

    Args:
        name: The name as words.
    """
    head, *rest = words(name) or [""]
    return (head, *rest) if head in _LIGHT else (head,)
