"""Turning what a thread holds into what Podium gives back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from podium.app.results import (
    ActionView,
    CheckpointView,
    ConfidenceView,
    ConsentView,
    EffectView,
    InterruptView,
    Problem,
    Reply,
    Status,
    UsageView,
)
from podium.core.confidence import Confidence
from podium.core.effects import HAPPENED, is_undoable, outcome_of
from podium.graphs.conversation import text_of
from podium.graphs.turn import Outcome

if TYPE_CHECKING:
    from langgraph.types import Interrupt, StateSnapshot

    from podium.tools.consents import Consent
    from podium.tools.ledger import Effect

_EXCERPT = 80


def reply_of(snapshot: StateSnapshot, effects: Sequence[Effect], *, thread_id: str, run_id: str) -> Reply:
    """The outcome of a turn.

    Args:
        snapshot: The thread's head after the run.
        effects: The effects of the turn, as the ledger has them now.
        thread_id: The thread.
        run_id: The run.
    """
    values = snapshot.values
    actions = tuple(action_view(effect) for effect in effects)
    asked_at = snapshot.created_at or ""
    interrupts = tuple(interrupt_view(item, asked_at, actions, thread_id) for item in snapshot.interrupts)
    outcome = Outcome.model_validate(values["outcome"]) if values.get("outcome") else None
    status: Status = "interrupted" if interrupts else outcome.status if outcome else "failed"
    return Reply(
        thread_id=thread_id,
        run_id=run_id,
        status=status,
        degraded=bool(values.get("degraded")),
        answer=outcome.answer if outcome else "",
        citations=outcome.citations if outcome else (),
        confidence=_confidence(values),
        actions=actions,
        interrupts=interrupts,
        checkpoint_id=checkpoint_of(snapshot),
        usage=_usage(values),
        notes=outcome.notes if outcome else (),
        error=_problem(snapshot.interrupts, outcome),
    )


def _problem(interrupts: Sequence[Interrupt], outcome: Outcome | None) -> Problem | None:
    """Why the last decision was not taken, or why the turn failed."""
    for item in interrupts:
        if isinstance(item.value, dict) and item.value.get("problem"):
            return Problem.model_validate(item.value["problem"])
    fault = outcome.fault if outcome else None
    return Problem.model_validate(fault.model_dump()) if fault else None


def digests_of(snapshot: StateSnapshot) -> list[str]:
    """The envelopes of the turn: what its state names, and what waits for a person."""
    asked = [item.value for item in snapshot.interrupts if isinstance(item.value, dict)]
    waiting = [digest for value in asked for digest in value.get("digests", ())]
    return list(dict.fromkeys([*(snapshot.values.get("actions") or ()), *waiting]))


def steps_left(snapshot: StateSnapshot) -> tuple[str, ...]:
    """The nodes that a head has before it.

    `next` of a snapshot leaves out a node whose writes are stored already; until the checkpoint after it is
    there as well, a process that ended in between has left that step to be finished.
    """
    return tuple(task.name for task in snapshot.tasks)


def checkpoint_of(snapshot: StateSnapshot) -> str:
    """The id of the checkpoint that a snapshot shows."""
    return str(snapshot.config.get("configurable", {}).get("checkpoint_id", ""))


def parent_of(snapshot: StateSnapshot) -> str:
    """The id of the checkpoint before the one that a snapshot shows; empty for the first."""
    return str((snapshot.parent_config or {}).get("configurable", {}).get("checkpoint_id", ""))


def action_view(effect: Effect) -> ActionView:
    """An effect as one action of a turn."""
    return ActionView(
        digest=effect.digest,
        tool=effect.tool,
        args=effect.args,
        effect=effect.effect_class,
        status=effect.status,
        target=effect.target,
        preview=effect.preview or {},
        result=effect.result,
        error=effect.error or "",
    )


def consent_view(consent: Consent) -> ConsentView:
    """Somebody's approval of an action that others have to approve as well."""
    return ConsentView(digest=consent.digest, principal=consent.principal, at=consent.at)


