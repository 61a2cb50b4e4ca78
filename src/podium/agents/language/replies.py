"""The shapes that a model is asked for; small, described, and lenient about what is not needed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from podium.core.model import JsonValue
from podium.core.plan import StepKind

Text = Annotated[str, Field(max_length=4_000)]
Short = Annotated[str, Field(max_length=400)]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


Suggestion = Literal["accept", "gather", "replan", "clarify", "abstain", "escalate"]


class ReplyModel(BaseModel):
    """A reply of a model: unknown fields are dropped, since models add them."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ReferenceDraft(ReplyModel):
    """Where an argument's value will come from."""

    argument: Short = Field(description="Name of the argument.")
    step: Short = Field(description="Id of the earlier step whose result holds the value.")
    path: Short = Field(description="Dotted path in that result, such as items.0.id.")


class StepDraft(ReplyModel):
    """One step as a model plans it."""

    id: Annotated[str, Field(min_length=1, max_length=40)] = Field(description="s1, s2 and so on.")
    kind: StepKind = Field(description="retrieve, act, answer or clarify.")
    instruction: Text = Field(default="", description="What to do; for clarify the question to the user.")
    query: Short = Field(default="", description="For retrieve: what to look for, a short phrase.")
    tool: Short = Field(default="", description="For act: the name of the tool.")
    args: dict[str, JsonValue] = Field(default={}, description="For act: the arguments that are known.")
    references: tuple[ReferenceDraft, ...] = Field(default=(), description="For act: arguments from results.")
    missing: tuple[Short, ...] = Field(default=(), description="For clarify: arguments the user has to give.")
    depends_on: tuple[Short, ...] = Field(default=(), description="Ids of earlier steps.")
    success: Text = Field(default="", description="How to see that the step has succeeded.")


class PlanDraft(ReplyModel):
    """A plan as a model writes it."""

    goal: Text = Field(default="", description="One sentence.")
    steps: Annotated[tuple[StepDraft, ...], Field(min_length=1, max_length=12)]


class Queries(ReplyModel):
    """Searches, best first."""

    queries: Annotated[tuple[Annotated[str, Field(max_length=200)], ...], Field(min_length=1, max_length=8)]


class CitationDraft(ReplyModel):
    """The words that say it."""

    evidence: Short = Field(description="Label of the evidence, such as E1.")
    quote: Text = Field(description="Words copied exactly from that evidence.")


class StatementDraft(ReplyModel):
    """One sentence of an answer with its proof."""

    text: Text
    citations: tuple[CitationDraft, ...] = ()
    step: Short = Field(default="", description="The step whose result it reports, if it has no citations.")


class CallDraft(ReplyModel):
    """A call of a tool."""

    tool: Short
    args: dict[str, JsonValue] = {}


class StepReply(ReplyModel):
    """What a model says about one step."""

    status: Literal["done", "continue", "clarify", "abstain", "failed"] = Field(
        description="continue: make the reading calls and ask again; abstain: the evidence does not answer."
    )
    statements: Annotated[tuple[StatementDraft, ...], Field(max_length=20)] = ()
    calls: Annotated[tuple[CallDraft, ...], Field(max_length=8)] = ()
    question: Text = Field(default="", description="For clarify: one question to the user.")
    missing: tuple[Short, ...] = ()
    reasons: tuple[Short, ...] = ()


class FindingDraft(ReplyModel):
    """The word on one statement."""

    statement: int = Field(description="Number of the statement, from 1.")
    support: Share = Field(description="How well the cited words alone carry it.")
    note: Text = ""


class FactorDraft(ReplyModel):
    """One measure of the turn."""

    name: Literal["support", "relevance", "coverage", "agreement", "freshness", "slots", "success", "intent"]
    value: Share


class CritiqueReply(ReplyModel):
    """A judgement of a turn."""

    findings: Annotated[tuple[FindingDraft, ...], Field(max_length=60)] = ()
    factors: Annotated[tuple[FactorDraft, ...], Field(max_length=16)] = ()
    reasons: tuple[Short, ...] = ()
    suggestion: Suggestion
    gaps: Annotated[tuple[Short, ...], Field(max_length=8)] = Field(
        default=(), description="For gather: searches."
    )
    question: Text = Field(default="", description="For clarify: one question to the user.")
    feedback: Text = Field(default="", description="For replan: what should differ.")
