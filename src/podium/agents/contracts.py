"""The four agents' contracts: what each is given and what it gives back.

Every agent has a language-model and an offline implementation of the same Protocol. All that crosses
between agents is a frozen model made of JSON values, so that it can be checkpointed, recorded and shown.
"""

from __future__ import annotations

from typing import Literal, Protocol

from podium.core.confidence import Factor
from podium.core.effects import EffectClass
from podium.core.evidence import Citation, Evidence, Provenance
from podium.core.model import JsonObject, JsonValue, Model
from podium.core.plan import Plan, Step
from podium.core.tool import ToolCall, ToolSpec
from podium.core.tool import ToolOutput as ToolOutput
from podium.core.usage import Usage
from podium.core.verdict import Verdict

Role = Literal["planner", "retriever", "executor", "critic"]

StandIn = Literal["offline", "fallback", "cached"]
"""Who does the work of a model that fails: the offline agent, another model, a reply kept from before."""

ROLES: tuple[Role, ...] = ("planner", "retriever", "executor", "critic")


class HistoryTurn(Model):
    """One earlier message of the conversation."""

    speaker: Literal["user", "event", "assistant", "summary"]
    text: str


class OpenQuestion(Model):
    """What the previous turn asked the user for, so that this turn can be understood as its answer."""

    question: str
    request: str
    """The request that could not be finished."""
    tool: str = ""
    args: dict[str, JsonValue] = {}
    """Arguments already known."""
    missing: tuple[str, ...] = ()


class PlanRequest(Model):
    """What the planner is given."""

    request: str
    history: tuple[HistoryTurn, ...] = ()
    tools: tuple[ToolSpec, ...] = ()
    """The tools that policy opens to this principal."""
    open_question: OpenQuestion | None = None
    feedback: tuple[str, ...] = ()
    """Why earlier plans of this turn were not enough, oldest first."""
    today: str = ""
    """ISO date."""


class PlanReply(Model):
    """What the planner gives back."""

    plan: Plan
    usage: Usage = Usage()
    degraded: bool = False
    stand_in: StandIn = "offline"
    """Who stood in for the model, when degraded."""
    cause: str = ""
    """Code of the error that the model failed with, when degraded."""


class RetrieveRequest(Model):
    """What the retriever is given."""

    step: Step
    request: str
    history: tuple[HistoryTurn, ...] = ()
    k: int = 8
    """How many pieces of evidence are wanted."""
    attempt: int = 0
    """0 at first; each gathering loop adds one and asks for more, or for something else."""
    gaps: tuple[str, ...] = ()
    """What the critic found missing, as queries."""


class RetrieveReply(Model):
    """What the retriever gives back."""

    evidence: tuple[Evidence, ...] = ()
    queries: tuple[str, ...] = ()
    """The queries that were run."""
    failed: tuple[str, ...] = ()
    """Names of the sources that could not answer."""
    usage: Usage = Usage()
    degraded: bool = False
    stand_in: StandIn = "offline"
    """Who stood in for the model, when degraded."""
    cause: str = ""
    """Code of the error that the model failed with, when degraded."""


class Statement(Model):
    """One sentence of an answer with what supports it."""

    text: str
    citations: tuple[Citation, ...] = ()
    step: str = ""
    """The step whose tool result it reports; empty when it stands on citations."""


class StepResult(Model):
    """What the executor gives back for one step."""

    step: str
    status: Literal["done", "continue", "clarify", "abstain", "failed"]
    """`continue`: run the read-only calls and ask again with their outputs."""
    statements: tuple[Statement, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    outputs: tuple[ToolOutput, ...] = ()
    """Outputs of the read-only calls made for the step; filled in by the graph."""
    question: str = ""
    """For `clarify`: what to ask the user."""
    missing: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    usage: Usage = Usage()
    degraded: bool = False
    stand_in: StandIn = "offline"
    """Who stood in for the model, when degraded."""
    cause: str = ""
    """Code of the error that the model failed with, when degraded."""


class ExecuteRequest(Model):
    """What the executor is given for one step."""

    step: Step
    plan: Plan
    request: str
    event: Provenance | None = None
    """Where the request came from, when it is not the words of a user."""
    history: tuple[HistoryTurn, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    results: dict[str, StepResult] = {}
    """Results of the steps that are done, by step id."""
    outputs: tuple[ToolOutput, ...] = ()
    """Outputs of the calls that this step asked for so far."""
    tools: tuple[ToolSpec, ...] = ()
    feedback: tuple[str, ...] = ()
    """Why earlier drafts of this turn were not good enough."""


class ActionSummary(Model):
    """A proposed effect as the critic sees it."""

    digest: str
    tool: str
    args: dict[str, JsonValue]
    effect: EffectClass
    target: str = ""
    preview: JsonObject = {}
    untrusted_arguments: tuple[str, ...] = ()
    """Arguments whose value comes from a source that is not trusted for it."""


class CritiqueRequest(Model):
    """What the critic is given."""

    request: str
    plan: Plan
    evidence: tuple[Evidence, ...] = ()
    results: dict[str, StepResult] = {}
    actions: tuple[ActionSummary, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    history: tuple[HistoryTurn, ...] = ()


class Finding(Model):
    """The critic's word on one statement."""

    statement: str
    support: float
    """In 0..1: how well its citations carry it."""
    note: str = ""


class Critique(Model):
    """What the critic gives back."""

    findings: tuple[Finding, ...] = ()
    factors: tuple[Factor, ...] = ()
    """Named in the policy's weights: `support`, `relevance`, `coverage`, `agreement`, `freshness`,
    `slots`, `success`, `intent`."""
    reasons: tuple[str, ...] = ()
    suggestion: Literal["accept", "gather", "replan", "clarify", "abstain", "escalate"] = "accept"
    gaps: tuple[str, ...] = ()
    """Queries that could fill what is missing."""
    question: str = ""
    feedback: str = ""
    """What a new plan or draft should do differently."""
    usage: Usage = Usage()
    degraded: bool = False
    stand_in: StandIn = "offline"
    """Who stood in for the model, when degraded."""
    cause: str = ""
    """Code of the error that the model failed with, when degraded."""


class Planner(Protocol):
    """Turns a request into steps."""

    async def plan(self, request: PlanRequest) -> PlanReply:
        """Make a plan whose tools are all among the request's."""
        ...


class Retriever(Protocol):
    """Finds evidence for one step."""

    async def retrieve(self, request: RetrieveRequest) -> RetrieveReply:
        """Find evidence, best first."""
        ...


class Executor(Protocol):
    """Carries out one step without changing the world."""

    async def execute(self, request: ExecuteRequest) -> StepResult:
        """Draft statements with citations, or propose calls."""
        ...


class Critic(Protocol):
    """Judges a turn before anything leaves it."""

    async def critique(self, request: CritiqueRequest) -> Critique:
        """Measure support, success and conflicts."""
        ...