def effect_view(effect: Effect) -> EffectView:
    """An effect with its history."""
    return EffectView(
        **action_view(effect).model_dump(),
        effect_id=effect.effect_id,
        thread_id=effect.thread_id,
        run_id=effect.run_id,
        turn_id=effect.turn_id,
        checkpoint_id=effect.checkpoint_id,
        principal=effect.principal,
        proposed_at=effect.proposed_at or "",
        ended_at=effect.ended_at or "",
        undoable=effect.status in HAPPENED and is_undoable(effect.effect_class),
        outcome=outcome_of(effect.status),
        observed=effect.observed,
    )


def interrupt_view(
    item: Interrupt, asked_at: str, actions: Sequence[ActionView], thread_id: str
) -> InterruptView:
    """Something that waits for a person."""
    value: dict[str, Any] = item.value if isinstance(item.value, dict) else {"question": str(item.value)}
    digests = tuple(value.get("digests", ()))
    confidence = value.get("confidence")
    return InterruptView(
        id=item.id,
        thread_id=thread_id,
        digests=digests,
        actions=tuple(action for action in actions if action.digest in digests),
        question=value.get("question", ""),
        reasons=tuple(value.get("reasons", ())),
        confidence=confidence["score"] if confidence else None,
        draft=value.get("draft", ""),
        created_at=asked_at,
        expires_at=value.get("expires_at", ""),
        people=value.get("people", 1),
        consents=value.get("consents", ()),
    )


def checkpoint_views(
    snapshots: Sequence[StateSnapshot], effects: Sequence[Effect]
) -> tuple[CheckpointView, ...]:
    """The points of a thread's history, in the order given."""
    waiting = {checkpoint_of(snapshot): tuple(snapshot.next) for snapshot in snapshots}
    return tuple(_checkpoint_view(snapshot, effects, waiting) for snapshot in snapshots)


def _checkpoint_view(
    snapshot: StateSnapshot, effects: Sequence[Effect], waiting: dict[str, tuple[str, ...]]
) -> CheckpointView:
    values, metadata = snapshot.values, snapshot.metadata or {}
    # Until a new turn is admitted, the state still holds the one before.
    waits_in_line = _unadmitted(values)
    outcome = {} if waits_in_line else values.get("outcome") or {}
    turn = waits_in_line or str((values.get("turn") or {}).get("text", ""))
    here = checkpoint_of(snapshot)
    parent = parent_of(snapshot)
    ran = dict.fromkeys(waiting.get(parent, ()))
    return CheckpointView(
        checkpoint_id=here,
        parent_id=parent,
        created_at=snapshot.created_at or "",
        step=int(metadata.get("step", 0)),
        node=", ".join(name for name in ran if name != "__start__"),
        next=tuple(snapshot.next),
        turn=turn[:_EXCERPT],
        answer=str(outcome.get("answer", ""))[:_EXCERPT],
        effects=sum(effect.status in HAPPENED and effect.checkpoint_id == here for effect in effects),
    )


def _unadmitted(values: dict[str, Any]) -> str:
    """The text of a message that no turn has taken up yet; empty when there is none."""
    messages = values.get("messages") or []
    if not messages or messages[-1].type != "human":
        return ""
    taken = (values.get("turn") or {}).get("id") == messages[-1].id
    return "" if taken else text_of(messages[-1])


def _confidence(values: dict[str, Any]) -> ConfidenceView | None:
    if not values.get("confidence") or not values.get("decision"):
        return None
    confidence = Confidence.model_validate(values["confidence"])
    decision = values["decision"]
    reasons = dict.fromkeys([*confidence.reasons, *decision.get("reasons", ())])
    return ConfidenceView(
        score=confidence.score,
        uncalibrated=confidence.uncalibrated,
        factors=confidence.factors,
        route=decision["route"],
        reasons=tuple(reasons),
    )


def _usage(values: dict[str, Any]) -> UsageView:
    held = values.get("usage") or {}
    cost = None if held.get("unpriced") else held.get("cost", 0.0)
    return UsageView.model_validate({**held, "cost": cost, "seconds": round(held.get("seconds", 0.0), 4)})
