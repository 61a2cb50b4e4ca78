from __future__ import annotations

import numpy as np
import pytest

from podium.core.errors import FigureError
from podium.evals.statistics.gating import gate, gate_power
from podium.evals.statistics.paired import Comparison, compare


def runs(rng: np.random.Generator, loss: float, discordant: float = 0.2, pairs: int = 200) -> Comparison:
    """A baseline and a candidate of which a share of the pairs differs."""
    both = 0.9 - discordant
    kind = rng.choice(
        4, p=[both, (discordant + loss) / 2, (discordant - loss) / 2, 1 - both - discordant], size=pairs
    )
    return compare(np.isin(kind, (0, 1)).astype(float), np.isin(kind, (0, 2)).astype(float))


def test_by_adding_up_all_outcomes_it_passes_the_unchanged_and_stops_ten_points() -> None:
    for discordant in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5):
        assert gate_power(200, 0.0, discordant) <= 0.036
    assert gate_power(200, 0.1, 0.2) >= 0.92
    assert gate_power(200, 0.1, 0.2, level=0.03) >= 0.915


def test_in_simulation_with_other_metrics_beside_it() -> None:
    rng = np.random.default_rng(7)
    passed = stopped = 0
    for _ in range(400):
        others = {f"m{at}": runs(rng, 0.0) for at in range(4)}
        passed += gate({"success": runs(rng, 0.0)} | others, "success").passed
        stopped += "success" in gate({"success": runs(rng, 0.1)} | others, "success").worse
    assert passed / 400 >= 0.95
    assert stopped / 400 >= 0.9


def test_clustered_scores_pass_unchanged_and_are_stopped_when_worse() -> None:
    rng = np.random.default_rng(3)
    clusters = [at // 4 for at in range(200)]
    passed = stopped = 0
    for _ in range(60):
        level = rng.random(50)[clusters]
        before, now = (np.clip(level + rng.normal(0, 0.2, 200), 0, 1) for _ in range(2))
        passed += gate({"f1": compare(before, now, clusters)}, "f1").passed
        stopped += not gate({"f1": compare(before, now - 0.1, clusters)}, "f1").passed
    assert passed >= 55
    assert stopped >= 57


def test_a_gain_stops_nobody() -> None:
    found = gate({"success": compare([0.0] * 100, [1.0] * 100)}, "success")
    assert found.passed
    assert found.worse == ()


def test_a_loss_beside_the_primary_metric_stops_too() -> None:
    same, lost = compare([1.0] * 50, [1.0] * 50), compare([1.0] * 50, [0.0] * 50)
    found = gate({"success": same, "refunds": lost}, "success")
    assert not found.passed
    assert found.worse == ("refunds",)


def test_a_primary_metric_without_values_is_an_error() -> None:
    with pytest.raises(FigureError, match="'success'"):
        gate({}, "success")


def test_impossible_losses_are_refused() -> None:
    with pytest.raises(ValueError, match="loss"):
        gate_power(200, 0.3, 0.2)
