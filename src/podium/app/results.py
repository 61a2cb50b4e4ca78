"""What Podium gives back: typed results, the same for Python, the command line and HTTP."""

from __future__ import annotations

from typing import Literal

from podium.core.confidence import Confidence, Factor, Route
from podium.core.effects import EffectClass, EffectStatus, Outcome
from podium.core.evidence import Citation, Evidence, Provenance, Trust
from podium.core.model import JsonObject, JsonValue, Model
from podium.core.verdict import Verdict

SCHEMA_VERSION = 1

Status = Literal[
    "completed", "clarify", "abstained", "partial", "interrupted", "refused", "cancelled", "failed"
]

EXIT_CODES: dict[Status, int] = {
    "completed": 0,
    "clarify": 0,
    "abstained": 0,
    "partial": 0,
    "interrupted": 3,
    "refused": 4,
    "cancelled": 1,
    "failed": 1,
}


class ConfidenceView(Model):
    """How sure the turn was, and where that sent it."""

    score: float
    uncalibrated: float | None = None
    """The score before the fitted calibration."""
    factors: tuple[Factor, ...] = ()
    route: Route
    reasons: tuple[str, ...] = ()


class ActionView(Model):
    """One action of a turn as the ledger has it now."""

    digest: str
    tool: str
    args: dict[str, JsonValue]
    effect: EffectClass
    status: EffectStatus
    target: str = ""
    preview: JsonObject = {}
    result: JsonValue = None
    error: str = ""


class ConsentView(Model):
    """One person's approval of an action that several people have to approve."""

    digest: str
    principal: str
    at: str


class ActionDetail(ActionView):
    """An action with all that a person needs to decide about it."""

    description: str = ""
    """What the tool does, on one line."""
    args_schema: JsonObject = {}
    provenance: dict[str, Provenance] = {}
    """Where each argument came from."""
    untrusted: tuple[str, ...] = ()
    """The arguments whose source the policy does not trust for this."""
    trust_needed: Trust = "trusted"
    approvers: tuple[str, ...] = ()
    """Roles that may approve it; empty for whoever may decide at all."""
    may_approve: bool = True
    """Whether whoever looks has one of them, and has not approved it yet."""
    people: int = 1
    """How many different people have to approve it."""
    consents: tuple[ConsentView, ...] = ()
    """Who has, while others have to."""
    has_approved: bool = False
    """Whether whoever looks is among them: another person has to approve it."""
    policy_version: str = ""
    estimated_cost: float | None = None
    expires_at: str = ""


