"""Where the marks of a chart stand: pure geometry, in the units of an SVG view box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 320.0
HEIGHT = 200.0
LEFT, TOP, RIGHT, BOTTOM = 34.0, 8.0, 8.0, 24.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """The plane of a chart.

    Attributes:
        x_least: Value at the left edge.
        x_most: Value at the right edge.
        y_least: Value at the lower edge.
        y_most: Value at the upper edge.
    """

    x_least: float = 0.0
    x_most: float = 1.0
    y_least: float = 0.0
    y_most: float = 1.0

    def x(self, value: float) -> float:
        """Where a value stands from the left."""
        share = (value - self.x_least) / ((self.x_most - self.x_least) or 1.0)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 2)

    def y(self, value: float) -> float:
        """Where a value stands from the top."""
        share = (value - self.y_least) / ((self.y_most - self.y_least) or 1.0)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 2)

    def path(self, points: Sequence[Point]) -> str:
        """The points of a line, as SVG writes them."""
        return " ".join(f"{self.x(x)},{self.y(y)}" for x, y in points)

    def ticks(self) -> list[tuple[float, float, str]]:
        """Three values of the upright axis: place from the left, from the top, and what stands there."""
        middle = (self.y_least + self.y_most) / 2
        return [(LEFT - 4, self.y(value), short(value)) for value in (self.y_least, middle, self.y_most)]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes:
        x: From the left.
        y: From the top.
        width: In the view box.
        height: In the view box.
        label: What is shown for it.
    """

    x: float
    y: float
    width: float
    height: float
    label: str


def histogram(counts: Sequence[int], least: float, most: float) -> tuple[Frame, list[Bar]]:
    """The bars of counts in equal bins.

    Args:
        counts: One for each bin.
        least: Where the first bin begins.
        most: Where the last one ends.
    """
    frame = Frame(least, most if most > least else least + 1, 0, max([1, *counts]))
    step = (frame.x_most - frame.x_least) / max(1, len(counts))
    bars = []
    for number, count in enumerate(counts):
        low, high = least + number * step, least + (number + 1) * step
        left, top = frame.x(low), frame.y(count)
        width = round(max(1.0, frame.x(high) - left - 1), 2)
        label = f"{short(low)} to {short(high)}: {count}"
        bars.append(Bar(left, top, width, round(frame.y(0) - top, 2), label))
    return frame, bars


def line(points: Sequence[Point], y_most: float | None = None) -> tuple[Frame, str]:
    """A line over the unit interval.

    Args:
        points: In the order in which they are joined.
        y_most: Value at the upper edge; by default what the highest point needs.
    """
    highest = max([y for _, y in points], default=1.0) if y_most is None else y_most
    frame = Frame(0, 1, 0, highest or 1.0)
    return frame, frame.path(points)


def series(values: Sequence[float]) -> tuple[Frame, str]:
    """A line through values at equal distances."""
    least, most = min(values, default=0.0), max(values, default=1.0)
    margin = (most - least) * 0.1 or 0.5
    frame = Frame(0, max(1, len(values) - 1), least - margin, most + margin)
    return frame, frame.path([(float(number), value) for number, value in enumerate(values)])


def thinned(points: Sequence[Point], most: int = 200) -> list[Point]:
    """At most so many points, the first and the last among them."""
    if len(points) <= most:
        return list(points)
    step = (len(points) - 1) / (most - 1)
    return [points[round(number * step)] for number in range(most)]


def short(value: float) -> str:
    """A number in a few characters."""
    if value == 0 or 0.01 <= abs(value) < 1000:
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return f"{value:.2g}" if abs(value) < 1 else f"{value:,.0f}"
