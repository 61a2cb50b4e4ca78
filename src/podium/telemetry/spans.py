"""One running span: a context manager cheap enough for every node."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextvars import ContextVar, Token
from random import getrandbits
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeAlias

from podium.telemetry.conventions import KIND, NAMES, OPERATION, OPERATIONS, TRUSTED, attribute_name
from podium.telemetry.records import AttributeValue, SpanKind, SpanRecord

if TYPE_CHECKING:
    from opentelemetry import trace

Redact: TypeAlias = Callable[[str], str]


class Span:
    """A piece of work under way; made by `Telemetry.span` and used as a context manager."""

    __slots__ = (
        "_ago", "_attributes", "_began", "_current", "_end", "_kind", "_name", "_otel", "_parent", "_redact",
        "_started", "_token", "_tracer", "span_id", "trace_id",
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
        ago: float = 0.0,
    ) -> None:
        self._kind = kind
        self._name = name
        self._attributes: dict[str, AttributeValue] = {}
        self._current = current
        self._end = end
        self._redact = redact
        self._tracer = tracer
        self._otel: trace.Span | None = None
        self._parent: Span | None = None
        self._token: Token[Span | None] | None = None
        self._started = self._began = 0
        self._ago = round(ago * 1e9)
        self.trace_id = self.span_id = ""
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
            if self._otel is not None:
                self._otel.set_attribute(name, value)

    def note(self, name: str, attributes: dict[str, AttributeValue]) -> None:
        """Add something that happened to the exported span."""
        if self._otel is not None:
            self._otel.add_event(name, attributes)

    def __enter__(self) -> Self:
        self._parent = parent = self._current.get()
        self._started, self._began = time.time_ns() - self._ago, time.perf_counter_ns() - self._ago
        if self._tracer is not None:
            self._start_exported(self._tracer, parent)
        else:
            self.trace_id = parent.trace_id if parent else f"{getrandbits(128) or 1:032x}"
            self.span_id = f"{getrandbits(64) or 1:016x}"
        self._token = self._current.set(self)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish("" if kind is None or _is_control_flow(kind) else kind.__name__)

    def finish(self, failed: str) -> None:
        """End the span.

        Args:
            failed: Class of the exception, or code of the error, that ended it; empty when all went well.
        """
        seconds = (time.perf_counter_ns() - self._began) / 1e9
        self._leave()
        if self._otel is not None:
            self._end_exported(self._otel, failed)
        self._end(
            SpanRecord(
                self._kind,
                self._name,
                self.trace_id,
                self.span_id,
                self._parent.span_id if self._parent else "",
                self._started,
                seconds,
                failed,
                self._attributes,
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

        context = trace.set_span_in_context(parent._otel) if parent and parent._otel else None
        operation = OPERATIONS[self._kind]
        self._otel = tracer.start_span(
            f"{operation} {self._name}",
            context=context,
            start_time=self._started,
            kind=trace.SpanKind.CLIENT if self._kind == "model" else trace.SpanKind.INTERNAL,
            attributes={
                KIND: self._kind,
                OPERATION: operation,
                NAMES[self._kind]: self._name,
                **self._attributes,
            },
        )
        ids = self._otel.get_span_context()
        self.trace_id, self.span_id = f"{ids.trace_id:032x}", f"{ids.span_id:016x}"

    @staticmethod
    def _end_exported(span: trace.Span, failed: str) -> None:
        if failed:
            from opentelemetry.trace import Status, StatusCode

            span.set_attribute("error.type", failed)
            span.set_status(Status(StatusCode.ERROR))
        span.end()


def _is_control_flow(kind: type[BaseException]) -> bool:
    """Whether an exception only pauses or ends the work: an interrupt of the graph, a generator's close."""
    return kind is GeneratorExit or any(base.__name__ == "GraphBubbleUp" for base in kind.__mro__)
