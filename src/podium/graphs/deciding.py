"""What a node's update means for where the turn goes, for the record.

Every node of every graph passes here by what it writes, not by its name. Rules, figures and reason codes are
recorded; what people and documents said is not.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from podium.telemetry.records import DecisionRecord

if TYPE_CHECKING:
    from podium.graphs.node import RunScope
    from podium.telemetry.records import DecisionKind

_CODE: Final = re.compile(r"[A-Za-z0-9_.:-]{1,80}")


@dataclass(frozen=True, slots=True)
class _Place:
    node: str
    scope: RunScope
    turn_id: str
    policy_version: str

    def record(
        self,
        kind: DecisionKind,
        route: str,
        rule: str,
        *,
        who: str = "",
        threshold: float | None = None,
        score: float | None = None,
        **details: Any,
    ) -> DecisionRecord:
        scope = self.scope
        return DecisionRecord(
            kind=kind,
            node=self.node,
            at_ns=time.time_ns(),
            thread_id=scope.thread_id,
            run_id=scope.run_id,
            turn_id=self.turn_id,
            checkpoint_id=scope.checkpoint_id,
            step=scope.step,
            tenant=scope.principal.tenant,
            who=who or scope.principal.id,
            route=route,
            rule=rule,
            threshold=threshold,
            score=score,
            policy_version=self.policy_version,
            details={name: value for name, value in details.items() if value},
        )


def decisions_in(
    node: str, update: Mapping[str, Any], state: Mapping[str, Any], scope: RunScope, policy_version: str
) -> Iterator[DecisionRecord]:
    """The decisions in a node's update.

    Args:
        node: The node.
        update: What it wrote.
        state: What it got.
        scope: Where it runs.
        policy_version: The policy in force.
    """
    turn = update.get("turn") or state.get("turn") or {}
    place = _Place(node, scope, str(turn.get("id", "")), policy_version)
    if decision := update.get("decision"):
        yield _decided(place, decision, update.get("confidence") or {})
    elif update.get("turn") and (refused := _refused(update.get("verdicts"))):
        yield place.record("refusal", "refuse", refused)
    if review := update.get("review"):
        route = "edit" if _is_edited(review, state) else str(review["kind"])
        yield place.record(
            "review", route, "person", who=str(review.get("principal", "")), approved=review.get("approved")
        )
    if limit := update.get("stopped"):
        yield place.record("budget", "stop", f"budget.{limit}")


def _decided(place: _Place, decision: Mapping[str, Any], confidence: Mapping[str, Any]) -> DecisionRecord:
    again = decision.get("rule") == "grant"
    return place.record(
        "grant" if again else "route",
        str(decision.get("route", "")),
        str(decision.get("rule", "")),
        threshold=None if again else decision.get("threshold"),
        score=confidence.get("score"),
        confidence={name: confidence[name] for name in _CONFIDENCE if name in confidence},
        reasons=_codes(decision.get("reasons", ())),
        facts=None if again else decision.get("facts"),
    )


_CONFIDENCE: Final = ("uncalibrated", "calibrated", "factors", "reasons")


def _refused(verdicts: object) -> str:
    """The rule that refuses at once; empty where none does."""
    if isinstance(verdicts, Mapping):
        verdicts = verdicts.get("__overwrite__")
    if not isinstance(verdicts, Sequence):
        return ""
    return next((str(one["rule"]) for one in verdicts if one.get("outcome") == "refuse"), "")


def _is_edited(review: Mapping[str, Any], state: Mapping[str, Any]) -> bool:
    """Whether something else was approved than what was proposed."""
    return any(digest not in state.get("actions", ()) for digest in review.get("approved") or ())


def _codes(reasons: Sequence[str]) -> list[str]:
    """The reasons that are codes; others may repeat what a tool or a document said."""
    return [reason for reason in reasons if _CODE.fullmatch(reason)]
