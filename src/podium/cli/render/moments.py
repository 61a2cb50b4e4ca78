"""When something happened and on whose word, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from podium.cli.render.words import REACH
from podium.cli.text import one_line
from podium.core.effects import HAPPENED

if TYPE_CHECKING:
    from podium.app.results import EffectView

_POLICY: Final = "policy:"
_LOCAL: Final = "local:"
_SETTLED: Final = frozenset({"compensated", "compensating", "compensation_failed", "compensation_in_doubt"})


def moment(iso: str) -> str:
    """A moment in the local time zone, to the second."""
    from datetime import datetime

    try:
        return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    except ValueError:
        return one_line(iso)


def course_of(effect: EffectView) -> str:
    """When an action was proposed, who decided, when it ended, and whether it is undone."""
    who = _who(effect.principal)
    parts = [f"proposed {moment(effect.proposed_at)}", _decided(effect, who)]
    if effect.ended_at:
        parts.append(f"{_ended(effect)} {moment(effect.ended_at)}")
    if effect.status in HAPPENED and effect.status not in _SETTLED:
        parts.append(f"not undone, {REACH[effect.effect]}")
    return " · ".join(parts)


def _decided(effect: EffectView, who: str) -> str:
    match effect.status:
        case "proposed":
            return f"for {who}, nobody has decided yet"
        case "rejected":
            return f"rejected by {who}"
        case "superseded":
            return f"changed by {who}"
        case "expired" | "skipped" | "refused" | "simulated":
            return "not carried out"
        case _:
            return f"approved by {who}"


def _ended(effect: EffectView) -> str:
    match effect.status:
        case "compensated":
            return "done, and undone"
        case "compensation_failed":
            return "done; undoing failed"
        case "failed":
            return "failed"
        case "in_doubt":
            return "broke off"
        case _:
            return "done"


def _who(principal: str) -> str:
    if principal.startswith(_POLICY):
        return "the policy, without asking"
    return one_line(principal.removeprefix(_LOCAL)) or "nobody known"
