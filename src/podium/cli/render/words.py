"""Plain words for what programs name with codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from podium.core.effects import HAPPENED

if TYPE_CHECKING:
    from podium.app.results import ActionView, Status
    from podium.core.effects import EffectClass, EffectStatus

STATUS: Final[dict[Status, str]] = {
    "completed": "done",
    "clarify": "a question back",
    "abstained": "no answer: nothing supports one",
    "partial": "stopped early: a limit of the budget was reached",
    "interrupted": "waiting for you",
    "refused": "refused by the rules",
    "cancelled": "cancelled",
    "failed": "failed",
}

EFFECT: Final[dict[EffectStatus, str]] = {
    "proposed": "waiting for you",
    "superseded": "replaced by a changed one",
    "approved": "approved",
    "rejected": "rejected",
    "expired": "expired",
    "skipped": "skipped",
    "refused": "refused",
    "simulated": "simulated",
    "started": "under way",
    "succeeded": "done",
    "failed": "failed",
    "in_doubt": "unclear whether it happened",
    "verify_pending": "done, to be checked",
    "verified": "done and checked",
    "unverified": "done, but the check disagrees",
    "compensating": "being undone",
    "compensated": "undone",
    "compensation_in_doubt": "unclear whether it is undone",
    "compensation_failed": "could not be undone",
    "irreversible": "done for good",
}

REACH: Final[dict[EffectClass, str]] = {
    "read": "only reads",
    "reversible": "can be undone",
    "compensable": "can be made good",
    "irreversible": "cannot be undone",
}


def state_words(action: ActionView) -> str:
    """How an action stands, and how far it reaches while that still matters."""
    words = EFFECT[action.status]
    if action.status in HAPPENED or action.status in ("proposed", "approved"):
        return f"{words}, {REACH[action.effect]}" if action.status != "irreversible" else words
    return words


def confidence_word(score: float) -> str:
    """A probability as one word."""
    for floor, word in ((0.9, "very sure"), (0.75, "sure"), (0.5, "fairly sure"), (0.25, "unsure")):
        if score >= floor:
            return word
    return "very unsure"


REASONS: Final[dict[str, str]] = {
    "reversible_effect": "the policy wants a person's word for this",
    "compensable_effect": "this can be made good later, but not simply taken back",
    "irreversible_effect": "this cannot be taken back",
    "untrusted_argument": "a value comes from a source that is not trusted for this",
    "suspicious_evidence": "a passage was left out because it looked like an attack",
    "thin_support": "little supports the answer",
    "low_relevance": "the sources are only partly about this",
    "incomplete": "part of the question is not covered",
    "conflict": "the sources disagree",
    "stale": "the sources are old",
    "missing_argument": "something is missing",
    "unclear_intent": "the request can be read in several ways",
    "criteria_unmet": "a step did not succeed",
    "action_refused": "what was asked for cannot be done",
    "below_threshold": "not sure enough for this kind of action",
    "gather_spent": "searching again found nothing better",
    "replan_spent": "another plan did no better",
    "retries_spent": "another try did no better",
}


_OF_ANSWERS: Final[dict[str, str]] = {"below_threshold": "not sure enough to answer"}


def reason_words(code: str, *, answers: bool = False) -> str:
    """A reason code as words.

    Args:
        code: The reason.
        answers: Whether it is about an answer, not about an action.
    """
    known = {**REASONS, **_OF_ANSWERS} if answers else REASONS
    return known.get(code, code.replace("_", " "))
