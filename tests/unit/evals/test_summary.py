from __future__ import annotations

import pytest

from podium.evals.summary import Summary
from podium.testing.trials import header, trial


def test_errors_are_counted_and_never_averaged() -> None:
    summary = Summary.of(header(), [trial("a", 1.0), trial("b", error="x"), trial("c", None)])
    found = summary.interval("exact")
    assert found is not None
    assert (found.mean, found.n, summary.errors, summary.trials) == (1.0, 1, 1, 3)
    assert summary.columns["exact", ""].missing == 1


def test_the_worst_come_first_with_errors_before_them() -> None:
    values = [1.0, 0.4, 0.2, 0.9, 0.3, 0.8, 0.7]
    trials = [trial(f"c{n}", value) for n, value in enumerate(values)]
    summary = Summary.of(header(), [*trials, trial("broken", error="x")])
    assert [one.case for one in summary.worst()] == ["broken", "c2", "c4", "c1", "c6"]


@pytest.mark.parametrize("kind", ["cluster", "epochs"])
def test_what_belongs_together_counts_as_one(kind: str) -> None:
    if kind == "cluster":
        trials = [trial(f"c{n}", float(n < 5), cluster=f"k{n % 2}") for n in range(10)]
    else:
        trials = [trial(f"c{n % 2}", float(n < 5), epoch=n // 2) for n in range(10)]
    found = Summary.of(header(), trials).interval("exact")
    assert found is not None
    assert found.clusters == 2


def test_a_metric_that_never_came_has_no_interval() -> None:
    assert Summary.of(header(), []).interval("exact") is None
