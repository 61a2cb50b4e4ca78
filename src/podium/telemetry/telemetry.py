"""`Telemetry`: one per app; every span becomes a metric, a log line and a record with the same ids."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, assert_never, cast

from podium.core.errors import PodiumError
from podium.telemetry.conventions import COST, INPUT_TOKENS, OUTPUT_TOKENS
from podium.telemetry.log_file import Level, LogFile
from podium.telemetry.metrics import Metrics
from podium.telemetry.records import (
    AttributeValue,
    DecisionRecord,
    Record,
    Sink,
    SpanKind,
    SpanRecord,
    StepRecord,
)
from podium.telemetry.showing import Showing
from podium.telemetry.spans import Redact, Span

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer, TracerProvider

_HELD: Final = 20_000
"""Records that wait for the sink at most; beyond it the oldest are dropped and counted."""


class Telemetry:
    """Sees every run, node, model call, retrieval, guardrail and tool call of an app.

    Without a tracer nothing of OpenTelemetry is imported: identifiers have its form, and
    records carry the attributes of its GenAI conventions. With one, spans are real ones of it.

    Args:
        log_file: JSON lines go there; None writes none.
        level: The lowest level that is written.
        redact: Takes secrets out of text that is recorded.
        sink: Receives records in batches, at `flush`; None keeps none.
        tracer: Exports spans, or provides what does; the process' global one is never touched.
        showing: What of spans may be seen in the log and by the tracer.
    """

    def __init__(
        self,
        *,
        log_file: Path | None = None,
        level: Level = "info",
        redact: Redact | None = None,
        sink: Sink | None = None,
        tracer: Tracer | TracerProvider | None = None,
        showing: Showing | None = None,
    ) -> None:
        self.metrics = Metrics()
        self._showing = showing or Showing()
        self._redact = redact or _unchanged
        self._log = LogFile(log_file, level, self._showing) if log_file is not None else None
        self._sink = sink
        self._records: deque[Record] = deque()
        self._current: ContextVar[Span | None] = ContextVar("podium_span", default=None)
        self._tracer = _tracer_of(tracer)

    def span(self, kind: SpanKind, name: str, **attributes: AttributeValue) -> Span:
        """A piece of work as a context manager; spans inside it become its children.

        Args:
            kind: What kind of work.
            name: The graph, node, model, step, rule or tool.
            attributes: By short name, such as `thread_id`, `run_id`, `agent`, `input_tokens`, `cost`.
        """
        return Span(
            kind,
            name,
            attributes,
            current=self._current,
            end=self._end,
            redact=self._redact,
            tracer=self._tracer,
            showing=self._showing,
        )

    def served(self, kind: SpanKind, name: str, traceparent: str = "", **attributes: AttributeValue) -> Span:
        """A piece of work for somebody elsewhere; it is measured, logged and exported, and not stored.

        Args:
            kind: What kind of work.
            name: The route of a request, or the graph of a run.
            traceparent: The span that asked for it, by W3C trace context; what is none begins a trace.
            attributes: By short name, as for `span`.
        """
        return Span(
            kind,
            name,
            attributes,
            current=self._current,
            end=self._end,
            redact=self._redact,
            tracer=self._tracer,
            showing=self._showing,
            remote=traceparent,
        )

    def ended(
        self, kind: SpanKind, name: str, seconds: float, *, error: str = "", **attributes: AttributeValue
    ) -> None:
        """Record a piece of work that is over, such as one attempt of a call.

        Args:
            kind: What kind of work.
            name: The model, or whatever worked.
            seconds: How long it took, until now.
            error: Code of the error that ended it.
            attributes: By short name, as for `span`.
        """
        span = Span(
            kind,
            name,
            attributes,
            current=self._current,
            end=self._end,
            redact=self._redact,
            tracer=self._tracer,
            showing=self._showing,
            ago=seconds,
        )
        span.__enter__()
        span.finish(error)

    def current(self) -> Span | None:
        """The innermost span around the caller."""
        return self._current.get()

    def turn(self, status: str) -> None:
        """A turn has its outcome."""
        self.metrics.count("turns", status)
        self._event("turn", status=status)

    def effect(self, tool: str, status: str, digest: str = "") -> None:
        """The ledger has moved an effect."""
        self.metrics.count("effects", tool, status)
        self._event("effect", tool=tool, status=status, digest=digest)

    def alert(self, tool: str, status: str, message: str) -> None:
        """An effect stands where a person has to look at it: in doubt, not confirmed, not undone."""
        self.metrics.count("alerts", tool, status)
        self._event("alert", tool=tool, status=status, message=message)

    def notified(self, channel: str, event: str, status: str, error: str = "") -> None:
        """People were told, or could not be; `waiting` is tried again."""
        self.metrics.count("notifications", channel, event, status)
        self._event("notification", channel=channel, event=event, status=status, error=error)

    def verdict(self, rule: str, stage: str, outcome: str, target: str = "") -> None:
        """A guardrail has judged a value, or the one that it names."""
        self.metrics.count("guardrail_verdicts", rule, stage, outcome)
        self._event("verdict", rule=rule, stage=stage, outcome=outcome, target=target)

    def confidence(self, score: float, route: str) -> None:
        """A turn's confidence is known, and where it sends the turn."""
        self.metrics.observe("confidence", score, route)
        if route == "escalate":
            self.metrics.count("escalations")
        self._event("confidence", score=score, route=route)

    def fallback(self, role: str, error: str) -> None:
        """A role's model failed and the offline agent took over."""
        self.metrics.count("fallbacks", role, error)
        self._event("fallback", role=role, error=error)

    def source_failed(self, source: str, error: str, message: str) -> None:
        """A source beside the documents could not answer."""
        self.metrics.count("source_failures", source, error)
        self._event("source_failed", source=source, error=error, message=message)

    def step(
        self, node: str, update: Mapping[str, Any], *, thread_id: str, run_id: str, who: str, tenant: str
    ) -> None:
        """A node has written into the state.

        Args:
            node: The node.
            update: What it wrote; it is not changed afterwards.
            thread_id: The thread.
            run_id: The run.
            who: The principal on whose behalf.
            tenant: Whose data.
        """
        if self._sink is not None:
            self._hold(StepRecord(node, time.time_ns(), thread_id, run_id, who, tenant, update))

    def decided(self, decisions: Iterable[DecisionRecord]) -> None:
        """Turns were sent somewhere."""
        if self._sink is not None:
            for decision in decisions:
                self._hold(decision)

    async def flush(self) -> None:
        """Hand what was recorded to the sink. Never fails.

        Called before a person is asked, before the world is changed, and when a run ends.
        """
        if self._log is not None:
            self._log.nudge()
        if self._sink is None or not self._records:
            return
        batch = []
        while self._records:
            batch.append(self._records.popleft())
        try:
            await self._sink.write(batch)
        except PodiumError:
            steps = [record for record in batch if isinstance(record, StepRecord)]
            self._records.extendleft(reversed(steps))
            self.metrics.count("dropped_records", by=float(len(batch) - len(steps)))

    def close(self) -> None:
        """Write the log lines that wait. Safe to call twice."""
        if self._log is not None:
            self._log.close()

    def _event(self, name: str, **attributes: AttributeValue) -> None:
        span = self._current.get()
        held = {f"podium.{name}.{key}": value for key, value in attributes.items() if value != ""}
        if span is not None:
            span.note(name, held)
        trace_id, span_id = (span.trace_id, span.span_id) if span else ("", "")
        ids = span.ids if span else {}
        self._keep(
            "info", SpanRecord("event", name, trace_id, span_id, "", time.time_ns(), attributes=held, ids=ids)
        )

    def _end(self, record: SpanRecord) -> None:
        self._measure(record)
        self._keep("warning" if record.error else "info", record)

    def _keep(self, level: Level, record: SpanRecord) -> None:
        if self._log is not None:
            self._log.add(level, record)
        if self._sink is not None and record.stored:
            self._hold(record)

    def _hold(self, record: Record) -> None:
        if len(self._records) >= _HELD:
            self._records.popleft()
            self.metrics.count("dropped_records")
        self._records.append(record)

    def _measure(self, record: SpanRecord) -> None:
        metrics, name = self.metrics, record.name
        match record.kind:
            case "run":
                metrics.count("runs", name, "error" if record.error else "ok")
                metrics.observe("run_seconds", record.seconds, name)
            case "node":
                metrics.observe("node_seconds", record.seconds, name)
            case "model":
                metrics.observe("model_seconds", record.seconds, name)
                self._measure_usage(record)
            case "retrieval":
                metrics.observe("retrieval_seconds", record.seconds)
            case "guardrail":
                metrics.observe("guardrail_seconds", record.seconds, name)
            case "tool":
                metrics.observe("tool_seconds", record.seconds, name)
            case "event" | "request":
                return
            case _:
                assert_never(record.kind)
        if record.error:
            metrics.count("errors", record.kind, name if record.kind != "retrieval" else "", record.error)

    def _measure_usage(self, record: SpanRecord) -> None:
        for key, label in ((INPUT_TOKENS, "input"), (OUTPUT_TOKENS, "output")):
            tokens = record.attributes.get(key)
            if isinstance(tokens, int | float):
                self.metrics.count("tokens", record.name, label, by=float(tokens))
        cost = record.attributes.get(COST)
        if isinstance(cost, int | float):
            self.metrics.count("cost", record.name, by=float(cost))


def _tracer_of(given: Tracer | TracerProvider | None) -> Tracer | None:
    # By what it can do: importing the classes would cost those who bring none.
    provide = getattr(given, "get_tracer", None)
    if provide is not None:
        provided: Tracer = provide("podium")
        return provided
    return cast("Tracer | None", given)


def _unchanged(text: str) -> str:
    return text
