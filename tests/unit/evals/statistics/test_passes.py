from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.core.errors import FigureError
from podium.evals.statistics.passes import pass_at_k, pass_hat_k


@settings(deadline=None)
@given(st.integers(1, 9), st.data())
def test_both_are_the_shares_among_all_choices_of_k_runs(runs: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, runs))
    k = data.draw(st.integers(1, runs))
    results = [True] * successes + [False] * (runs - successes)
    chosen = list(combinations(results, k))
    assert pass_at_k(runs, successes, k) == pytest.approx(sum(map(any, chosen)) / len(chosen), abs=1e-12)
    assert pass_hat_k(runs, successes, k) == pytest.approx(sum(map(all, chosen)) / len(chosen), abs=1e-12)


def test_one_run_cannot_tell_of_three() -> None:
    with pytest.raises(FigureError, match="1 runs cannot tell of 3"):
        pass_hat_k(1, 1, 3)


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="successes"):
        pass_at_k(3, 4, 1)
