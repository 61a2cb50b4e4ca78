"""One running span: a context manager cheap enough for every node."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from random import getrandbits
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from podium.telemetry.conventions import IDS, KIND, NAMES, OPERATION, OPERATIONS, TRUSTED, attribute_name
from podium.telemetry.propagation import Remote, remote_of, traceparent
from podium.telemetry.records import AttributeValue, SpanKind, SpanRecord
from podium.telemetry.showing import Showing

if TYPE_CHECKING:
    from opentelemetry import trace

Redact: TypeAlias = Callable[[str], str]


class Span:
    """A piece of work under way; made by `Telemetry.span` and used as a context manager."""

    __slots__ = (
        "_ago", "_attributes", "_began", "_current", "_end", "_kind", "_name", "_otel", "_parent", "_redact",
        "_remote", "_showing", "_started", "_stored", "_token", "_tracer", "ids", "span_id", "trace_id",
    )  # fmt: skip

    def __init__(
        self,
        kind: SpanKind,
        name: str,
        attributes: dict[str, AttributeValue],
        *,
        current: ContextVar[Span | None],
        end: Callable[[SpanRecord], None],
        redact: Redact,
        tracer: trace.Tracer | None,
        showing: Showing,
        ago: float = 0.0,
        remote: str | None = None,
    ) -> None:
        self._kind = kind
        self._name = name
        self._attributes: dict[str, AttributeValue] = {}
        self._current = current
        self._end = end
        self._redact = redact
        self._tracer = tracer
        self._showing = showing
        self._stored = remote is None
        self._remote = remote_of(remote) if remote else None
        self._otel: trace.Span | None = None
        self._parent: Span | None = None
        self._token: Token[Span | None] | None = None
        self._started = self._began = 0
        self._ago = round(ago * 1e9)
        self.trace_id = self.span_id = ""
        self.ids: dict[str, str] = {name: str(attributes[name]) for name in IDS if attributes.get(name)}
        self.set(**attributes)

    def set(self, **attributes: AttributeValue | None) -> None:
        """Add attributes by their short names, such as `input_tokens`; None is left out."""
        for short, value in attributes.items():
            if value is None or value == "":
                continue
            name = attribute_name(short)
            if isinstance(value, str) and name not in TRUSTED:
                value = self._redact(value)
            self._attributes[name] = value
            if self._otel is not None and (shown := self._showing.value(name, value)) is not None:
                self._otel.set_attribute(name, shown)

    def rename(self, name: str) -> None:
        """Call it by what became known meanwhile, such as the route of a request."""
        self._name = name
        if self._otel is not None:
            self._otel.update_name(name)
            self._otel.set_attribute(NAMES[self._kind], name)

    @property
    def traceparent(self) -> str:
        """What others need to go on with this trace, as W3C trace context says it."""
        sampled = self._otel is None or self._otel.get_span_context().trace_flags.sampled
        return traceparent(self.trace_id, self.span_id, sampled=sampled)

    def note(self, name: str, attributes: dict[str, AttributeValue]) -> None:
        """Add something that happened to the exported span."""
        if self._otel is not None:
            self._otel.add_event(name, self._showing.values(attributes))

    def __enter__(self) -> Self:
        self.begin(self._current.get())
        self._token = self._current.set(self)
        return self

    def begin(self, parent: Span | None, *, ago: float = 0.0) -> None:
        """Begin within another span, without what happens from now on being taken to be within this one.

        For work that is only heard of, such as that of other libraries; `finish` ends it.

        Args:
            parent: The span around it; None for the outermost.
            ago: Seconds since the work began.
        """
        self._ago += round(ago * 1e9)
        self._parent = parent = None if self._remote else parent
        if parent is not None:
            self.ids = {**parent.ids, **self.ids} if self.ids else parent.ids
        self._started, self._began = time.time_ns() - self._ago, time.perf_counter_ns() - self._ago
        if self._tracer is not None:
            self._start_exported(self._tracer, parent)
        else:
            around = parent or self._remote
            self.trace_id = around.trace_id if around else f"{getrandbits(128) or 1:032x}"
            self.span_id = f"{getrandbits(64) or 1:016x}"

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish(failure(kind))

    def finish(self, failed: str, *, ago: float = 0.0) -> None:
        """End the span.

        Args:
            failed: Class of the exception, or code of the error, that ended it; empty when all went well.
            ago: Seconds since the work ended.
        """
        took = time.perf_counter_ns() - self._began - round(ago * 1e9)
        self._leave()
        if self._otel is not None:
            self._end_exported(self._otel, failed, self._started + took)
        self._end(
            SpanRecord(
                self._kind,
                self._name,
                self.trace_id,
                self.span_id,
                around.span_id if (around := self._parent or self._remote) else "",
                self._started,
                took / 1e9,
                failed,
                self._attributes,
                self.ids,
                self._stored,
            )
        )

    def _leave(self) -> None:
        if self._token is None:
            return
        try:
            self._current.reset(self._token)
        except ValueError:
            # Entered in another task's context, as an async generator closed by the event loop does.
            self._current.set(self._parent)

    def _start_exported(self, tracer: trace.Tracer, parent: Span | None) -> None:
        from opentelemetry import trace

        around = parent._otel if parent and parent._otel else _remote_span(self._remote)
        context = trace.set_span_in_context(around) if around else None
        operation = OPERATIONS[self._kind]
        self._otel = tracer.start_span(
            f"{operation} {self._name}".lstrip(),
            context=context,
            start_time=self._started,
            kind=_otel_kind(self._kind),
            attributes={
                KIND: self._kind,
                NAMES[self._kind]: self._name,
                **({OPERATION: operation} if operation else {}),
                **self._showing.values(self._attributes),
            },
        )
        ids = self._otel.get_span_context()
        self.trace_id, self.span_id = f"{ids.trace_id:032x}", f"{ids.span_id:016x}"

    @staticmethod
    def _end_exported(span: trace.Span, failed: str, ended_ns: int) -> None:
        if failed:
            from opentelemetry.trace import Status, StatusCode

            span.set_attribute("error.type", failed)
            span.set_status(Status(StatusCode.ERROR))
        span.end(ended_ns)


def _otel_kind(kind: SpanKind) -> trace.SpanKind:
    from opentelemetry import trace

    if kind == "request":
        return trace.SpanKind.SERVER
    return trace.SpanKind.CLIENT if kind == "model" else trace.SpanKind.INTERNAL


def _remote_span(remote: Remote | None) -> trace.Span | None:
    """The span of another process, or of another moment, that this one goes on from."""
    if remote is None:
        return None
    from opentelemetry import trace

    return trace.NonRecordingSpan(
        trace.SpanContext(
            int(remote.trace_id, 16),
            int(remote.span_id, 16),
            is_remote=True,
            trace_flags=trace.TraceFlags(int(remote.sampled)),
        )
    )


def failure(kind: type[BaseException] | None) -> str:
    """What a span says of the exception that ended it; empty when all went well.

    So it is where an exception only pauses or ends the work: an interrupt of the graph, a generator's close.
    """
    if kind is None or kind is GeneratorExit:
        return ""
    return "" if any(base.__name__ == "GraphBubbleUp" for base in kind.__mro__) else kind.__name__
