"""What a turn that failed reports: a code, what happened, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from podium.core.effects import EffectStatus
from podium.graphs import wording
from podium.graphs.turn import Fault

if TYPE_CHECKING:
    from podium.tools.ledger import Effect

_EFFECTS: Mapping[EffectStatus, tuple[str, str]] = {
    "failed": ("action_failed", "Mend the cause and ask again."),
    "refused": ("action_failed", "Mend the cause and ask again."),
    "in_doubt": ("action_in_doubt", "Look whether it happened; then say so with 'podium reconcile DIGEST'."),
    "expired": ("grant_invalid", "Nothing was changed; ask for it again."),
    "unverified": ("action_unverified", "Look at it, then try 'podium reconcile'."),
    "compensation_failed": ("undo_failed", "Look at it, then try 'podium rollback' again."),
    "compensation_in_doubt": ("undo_in_doubt", "Look whether it was undone; then 'podium reconcile DIGEST'."),
}
_OUTPUTS: Mapping[str, str] = {
    "action_crashed": "Mend the tool; other questions are answered as before.",
    "action_timeout": "Try again, or raise the tool's timeout.",
    "action_output": "Let the tool return less, and only what JSON can hold.",
}


def effect_fault(effects: Sequence[Effect]) -> Fault | None:
    """The first action that was to happen and did not, or may not have."""
    for effect in effects:
        if (known := _EFFECTS.get(effect.status)) is not None:
            code, hint = known
            return Fault(code=code, message=effect.error or wording.effect_line(effect), hint=hint)
    return None


def lapsed_fault(decision: Mapping[str, Any], review: object) -> Fault | None:
    """An approval that did not hold any more, where the graph leads no way back to a person."""
    if decision.get("rule") != "grant" or review:
        return None
    return Fault(
        code="grant_invalid",
        message="; ".join(decision["reasons"][1:]),
        hint="Nothing was changed; ask for it again.",
    )


def output_fault(results: Mapping[str, Mapping[str, Any]]) -> Fault | None:
    """The tool whose breaking a step failed of; a tool's refusal is an answer and no fault."""
    for result in results.values():
        for output in result["outputs"] if result["status"] == "failed" else ():
            if (hint := _OUTPUTS.get(output.get("code", ""))) is not None:
                return Fault(code=output["code"], message=output["error"], hint=hint)
    return None
