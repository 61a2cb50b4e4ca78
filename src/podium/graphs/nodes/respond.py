"""respond: output guardrails, the final message, the outcome."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from langchain_core.messages import AIMessage

from podium.agents.contracts import Critique, OpenQuestion, StepResult
from podium.core.effects import HAPPENED
from podium.core.evidence import Evidence
from podium.core.ids import derived_id
from podium.core.plan import Plan
from podium.graphs import wording
from podium.graphs.context import GraphContext
from podium.graphs.drafting import Draft, draft_of, known_texts
from podium.graphs.faults import effect_fault, lapsed_fault, output_fault
from podium.graphs.node import RunScope
from podium.graphs.review import Review
from podium.graphs.screening import check_text
from podium.graphs.state import PodiumState, Update
from podium.graphs.turn import Fault, Outcome, Turn, TurnStatus

if TYPE_CHECKING:
    from podium.tools.ledger import Effect


async def respond(state: PodiumState, context: GraphContext, scope: RunScope) -> Update:
    """Say how the turn ended and close it."""
    turn = Turn.model_validate(state["turn"])
    await context.toolbox.skip_open(scope.thread_id, turn.id)
    effects = await context.toolbox.effects(state.get("actions", ()))
    status = status_of(state, effects)
    draft = _draft(state)
    text, refused = await _checked(_answer(state, status, draft, effects), state, status, context)
    status = "refused" if refused else status
    outcome = Outcome(
        turn_id=turn.id,
        status=status,
        answer=text,
        citations=draft.citations if status in ("completed", "partial", "clarify") else (),
        digests=tuple(state.get("actions", ())),
        notes=wording.notes(
            state.get("degraded", ()), state.get("stopped", ""), unpriced=_is_first_unpriced(state)
        ),
        degraded=bool(state.get("degraded")),
        fault=_fault(state, effects) if status == "failed" else None,
    )
    scope.emit({"kind": "token", "data": {"text": text}})
    context.telemetry.turn(status)
    message = AIMessage(
        content=text,
        id=derived_id("answer", scope.thread_id, turn.id),
        additional_kwargs={"podium": {"status": status, "run_id": turn.run_id}},
    )
    return {
        "messages": [message],
        "outcome": outcome.model_dump(mode="json"),
        "open_question": _open_question(state, turn) if status == "clarify" else None,
    }


def _fault(state: PodiumState, effects: Sequence[Effect]) -> Fault | None:
    return (
        effect_fault(effects)
        or lapsed_fault(state.get("decision", {}), state.get("review"))
        or output_fault(state.get("results", {}))
    )


def _is_first_unpriced(state: PodiumState) -> bool:
    """Whether a cost is not known in the first turn of a thread; later ones do not say it again."""
    spoken = any(isinstance(message, AIMessage) for message in state.get("messages") or ())
    return bool(state.get("usage", {}).get("unpriced")) and not spoken


def status_of(state: PodiumState, effects: Sequence[Effect]) -> TurnStatus:
    """How the turn ended, from what is in the state and in the ledger."""
    if any(verdict["outcome"] == "refuse" for verdict in state.get("verdicts", ())):
        return "refused"
    if effect_fault(effects) or lapsed_fault(state.get("decision", {}), state.get("review")):
        return "failed"
    if any(effect.status in HAPPENED for effect in effects) or state.get("review"):
        return "completed"
    if output_fault(state.get("results", {})) is not None:
        return "failed"
    if state.get("stopped"):
        return "partial"
    match state.get("decision", {}).get("route", "stop"):
        case "refuse":
            return "refused"
        case "clarify":
            return "clarify"
        case "abstain":
            return "abstained"
        case "stop":
            return "partial"
        case _:
            return _said_status(state)


def _said_status(state: PodiumState) -> TurnStatus:
    """How a turn ended that was let through; without a word in it there is no answer."""
    if _draft(state).text or any(_unmet(state)):
        return "completed"
    return "clarify" if _asked(state) else "abstained"


def _draft(state: PodiumState) -> Draft:
    if not state.get("plan"):
        return Draft("", ())
    return draft_of(Plan.model_validate(state["plan"]), _results(state))


def _results(state: PodiumState) -> dict[str, StepResult]:
    return {key: StepResult.model_validate(value) for key, value in state.get("results", {}).items()}


def _answer(state: PodiumState, status: TurnStatus, draft: Draft, effects: Sequence[Effect]) -> str:
    critique = Critique.model_validate(state["critique"]) if state.get("critique") else Critique()
    review = Review.model_validate(state["review"]) if state.get("review") else None
    told = ("superseded", "rejected") if review and review.kind != "approve" else ("superseded",)
    done = [wording.effect_line(effect) for effect in effects if effect.status not in told]
    match status:
        case "refused":
            return wording.refusal(state.get("verdicts", ()), state.get("decision", {}))
        case "clarify":
            return wording.joined(draft.text, critique.question or _asked(state) or wording.UNCLEAR)
        case "abstained":
            return wording.joined(*done, wording.ABSTAINED)
        case "partial":
            return wording.joined(draft.text, *done, wording.stopped(state.get("stopped", "")))
        case "completed" | "failed":
            return wording.joined(*_said(review, draft), *done, *_unmet(state)) or wording.ABSTAINED


def _said(review: Review | None, draft: Draft) -> tuple[str, ...]:
    if review is None or review.approved:
        return (draft.text,)
    if review.kind == "respond":
        return (review.message,)
    if review.kind == "reject":
        return (wording.rejected(review.message),)
    return (draft.text,)


def _unmet(state: PodiumState) -> tuple[str, ...]:
    return tuple(
        wording.failed_step(result["reasons"][-1])
        for result in state.get("results", {}).values()
        if result["status"] == "failed" and result["reasons"]
    )


def _asked(state: PodiumState) -> str:
    questions = [result["question"] for result in state.get("results", {}).values() if result["question"]]
    return "\n".join(dict.fromkeys(questions))


async def _checked(
    text: str, state: PodiumState, status: TurnStatus, context: GraphContext
) -> tuple[str, bool]:
    """The text after the output guardrails, and whether a rule keeps it from leaving.

    A draft that fails was already tried again before it came here; what still fails does not leave.
    """
    if status == "refused":
        return text, False
    evidence = tuple(Evidence.model_validate(item) for item in state.get("evidence", ()))
    checked = await check_text(
        context,
        "output",
        text,
        evidence=evidence,
        known=known_texts(state["turn"]["text"], _results(state)),
        final=True,
    )
    blocked = [verdict for verdict in checked.verdicts if verdict.outcome not in ("pass", "fix")]
    if blocked:
        return wording.refusal([verdict.model_dump(mode="json") for verdict in blocked], {}), True
    return checked.value, False


def _open_question(state: PodiumState, turn: Turn) -> dict[str, object]:
    plan = Plan.model_validate(state["plan"]) if state.get("plan") else None
    critique = Critique.model_validate(state["critique"]) if state.get("critique") else Critique()
    asking = (
        next((step for step in plan.of_kind("clarify") if step.missing or step.tool), None) if plan else None
    )
    question = OpenQuestion(
        question=critique.question or _asked(state) or wording.UNCLEAR,
        request=turn.text,
        tool=asking.tool if asking else "",
        args=asking.args if asking else {},
        missing=asking.missing if asking else (),
    )
    return question.model_dump(mode="json")
