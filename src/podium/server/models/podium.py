"""What /podium/v1 takes and tells."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from podium.app.results import ActionDecision, ActionView, ConsentView, EffectView, Reply, ReviewDetail
from podium.core.model import JsonObject, JsonValue, Model
from podium.server.models.runs import Uuid
from podium.server.wire import Body, Moment
from podium.storage.api_keys import Scope

Short = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Long = Annotated[str, StringConstraints(max_length=20_000)]


class Interrupt(Model):
    """Something that waits for a person."""

    interrupt_id: str
    thread_id: str
    graph_id: str
    owner: str
    """Whose thread it is."""
    created_at: str
    age_seconds: float
    expires_at: str | None = None
    assignee: str | None = None
    """Who is to decide; null for anybody who may."""
    question: str = ""
    actions: tuple[ActionView, ...] = ()
    digests: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    confidence: float | None = None
    draft: str = ""
    value: JsonValue = None
    """What another graph than the project's own asks with."""
    people: int = 1
    """How many different people have to approve it."""
    consents: tuple[ConsentView, ...] = ()
    """Who has, while others have to."""


class InterruptDetail(Interrupt):
    """Something that waits, with all that a person needs to decide about it."""

    detail: ReviewDetail | None = None
    """Null for another graph than the project's own, which asks with `value`."""
    may_decide: bool = True
    why_not: str = ""
    """Why whoever asks may not decide it: it has expired, it is another's, their key is not good for it."""


class InterruptList(Model):
    """A page of what waits."""

    interrupts: list[Interrupt]


class Assignment(Body):
    """Who is to decide, and until when; what is null is lifted."""

    assignee: Short | None = None
    expires_at: Moment | None = None


class OneDecision(Body):
    """A person's word on one of several actions."""

    digest: Short
    kind: Literal["approve", "edit", "reject", "respond"]
    args: JsonObject = {}
    message: Long = ""

    def plain(self) -> ActionDecision:
        """The same, as the app takes it."""
        return ActionDecision(digest=self.digest, kind=self.kind, args=self.args, message=self.message)


class EditBody(Body):
    """An edit to try: which action, and the arguments to change."""

    digest: Short
    args: JsonObject


class DecisionBody(Body):
    """A person's answer to an interrupt."""

    kind: Literal["approve", "edit", "reject", "respond"] | None = None
    """Needed unless `decisions` says it for each action."""
    digests: list[Short] | None = None
    """What is decided; all that the interrupt showed when null."""
    args: JsonObject = {}
    """For `edit`: the arguments in place of the proposed ones."""
    message: Long = ""
    """For `reject` the reason, for `respond` what is answered."""
    value: JsonValue = None
    """For another graph than the project's own: what its interrupt gives back, in place of all this."""
    decisions: Annotated[list[OneDecision], Field(max_length=100)] = []
    """A word on each action, where they differ; then nothing else is said."""

    @model_validator(mode="after")
    def _has_what_it_needs(self) -> DecisionBody:
        if (self.kind is None) != bool(self.decisions):
            raise ValueError("a decision has either kind or decisions")
        if self.kind == "edit" and not self.args:
            raise ValueError("an edit needs args")
        return self


class DecisionResult(Model):
    """What came of a decision."""

    thread_id: str
    interrupt_id: str
    run_id: str
    status: str
    reply: Reply | None = None
    """The turn's outcome; null for another graph than the project's own."""
    values: JsonValue = None
    """The state of another graph than the project's own."""


class EffectList(Model):
    """The ledger of a thread, oldest first."""

    effects: tuple[EffectView, ...]


class RollbackBody(Body):
    """Where to go back to."""

    to: Short
    """A checkpoint of the thread."""
    only: list[Short] = []
    """Digests of the effects to undo; all after the checkpoint when empty."""


class ReconcileBody(Body):
    """What to look into."""

    thread_id: Uuid | None = None
    """All threads when null, which only the project's own admins may ask for."""


class ResolutionBody(Body):
    """What a person found out about an effect that is in doubt."""

    happened: bool
    result: JsonValue = None


class FeedbackBody(Body):
    """What a person thinks of an answer: a rating, or how it should have been."""

    rating: Annotated[int, Field(ge=-1, le=1)] | None = None
    correction: Long = ""
    reason: Long = ""
    run_id: Short | None = None


class Feedback(Model):
    """One piece of feedback."""

    feedback_id: str
    thread_id: str
    run_id: str
    kind: str
    principal: str
    rating: float | None
    correction: str
    reason: str
    at: str


class FeedbackList(Model):
    """Feedback on a thread, oldest first."""

    feedback: list[Feedback]


class AuditRecordView(Model):
    """One record of the audit chain."""

    seq: int
    hash: str
    after: str
    kind: str
    at: str
    who: str
    person: str
    thread_id: str
    run_id: str
    data: JsonObject
    sealed: JsonValue


class AuditRecordList(Model):
    """Records, oldest first."""

    records: list[AuditRecordView]
    before: int | None = None
    """What `before` is for the page before this one; null where this is the first."""
    kinds: list[str] = []
    """The kinds that there are."""


class AuditCheck(Model):
    """What checking the chain found."""

    ok: bool
    records: int
    head: str
    fault: str | None
    put_away: int
    signed: int
    trusted: bool


class UsageRow(Model):
    """What was spent, under one key."""

    key: str
    """The thread, the day, or the model."""
    runs: int
    steps: int
    model_calls: int
    input_tokens: int
    output_tokens: int
    cost: float
    """In the currency of the price table; calls without a price count nothing, see `unpriced`."""
    unpriced: int
    seconds: float


class UsageReport(Model):
    """What was spent."""

    by: Literal["thread", "model", "day"]
    since: str | None
    until: str | None
    rows: list[UsageRow]


class TurnRun(Model):
    """A turn of a thread, as the ledger of runs has it."""

    run_id: str
    thread_id: str
    owner: str
    kind: str
    status: str
    graph: str
    started_at: str
    ended_at: str | None
    models: Any = None
    usage: Any = None
    error: Any = None


class TurnRunList(Model):
    """Runs, the latest first."""

    runs: list[TurnRun]


class Drawing(Model):
    """A graph as a Mermaid diagram."""

    graph_id: str
    mermaid: str


class ConfigView(Model):
    """Every setting of the project; secrets are never among them, only where they are read from."""

    project_folder: str
    config: JsonObject


class Key(Model):
    """What is known of an API key."""

    key_id: str
    name: str
    tenant: str
    owner: str
    scopes: list[Scope]
    roles: list[str]
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    last_used_at: str | None


class NewKey(Key):
    """A key that was just made: the only time that it is shown."""

    key: str


class KeyList(Model):
    """The keys of a tenant, the latest first."""

    keys: list[Key]


class KeyBody(Body):
    """A key to make."""

    name: Short
    scopes: Annotated[list[Scope], Field(max_length=4)] = []
    """To read and to write, where neither scopes nor roles are named."""
    roles: Annotated[list[Short], Field(max_length=32)] = []
    """Of whoever acts with it: viewer, operator, approver, admin, and the project's own."""
    owner: Short | None = None
    """Who acts with it; `key:NAME` when null."""
    tenant: Short | None = None
    """Another tenant than one's own: for the project's own admins."""
    expires_at: Moment | None = None
