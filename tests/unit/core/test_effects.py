"""The table of moves, all of it: what may follow what in the life of an effect."""

from __future__ import annotations

import pytest

from podium.core.effects import (
    EFFECT_CLASSES,
    EFFECT_STATUSES,
    HAPPENED,
    MOVES,
    NEEDS_PERSON,
    EffectStatus,
    check_move,
    is_undoable,
    outcome_of,
)
from podium.core.errors import IllegalMove

ALLOWED = {
    "proposed": "superseded approved rejected expired skipped refused simulated",
    "superseded": "proposed",
    "approved": "started expired refused skipped superseded simulated rejected",
    "rejected": "",
    "expired": "proposed",
    "skipped": "",
    "refused": "proposed",
    "simulated": "",
    "started": "succeeded failed in_doubt",
    "succeeded": "verify_pending verified unverified compensating irreversible",
    "failed": "started",
    "in_doubt": "succeeded failed started",
    "verify_pending": "verified unverified compensating irreversible",
    "verified": "compensating irreversible",
    "unverified": "verified compensating irreversible failed",
    "compensating": "compensated compensation_in_doubt compensation_failed",
    "compensated": "",
    "compensation_in_doubt": "compensated compensation_failed compensating",
    "compensation_failed": "compensating compensated",
    "irreversible": "",
}
PAIRS = [(a, b) for a in EFFECT_STATUSES for b in EFFECT_STATUSES]


@pytest.mark.parametrize(("current", "target"), PAIRS)
def test_every_pair_of_statuses(current: EffectStatus, target: EffectStatus) -> None:
    if target in ALLOWED[current].split():
        check_move(current, target)
    else:
        with pytest.raises(IllegalMove, match=f"{current} cannot become {target}"):
            check_move(current, target)


def test_every_status_has_its_row_and_can_be_reached() -> None:
    assert set(MOVES) == set(EFFECT_STATUSES)
    reached: set[EffectStatus] = {"proposed"}
    while new := {after for status in reached for after in MOVES[status]} - reached:
        reached |= new
    assert reached == set(EFFECT_STATUSES)


def test_nothing_starts_without_an_approval() -> None:
    assert {status for status in EFFECT_STATUSES if "started" in MOVES[status]} == {
        "approved",
        "failed",
        "in_doubt",
    }


def test_what_has_happened_is_never_forgotten_without_being_undone() -> None:
    """Only undoing, or finding that it never was, leads from a changed world to an unchanged one."""
    for status in HAPPENED:
        assert MOVES[status] <= HAPPENED | {"compensating", "failed"}
    assert {status for status in HAPPENED if "failed" in MOVES[status]} == {"unverified"}


def test_every_status_has_an_outcome_and_an_alert_needs_a_person() -> None:
    outcomes = {status: outcome_of(status) for status in EFFECT_STATUSES}
    assert {status for status, found in outcomes.items() if found == "done"} == HAPPENED - {
        "unverified",
        "irreversible",
    }
    assert all(outcomes[status] == "needs_person" for status in NEEDS_PERSON)
    assert outcomes["irreversible"] == "irreversible"


def test_what_is_compensated_is_over() -> None:
    assert not MOVES["compensated"]
    assert not MOVES["irreversible"]


def test_which_classes_can_be_undone() -> None:
    assert [name for name in EFFECT_CLASSES if is_undoable(name)] == ["reversible", "compensable"]
