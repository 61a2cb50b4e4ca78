"""What other thresholds would have done about decisions on record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from podium.core.errors import InputError
from podium.guardrails.decision import DecisionFacts, decide_again
from podium.guardrails.policy import Thresholds

if TYPE_CHECKING:
    from podium.storage.decisions import Judged, StoredDecision

OUTWARD: Final = frozenset({"answer", "act"})
"""The routes on which an answer or an action goes out without a person."""


@dataclass(frozen=True, slots=True)
class Change:
    """A decision that other thresholds change.

    Attributes:
        decision: As it is on record.
        now: Where the thresholds in force would send the turn.
        then: Where the others would.
        rule: Which rule of theirs.
        right: Whether the turn was right, as far as anybody said.
    """

    decision: StoredDecision
    now: str
    then: str
    rule: str
    right: bool | None


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What other thresholds would have done.

    What a turn would have done after a decision that changes is not known: another search may find more.

    Attributes:
        decisions: How many were decided again.
        skipped: How many are recorded without what that takes.
        recorded: By route, as they were decided.
        now: By route, with the thresholds in force.
        then: By route, with the others.
        changed: Those that the others change.
        right_lost: How many of those were right and would not go out any more.
        wrong_caught: How many of those were wrong and would not go out any more.
    """

    decisions: int = 0
    skipped: int = 0
    recorded: Mapping[str, int] = field(default_factory=dict)
    now: Mapping[str, int] = field(default_factory=dict)
    then: Mapping[str, int] = field(default_factory=dict)
    changed: Sequence[Change] = ()
    right_lost: int = 0
    wrong_caught: int = 0


def thresholds_with(in_force: Thresholds, changed: Mapping[str, float]) -> Thresholds:
    """The thresholds in force, with some of them changed.

    Raises:
        InputError: They do not fit together.
    """
    try:
        return Thresholds.model_validate({**in_force.model_dump(), **changed})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        said = first["msg"].removeprefix("Value error, ")
        raise InputError(
            f"these thresholds cannot be tried: {place + ': ' if place else ''}{said}",
            hint="They rise with the risk: read, reversible, compensable, irreversible; abstain <= answer.",
        ) from None


def what_if(judged: Iterable[Judged], in_force: Thresholds, tried: Thresholds) -> WhatIf:
    """Decide again with other thresholds.

    Args:
        judged: Decisions on record.
        in_force: The thresholds in force.
        tried: The others.
    """
    recorded, now, then = Counter[str](), Counter[str](), Counter[str]()
    changed: list[Change] = []
    skipped = 0
    for one in judged:
        decision, score = one.decision, one.decision.score
        facts = _facts(decision)
        if facts is None or score is None:
            skipped += 1
            continue
        present = decide_again(score, facts, in_force)
        other = decide_again(score, facts, tried)
        recorded[decision.route] += 1
        now[present.route] += 1
        then[other.route] += 1
        if other.route != present.route:
            changed.append(Change(decision, present.route, other.route, other.rule, one.right))
    held_back = [one for one in changed if one.now in OUTWARD and one.then not in OUTWARD]
    return WhatIf(
        decisions=recorded.total(),
        skipped=skipped,
        recorded=recorded,
        now=now,
        then=then,
        changed=changed,
        right_lost=sum(one.right is True for one in held_back),
        wrong_caught=sum(one.right is False for one in held_back),
    )


def _facts(decision: StoredDecision) -> DecisionFacts | None:
    """What a decision was made from; None where that is not on record, or in another form."""
    held = decision.details.get("facts")
    if not held:
        return None
    try:
        return DecisionFacts.model_validate(held)
    except ValidationError:
        return None
