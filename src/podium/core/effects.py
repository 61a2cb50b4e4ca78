"""What an action does to the world, and the life of one effect in the ledger."""

from __future__ import annotations

from typing import Literal, assert_never, get_args

from podium.core.errors import IllegalMove

EffectClass = Literal["read", "reversible", "compensable", "irreversible"]
"""How far an action reaches: nothing changes, undone exactly, made good by another act, or for good."""

EffectStatus = Literal[
    "proposed",
    "superseded",
    "approved",
    "rejected",
    "expired",
    "skipped",
    "refused",
    "simulated",
    "started",
    "succeeded",
    "failed",
    "in_doubt",
    "verify_pending",
    "verified",
    "unverified",
    "compensating",
    "compensated",
    "compensation_in_doubt",
    "compensation_failed",
    "irreversible",
]

EFFECT_CLASSES: tuple[EffectClass, ...] = get_args(EffectClass)
EFFECT_STATUSES: tuple[EffectStatus, ...] = get_args(EffectStatus)

MOVES: dict[EffectStatus, frozenset[EffectStatus]] = {
    "proposed": frozenset(
        {"superseded", "approved", "rejected", "expired", "skipped", "refused", "simulated"}
    ),
    "superseded": frozenset({"proposed"}),
    "approved": frozenset(
        {"started", "expired", "refused", "skipped", "superseded", "simulated", "rejected"}
    ),
    "rejected": frozenset(),
    "expired": frozenset({"proposed"}),
    "skipped": frozenset(),
    "refused": frozenset({"proposed"}),
    "simulated": frozenset(),
    "started": frozenset({"succeeded", "failed", "in_doubt"}),
    "succeeded": frozenset({"verify_pending", "verified", "unverified", "compensating", "irreversible"}),
    "failed": frozenset({"started"}),
    "in_doubt": frozenset({"succeeded", "failed", "started"}),
    "verify_pending": frozenset({"verified", "unverified", "compensating", "irreversible"}),
    "verified": frozenset({"compensating", "irreversible"}),
    "unverified": frozenset({"verified", "compensating", "irreversible", "failed"}),
    "compensating": frozenset({"compensated", "compensation_in_doubt", "compensation_failed"}),
    "compensated": frozenset(),
    "compensation_in_doubt": frozenset({"compensated", "compensation_failed", "compensating"}),
    "compensation_failed": frozenset({"compensating", "compensated"}),
    "irreversible": frozenset(),
}
"""The whole life of an effect: from each status, where it may go."""

HAPPENED: frozenset[EffectStatus] = frozenset(
    {"succeeded", "verify_pending", "verified", "unverified", "irreversible"}
)
"""Statuses in which the world has changed and has not been changed back."""


Outcome = Literal["open", "done", "failed", "irreversible", "needs_person", "not_done"]
"""What an effect came to: it may still happen; it did; it did not, or was taken back; it did and stays;
somebody has to look or decide; nobody wanted it."""

NEEDS_PERSON: frozenset[EffectStatus] = frozenset(
    {"in_doubt", "unverified", "compensation_in_doubt", "compensation_failed"}
)
"""Statuses that nobody expects: they are an alert until a probe or a person has settled them."""


def outcome_of(status: EffectStatus) -> Outcome:
    """What an effect came to."""
    match status:
        case "approved" | "started" | "compensating":
            return "open"
        case "succeeded" | "verify_pending" | "verified":
            return "done"
        case "failed" | "refused" | "compensated":
            return "failed"
        case "irreversible":
            return "irreversible"
        case (
            "proposed"
            | "expired"
            | "in_doubt"
            | "unverified"
            | "compensation_in_doubt"
            | "compensation_failed"
        ):
            return "needs_person"
        case "superseded" | "rejected" | "skipped" | "simulated":
            return "not_done"
        case _:
            assert_never(status)


def check_move(current: EffectStatus, target: EffectStatus) -> None:
    """Make sure that an effect may go from one status to another.

    Raises:
        IllegalMove: The table does not have the move.
    """
    if target not in MOVES[current]:
        raise IllegalMove(f"an effect that is {current} cannot become {target}")


def is_undoable(effect_class: EffectClass) -> bool:
    """Whether effects of the class can be taken back or made good."""
    return effect_class in ("reversible", "compensable")