class ReviewDetail(Model):
    """What stands behind something that waits for a person."""

    confidence: Confidence | None = None
    evidence: tuple[Evidence, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    """What guardrails said, without what simply passed."""
    request: str = ""
    """The user's message of the turn."""
    error: str = ""
    """Why an earlier answer was not taken."""
    policy_version: str = ""
    actions: tuple[ActionDetail, ...] = ()


class InterruptView(Model):
    """Something that waits for a person."""

    id: str
    thread_id: str
    digests: tuple[str, ...] = ()
    actions: tuple[ActionView, ...] = ()
    question: str = ""
    """What the person is asked, in plain words."""
    reasons: tuple[str, ...] = ()
    confidence: float | None = None
    draft: str = ""
    """The answer that would be given; empty when only actions wait."""
    created_at: str = ""
    expires_at: str = ""
    people: int = 1
    """How many different people have to approve."""
    consents: tuple[ConsentView, ...] = ()
    """Who has, while others have to."""


class Problem(Model):
    """What went wrong, for people and programs."""

    code: str
    message: str
    hint: str = ""


class UsageView(Model):
    """What a turn has spent."""

    steps: int = 0
    model_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = 0.0
    """None where the price table lacks a model that was used."""
    unpriced: int = 0
    """Model calls whose cost is not known."""
    seconds: float = 0.0


class Reply(Model):
    """The outcome of one turn: what `podium ask --json` prints."""

    schema_version: int = SCHEMA_VERSION
    thread_id: str
    run_id: str
    status: Status
    degraded: bool = False
    answer: str = ""
    citations: tuple[Citation, ...] = ()
    confidence: ConfidenceView | None = None
    actions: tuple[ActionView, ...] = ()
    interrupts: tuple[InterruptView, ...] = ()
    checkpoint_id: str = ""
    usage: UsageView = UsageView()
    error: Problem | None = None
    notes: tuple[str, ...] = ()
    """What the user should know about the answer, such as why it is degraded or partial."""


class ThreadView(Model):
    """One conversation."""

    thread_id: str
    title: str = ""
    status: Literal["idle", "busy", "interrupted", "error"] = "idle"
    created_at: str = ""
    updated_at: str = ""
    turns: int = 0


class CheckpointView(Model):
    """One point of a thread's history, newest first."""

    checkpoint_id: str
    parent_id: str = ""
    created_at: str = ""
    step: int = 0
    node: str = ""
    """The node that wrote it; empty for the input."""
    next: tuple[str, ...] = ()
    turn: str = ""
    """The start of the user's message of the turn."""
    answer: str = ""
    """The start of the reply, once there is one."""
    effects: int = 0
    """Effects on the world that happened up to here."""


class EffectView(ActionView):
    """One effect with its history."""

    effect_id: str
    thread_id: str
    run_id: str
    turn_id: str = ""
    checkpoint_id: str = ""
    principal: str = ""
    proposed_at: str = ""
    ended_at: str = ""
    undoable: bool = False
    outcome: Outcome = "open"
    observed: JsonValue = None
    """What reading the outcome back showed; `result` is what the tool claimed."""


class SettledView(Model):
    """What a reconciliation found out about one effect."""

    digest: str
    thread_id: str
    tool: str
    target: str = ""
    before: EffectStatus
    after: EffectStatus
    outcome: Outcome
    message: str = ""


class ReconcileReport(Model):
    """What a reconciliation did."""

    schema_version: int = SCHEMA_VERSION
    settled: tuple[SettledView, ...] = ()
    """Effects about which something was found out."""
    waiting: tuple[EffectView, ...] = ()
    """Effects that a person has to look at."""


class UndoView(Model):
    """What a rollback does, or did, about one effect."""

    digest: str
    tool: str
    target: str = ""
    effect: EffectClass
    before: EffectStatus
    after: EffectStatus
    undoable: bool
    message: str = ""


class RollbackReport(Model):
    """What a rollback did, or would do."""

    schema_version: int = SCHEMA_VERSION
    thread_id: str
    to: str
    dry_run: bool
    undone: tuple[UndoView, ...] = ()
    checkpoint_id: str = ""
    """The head of the new branch; empty for a dry run."""
    complete: bool = True
    """Whether every effect after the checkpoint is undone."""
    note: str = ""
    """What was not done besides, such as going back where the state is kept elsewhere."""


EventKind = Literal[
    "run",
    "node",
    "plan",
    "agent",
    "evidence",
    "token",
    "action",
    "confidence",
    "interrupt",
    "note",
    "reply",
    "error",
]


class StreamEvent(Model):
    """One thing that happened in a running turn."""

    kind: EventKind
    thread_id: str
    run_id: str
    node: str = ""
    data: JsonObject = {}
    """`run`: {text}; `node`: {phase: start|end, seconds}; `plan`: {steps: [{kind, instruction, tool}]};
    `agent`: {event} of a specialist's own stream; `evidence`: {sources}; `token`: {text};
    `action`: {digest, tool, status}; `confidence`: {score, route, reasons}; `interrupt`: an
    `InterruptView`; `note`: {text}; `reply`: a `Reply`."""


class ActionDecision(Model):
    """A person's word on one of several actions."""

    digest: str
    kind: Literal["approve", "edit", "reject", "respond"]
    args: dict[str, JsonValue] = {}
    message: str = ""


class Decision(Model):
    """A person's answer to an interrupt."""

    kind: Literal["approve", "edit", "reject", "respond"]
    digests: tuple[str, ...] | None = None
    """What is decided; None means all that the interrupt showed."""
    args: dict[str, JsonValue] = {}
    """For `edit`: the arguments that replace the proposed ones."""
    message: str = ""
    """For `reject` the reason, for `respond` the text that is answered instead."""
    interrupt_id: str | None = None
    each: tuple[ActionDecision, ...] = ()
    """A word on each action, where they differ; then `digests`, `args` and `message` say nothing."""
