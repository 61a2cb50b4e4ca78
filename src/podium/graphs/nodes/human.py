"""human: waits for a person, and binds what they say to the envelopes that they saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from langgraph.types import interrupt

from podium.agents.contracts import StepResult
from podium.core.confidence import Confidence
from podium.core.errors import ActionError, ConsentUnclear, GrantError, InputError, PodiumError
from podium.core.plan import Plan
from podium.graphs.answers import answers_given
from podium.graphs.approving import approve, check_approver, check_named
from podium.graphs.context import GraphContext
from podium.graphs.drafting import draft_of
from podium.graphs.node import RunScope
from podium.graphs.review import Review, ReviewDecision, parse_decisions, review_request
from podium.graphs.state import PodiumState, Update
from podium.graphs.turn import Turn

if TYPE_CHECKING:
    from podium.tools.consents import Consent
    from podium.tools.ledger import Effect

SHOWN_EVIDENCE = 5
GONE = ("compensated", "expired")
"""What a rollback or time has taken back; at a point before the person's word it is proposed anew."""
ASKED = ("proposed", "approved", "rejected", "superseded")
"""What is shown. After a crash in the middle of a decision some of it is decided already; the same answer
then has to meet the same list."""


async def human(state: PodiumState, context: GraphContext, scope: RunScope) -> Update:
    """Ask a person and record what they decided.

    Where several people have to approve, it goes on asking until enough of them have: each approval is on
    record before the next person is asked.

    Everything before the answer may happen again, because LangGraph runs a node from its top when it is
    resumed: it reads, and proposes under the same keys. An answer that cannot be taken is asked for
    again, with the reason; then only the last answer counts, since whoever gave the others is not who
    answers now.
    """
    scope.require_stored()
    earlier = answers_given() - 1
    error: InputError | ActionError | None = None
    digests, renewed = await _in_force(state, context, scope)
    while True:
        asked = await _asked(digests, context)
        if error is not None and digests and not asked.open:
            return _closed(state, error, scope)
        answer = interrupt(_request(state, asked, error))
        if earlier > 0:
            earlier -= 1
            continue
        error = None
        if asked.has_answer_of(scope):
            continue
        try:
            decisions = parse_decisions(answer, asked.digests, asked.open_digests)
            check_named(decisions, answer, asked.shared, scope)
            update = await _decide(decisions, asked, answer, state, context, scope)
        except ConsentUnclear as problem:  # of a run that broke off; who approved before it is on record
            error = None if asked.consents else problem
        except (InputError, ActionError) as problem:
            error = _lapsed(answer, renewed) or problem
        else:
            if update is not None:
                return update


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is put before a person.

    Attributes:
        effects: What waits, and what an answer that a crash cut off has decided already.
        people: By digest, how many people have to approve it.
        consents: Who has, as long as others have to.
    """

    effects: tuple[Effect, ...]
    people: dict[str, int]
    consents: tuple[Consent, ...]

    @property
    def open(self) -> list[Effect]:
        """What is not refused yet."""
        return [effect for effect in self.effects if effect.status != "rejected"]

    @property
    def digests(self) -> tuple[str, ...]:
        """Of all."""
        return tuple(effect.digest for effect in self.effects)

    @property
    def open_digests(self) -> tuple[str, ...]:
        """Of what is not refused yet."""
        return tuple(effect.digest for effect in self.open)

    @property
    def shared(self) -> list[Effect]:
        """Of what is not refused yet, what several people have to approve."""
        return [effect for effect in self.open if self.people[effect.digest] > 1]

    def has_answer_of(self, scope: RunScope) -> bool:
        """Whether the answer that the run brought is on record; a consent is the last that it writes."""
        return scope.brought is not None and any(one.run_id == scope.brought.run_id for one in self.consents)


async def _asked(digests: Sequence[str], context: GraphContext) -> _Asked:
    """What is decided now, in place of what the policy, a rollback or an edit has left behind."""
    effects = [effect for effect in await context.toolbox.effects(digests) if effect.status in ASKED]
    found: dict[str, Effect] = {}
    for effect in effects:
        shown = effect
        for edited in await context.toolbox.edits_of(effect):
            # One that nobody has approved is of an answer that a crash cut off, which names what was before.
            if await context.toolbox.ledger.was_approved_by_some(edited):
                shown = edited
        found[shown.digest] = shown
    policy = context.policy
    people = {digest: policy.people(one.tool, one.effect_class) for digest, one in found.items()}
    open_ = [one for digest, one in found.items() if people[digest] > 1 and one.status == "proposed"]
    return _Asked(tuple(found.values()), people, tuple(await context.toolbox.ledger.consents(open_)))


async def _in_force(
    state: PodiumState, context: GraphContext, scope: RunScope
) -> tuple[tuple[str, ...], dict[str, str]]:
    """What is to be decided, and by its old digest why an action was proposed anew.

    That is what a rollback took back, what another policy showed, and what a copied thread brought along.
    """
    digests: list[str] = []
    renewed: dict[str, str] = {}
    version = context.policy.version
    for shown in state.get("actions", ()):
        for effect in await context.toolbox.current([shown], scope.thread_id):
            outdated = effect.status in ("proposed", "approved") and effect.policy_version != version
            reason = f"the policy has changed since {effect.tool} was proposed" if outdated else ""
            if effect.status in GONE or outdated or effect.thread_id != scope.thread_id:
                place = scope.effect_scope(effect.turn_id, effect.step_id, version)
                with suppress(ActionError):  # it would be refused by now, so that there is nothing to decide
                    effect = await context.toolbox.renew(effect, place, reason)
            digests.append(effect.digest)
            if effect.digest != shown:
                renewed[shown] = reason or f"{effect.tool} was proposed anew since this was shown"
    return tuple(dict.fromkeys(digests)), renewed


def _lapsed(answer: object, renewed: Mapping[str, str]) -> GrantError | None:
    """Why a decision about an action that was proposed anew does not count; None for any other."""
    said = str(answer)
    reasons = [reason for digest, reason in renewed.items() if digest in said]
    return GrantError("; ".join(reasons), hint="Look at it again, then decide.") if reasons else None


def _closed(state: PodiumState, error: PodiumError, scope: RunScope) -> Update:
    """Nothing is left to decide, because all that was asked for has expired."""
    review = Review(kind="reject", message=error.message, principal=scope.principal.id)
    return {"review": review.model_dump(mode="json"), "loops": _counted(state)}


def _counted(state: PodiumState) -> dict[str, int]:
    loops = state.get("loops", {})
    return {**loops, "review": loops.get("review", 0) + 1}


def _request(state: PodiumState, asked: _Asked, error: PodiumError | None) -> dict[str, object]:
    effects = asked.open or list(asked.effects)
    decision, critique = state.get("decision", {}), state.get("critique", {})
    confidence = state.get("confidence")
    results = {key: StepResult.model_validate(value) for key, value in state.get("results", {}).items()}
    plan = state.get("plan")
    return review_request(
        effects,
        question=_question(effects, critique.get("question", "")),
        draft=draft_of(Plan.model_validate(plan), results).text if plan else "",
        confidence=Confidence.model_validate(confidence) if confidence else None,
        reasons=decision.get("reasons", ()),
        evidence=state.get("evidence", [])[:SHOWN_EVIDENCE],
        expires_at=effects[0].expires_at or "" if effects else "",
        error=error,
        people=asked.people,
        consents=asked.consents,
    )


def _question(effects: list[Effect], asked: str) -> str:
    if len(effects) == 1:
        return "May this be done?"
    if effects:
        return f"May these {len(effects)} actions be done?"
    return asked or "The agents are not sure of this answer. What should be said?"


async def _decide(
    decisions: tuple[ReviewDecision, ...],
    asked: _Asked,
    answer: object,
    state: PodiumState,
    context: GraphContext,
    scope: RunScope,
) -> Update | None:
    """What was decided; None while further people have to approve."""
    turn = Turn.model_validate(state["turn"])
    await check_approver(decisions, context, scope)
    approved: list[str] = []
    rejected: dict[str, str] = {}
    for decision in decisions:
        if decision.digest is None:
            continue
        match decision.type:
            case "approve":
                approved.append(decision.digest)
            case "edit":
                approved.append(await _edit(decision, turn, context, scope))
            case "reject" | "respond":
                rejected[decision.digest] = decision.message
    for digest, reason in rejected.items():
        await context.toolbox.reject([digest], principal=scope.principal.id, reason=reason)
    if approved and not await approve(approved, answer, context, scope):
        return None
    first = decisions[0]
    review = Review(
        kind="approve" if approved else "respond" if first.type == "respond" else _kind(first),
        approved=tuple(approved),
        rejected=tuple(rejected),
        message=first.message,
        principal=scope.principal.id,
    )
    shown = asked.digests
    guidance = [first.message] if first.type == "respond" and shown and first.message else []
    return {
        "review": review.model_dump(mode="json"),
        "actions": [item for item in dict.fromkeys((*shown, *approved)) if item not in state["actions"]],
        "feedback": guidance,
        "loops": _counted(state),
    }


def _kind(decision: ReviewDecision) -> str:
    return "reject" if decision.type == "reject" else "approve"


async def _edit(decision: ReviewDecision, turn: Turn, context: GraphContext, scope: RunScope) -> str:
    if decision.edited_action is None or decision.digest is None:
        raise InputError("an edit has to give the new arguments", hint="Send edited_action with args.")
    effect = await context.toolbox.edit(
        decision.digest,
        decision.edited_action.args,
        scope.effect_scope(turn.id, "", context.policy.version),
    )
    return effect.digest
