from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from podium.core.errors import FigureError
from podium.evals.statistics.decisions import confusion, cost_per_success, escalation
from podium.evals.statistics.slices import by_tag

flags = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=60)


@settings(deadline=None)
@given(flags)
def test_escalation_agrees_with_scikit_learn(pairs: list[tuple[bool, bool]]) -> None:
    needed, asked = [one for one, _ in pairs], [other for _, other in pairs]
    found = escalation(needed, asked)
    if any(asked):
        assert found.precision is not None
        assert found.precision.mean == pytest.approx(precision_score(needed, asked))
    else:
        assert found.precision is None
    if any(needed):
        assert found.recall is not None
        assert found.recall.mean == pytest.approx(recall_score(needed, asked))
    else:
        assert found.recall is None
    assert found.rate.mean == pytest.approx(sum(asked) / len(asked))


routes = st.sampled_from(["answer", "escalate", "refuse"])


@settings(deadline=None)
@given(st.lists(st.tuples(routes, routes), min_size=1, max_size=60))
def test_confusion_agrees_with_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    expected, seen = [one for one, _ in pairs], [other for _, other in pairs]
    found = confusion(expected, seen)
    theirs = confusion_matrix(expected, seen, labels=[*found.labels, "none"])[:-1, :-1]
    assert [list(row) for row in found.counts] == theirs.tolist()


def test_failures_are_part_of_what_a_success_costs() -> None:
    assert cost_per_success([1.0, 2.0, 3.0], [True, False, True]) == 3.0


def test_costs_that_cannot_be_told_are_named() -> None:
    with pytest.raises(FigureError, match="nothing succeeded"):
        cost_per_success([1.0], [False])
    with pytest.raises(FigureError, match="not known"):
        cost_per_success([1.0, None], [True, True])
    with pytest.raises(FigureError, match="no costs"):
        cost_per_success([], [])


def test_nothing_to_decide_is_named() -> None:
    with pytest.raises(FigureError, match="no cases"):
        escalation([], [])
    with pytest.raises(FigureError, match="no values"):
        confusion([], [])
    with pytest.raises(FigureError, match="1 and 0"):
        confusion(["a"], [])


def test_a_case_counts_for_each_of_its_tags_once() -> None:
    found = by_tag([1.0, 0.0, 1.0], [["b", "a", "a"], ["a"], []], ["x", "x", "y"])
    assert list(found) == ["a", "b"]
    assert (found["a"].mean, found["a"].n, found["a"].clusters) == (0.5, 2, 1)
    assert (found["b"].mean, found["b"].n) == (1.0, 1)
    with pytest.raises(FigureError, match="lists of tags"):
        by_tag([1.0], [])
