"""How a project's standing is shown."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from podium.app.objectives import ObjectiveName
from podium.cli.render.standing import show_status


def shown(*measured: dict[str, Any], up: bool = False, firings: int = 0) -> str:
    out = io.StringIO()
    said = {
        "server": {"up": up, "url": "http://127.0.0.1:8600"},
        "queue": {"running": 1, "pending": 2},
        "people": {"waiting_threads": 3, "unclear_effects": 4},
        "dead_letters": {"firings": firings, "callbacks": 0, "notifications": 0},
        "last_backup": None,
        "objectives": {"window_days": 30.0, "measured": list(measured)},
    }
    show_status(Console(file=out, width=200), said)
    return out.getvalue()


def objective(name: ObjectiveName, target: float, value: float | None, left: float = 0.5) -> dict[str, Any]:
    met = value is None or left >= 0
    return {"name": name, "target": target, "value": value, "met": met, "budget_left": left, "of": 10}


def test_it_says_where_the_server_is_looked_for_and_what_was_given_up() -> None:
    assert "nothing answers at http://127.0.0.1:8600" in shown()
    assert "up at http://127.0.0.1:8600" in shown(up=True)
    assert "Given up    nothing" in shown()
    assert "Given up    7 firings" in shown(firings=7)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (objective("latency_p95", 20, 1.23456), "95 of 100 runs end in 1.23 s, met (aim: at most 20 s)"),
        (
            objective("success", 0.99, 0.5, -3.0),
            "50.0%, missed (aim: at least 99.0%); the error budget is",
        ),
        (objective("escalation", 0.3, None), "escalation: nothing measured yet (aim: at most 30.0%)"),
        (objective("override", 0.1, 0.05), "50% of the error budget is left"),
        (objective("cost_per_success", 0.05, 0.0123), "costs 0.0123, met (aim: at most 0.05)"),
    ],
)
def test_an_objective_is_told_in_words_with_its_units(one: dict[str, Any], told: str) -> None:
    assert told in shown(one)
