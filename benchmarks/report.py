"""The last line of every benchmark: figures, reference and bars as one JSON object."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping

OPERATORS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    ">": operator.gt,
    "==": operator.eq,
}


def report(
    name: str,
    figures: Mapping[str, float],
    reference: Mapping[str, float],
    bars: Mapping[str, tuple[str, float]],
) -> bool:
    """Print the result and say whether every bar was met.

    Args:
        name: The benchmark.
        figures: What was measured.
        reference: What it is measured against, from the same run.
        bars: Operator and bound by figure.
    """
    ok = all(OPERATORS[sign](figures[figure], bound) for figure, (sign, bound) in bars.items())
    print(
        json.dumps(
            {
                "name": name,
                "figures": {key: round(value, 4) for key, value in figures.items()},
                "reference": {key: round(value, 4) for key, value in reference.items()},
                "bars": {key: list(bar) for key, bar in bars.items()},
                "ok": ok,
            }
        )
    )
    return ok


def not_here(name: str, missing: str) -> None:
    """Say that the benchmark cannot run because something is not there."""
    print(f"not run: {missing}")
    print(json.dumps({"name": name, "figures": {}, "reference": {}, "bars": {}, "ok": None}))
