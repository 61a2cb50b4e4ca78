"""What happened in runs, as spans in time."""

from __future__ import annotations

from typing import Any, Literal

from podium.core.model import JsonObject, Model

SpanShownKind = Literal["run", "node", "model", "tool", "retrieval", "guardrail", "request", "event"]


class TraceRun(Model):
    """A run that spans belong to."""

    run_id: str
    thread_id: str
    kind: str
    """What started a turn: ask, resume, …; `run` for a graph of others."""
    status: str
    graph: str
    started_at: str
    ended_at: str | None
    turn_id: str
    """The user message that it answers; empty for a graph of others."""


class SentMessage(Model):
    """A message of a prompt, as sent; keys and other secrets are taken out."""

    role: str
    text: str


class ModelSpan(Model):
    """An exchange with a model."""

    model: str
    role: str
    """Which agent asked."""
    prompt: str
    """Role and version of the prompt behind it."""
    prompt_hash: str
    messages: list[SentMessage]
    reply: str
    input_tokens: int
    output_tokens: int
    cost: float | None
    """Null where it is not known."""
    cached: bool
    """Whether a kept reply was given, and no model asked."""
    attempt: int
    window: int | None
    context_tokens: int | None
    included: list[tuple[str, int]]
    """What went in, and its tokens."""
    left_out: list[tuple[str, str]]
    """What did not, and why."""


class ToolSpan(Model):
    """A call of a tool: a reading one, or an effect as the ledger has it now."""

    tool: str
    args: Any = None
    result: Any = None
    ok: bool
    code: str = ""
    effect: str
    """How far it can be taken back; `read` for one that changes nothing, empty where nobody said."""
    digest: str = ""
    status: str = ""
    """Of the effect."""
    started_at: str | None = None
    """When the effect was begun."""
    ended_at: str | None = None


class RetrievalHit(Model):
    """A passage that was found."""

    id: str
    source: str
    collection: str
    start: int
    end: int
    score: float | None
    """Null where the searcher of a graph of others tells none."""
    similarity: float | None


class RetrievalSpan(Model):
    """A search for evidence."""

    step: str
    query: str
    """The queries that were run, a line each."""
    hits: list[RetrievalHit]
    failed: str
    """Sources that could not be asked."""


class VerdictShown(Model):
    """A rule's word."""

    rule: str
    stage: str
    outcome: str
    target: str


class GuardrailSpan(Model):
    """A check; its verdicts are events within it."""

    stage: str
    verdict: VerdictShown | None
    """For the event of a verdict."""


class TraceSpan(Model):
    """A piece of work, or for `event` something that happened within one."""

    seq: int
    """Its place in the log: what ended first stands first."""
    span_id: str
    parent_id: str
    """The span around it; one that is nowhere is the run itself."""
    trace_id: str
    run_id: str
    kind: SpanShownKind
    name: str
    started_at: str
    started_ms: float
    """Since the run began."""
    seconds: float
    status: Literal["ok", "error"]
    error: str
    """Class of the exception, or code of the error, that ended it."""
    attributes: JsonObject
    """By OpenTelemetry's names."""
    cut: bool
    """Whether a text was shortened; asked for alone, the span is whole."""
    model: ModelSpan | None = None
    tool: ToolSpan | None = None
    retrieval: RetrievalSpan | None = None
    guardrail: GuardrailSpan | None = None


class Trace(Model):
    """A page of what happened in a thread."""

    runs: list[TraceRun]
    spans: list[TraceSpan]
    next: int | None
    """What to send as `after` for the next page; null at the end."""
