"""Metrics in plain counters, shown to Prometheus only when somebody asks."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import Metric

Labels: TypeAlias = tuple[str, ...]

CounterName = Literal[
    "runs",
    "turns",
    "errors",
    "tokens",
    "cost",
    "guardrail_verdicts",
    "escalations",
    "effects",
    "alerts",
    "notifications",
    "fallbacks",
    "source_failures",
    "dropped_records",
    "requests",
    "served_runs",
]
HistogramName = Literal[
    "run_seconds",
    "node_seconds",
    "model_seconds",
    "retrieval_seconds",
    "guardrail_seconds",
    "tool_seconds",
    "confidence",
    "request_seconds",
]

SECONDS: Final = (
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1.0,
    2.5,
    5.0,
    10.0,
    30.0,
    60.0,
    120.0,
)
SHARES: Final = tuple(tenth / 10 for tenth in range(1, 11))

_COUNTERS: Final[dict[CounterName, tuple[str, Labels]]] = {
    "runs": ("Runs by how they ended", ("graph", "outcome")),
    "turns": ("Turns by status", ("status",)),
    "errors": ("Spans that ended with an error", ("kind", "name", "error")),
    "tokens": ("Tokens of model calls", ("model", "type")),
    "cost": ("Money spent on model calls, in the currency of the price table", ("model",)),
    "guardrail_verdicts": ("Verdicts of guardrails", ("rule", "stage", "outcome")),
    "escalations": ("Turns that were handed to a person", ()),
    "effects": ("Effects by tool and status", ("tool", "status")),
    "alerts": ("Effects that nobody expects and a person has to look at", ("tool", "status")),
    "notifications": ("Attempts to tell people, by what became of them", ("channel", "event", "status")),
    "fallbacks": ("Times that an offline agent took over from a model", ("role", "error")),
    "source_failures": ("Times that a source beside the documents failed", ("source", "error")),
    "dropped_records": ("Records of spans that could not be stored", ()),
    "requests": ("HTTP requests by route and status", ("method", "route", "status")),
    "served_runs": ("Runs that clients requested, by how they ended", ("graph", "status")),
}
_HISTOGRAMS: Final[dict[HistogramName, tuple[str, Labels, tuple[float, ...]]]] = {
    "run_seconds": ("Duration of runs", ("graph",), SECONDS),
    "node_seconds": ("Duration of nodes", ("node",), SECONDS),
    "model_seconds": ("Duration of model calls", ("model",), SECONDS),
    "retrieval_seconds": ("Duration of retrievals", (), SECONDS),
    "guardrail_seconds": ("Duration of guardrails", ("guardrail",), SECONDS),
    "tool_seconds": ("Duration of tool calls", ("tool",), SECONDS),
    "confidence": ("Confidence of turns, by where it sent them", ("route",), SHARES),
    "request_seconds": ("Time until the answer to an HTTP request began", ("route",), SECONDS),
}


@dataclass(slots=True)
class _Histogram:
    bounds: tuple[float, ...]
    counts: list[int]
    total: float = 0.0

    def observe(self, value: float) -> None:
        self.counts[bisect_left(self.bounds, value)] += 1
        self.total += value

    def cumulative(self) -> list[tuple[str, float]]:
        running, buckets = 0, []
        for bound, count in zip((*self.bounds, float("inf")), self.counts, strict=True):
            running += count
            buckets.append(("+Inf" if bound == float("inf") else str(bound), float(running)))
        return buckets


@dataclass(slots=True)
class Metrics:
    """Counters and histograms of one app; safe to use from several threads.

    Counting costs about a microsecond: Prometheus' own objects are only built when the registry is read.
    """

    _counters: dict[CounterName, dict[Labels, float]] = field(
        default_factory=lambda: {name: {} for name in get_args(CounterName)}
    )
    _histograms: dict[HistogramName, dict[Labels, _Histogram]] = field(
        default_factory=lambda: {name: {} for name in get_args(HistogramName)}
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _registry: CollectorRegistry | None = None

    def count(self, name: CounterName, *labels: str, by: float = 1.0) -> None:
        """Add to a counter.

        Args:
            name: Which one.
            labels: Values of its labels, in order.
            by: How much.
        """
        series = self._counters[name]
        with self._lock:
            series[labels] = series.get(labels, 0.0) + by

    def observe(self, name: HistogramName, value: float, *labels: str) -> None:
        """Add a value to a histogram.

        Args:
            name: Which one.
            value: Seconds, or a share in 0..1 for `confidence`.
            labels: Values of its labels, in order.
        """
        series = self._histograms[name]
        with self._lock:
            found = series.get(labels)
            if found is None:
                bounds = _HISTOGRAMS[name][2]
                found = series[labels] = _Histogram(bounds, [0] * (len(bounds) + 1))
            found.observe(value)

    def value(self, name: CounterName, *labels: str) -> float:
        """What a counter stands at."""
        with self._lock:
            return self._counters[name].get(labels, 0.0)

    @property
    def registry(self) -> CollectorRegistry:
        """A Prometheus registry of this app alone."""
        if self._registry is None:
            from prometheus_client import CollectorRegistry

            self._registry = CollectorRegistry(auto_describe=False)
            self._registry.register(_Exposition(self))
        return self._registry

    def exposition(self) -> str:
        """All metrics in Prometheus' text format."""
        from prometheus_client import generate_latest

        return generate_latest(self.registry).decode()

    def families(self) -> Iterator[Metric]:
        """All metrics as Prometheus' metric families."""
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

        counters, histograms = self._copy()
        for name, (text, labels) in _COUNTERS.items():
            counter = CounterMetricFamily(f"podium_{name}", text, labels=labels)
            for values, number in counters[name].items():
                counter.add_metric(values, number)
            yield counter
        for title, (text, labels, _) in _HISTOGRAMS.items():
            histogram = HistogramMetricFamily(f"podium_{title}", text, labels=labels)
            for values, (buckets, total) in histograms[title].items():
                histogram.add_metric(values, buckets, total)
            yield histogram

    def _copy(
        self,
    ) -> tuple[
        Mapping[CounterName, dict[Labels, float]],
        Mapping[HistogramName, dict[Labels, tuple[list[tuple[str, float]], float]]],
    ]:
        with self._lock:
            counters = {name: dict(series) for name, series in self._counters.items()}
            histograms = {
                name: {labels: (held.cumulative(), held.total) for labels, held in series.items()}
                for name, series in self._histograms.items()
            }
        return counters, histograms


class _Exposition:
    """Lets a Prometheus registry read the metrics."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        return self._metrics.families()
