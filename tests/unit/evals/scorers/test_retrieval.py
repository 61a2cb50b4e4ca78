from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from podium.evals.case import Case, Expected
from podium.evals.observation import Observation, Retrieved
from podium.evals.scorers.registry import resolve
from podium.evals.scorers.retrieval import Hit, Mrr, Ndcg, Precision, Recall


def judged(scorer: object, relevant: dict[str, float], *ids: str) -> float | None:
    assert callable(scorer)
    case = Case(id="c", input="x", expected=Expected(relevant=relevant))
    found = scorer(case, Observation(retrieved=tuple(Retrieved(id=one) for one in ids)))
    return None if found is None else float(found.value)


@pytest.mark.parametrize(
    ("scorer", "value"),
    [
        (Hit(k=2), 0.0),
        (Hit(k=3), 1.0),
        (Recall(k=3), 0.5),
        (Recall(k=4), 1.0),
        (Precision(k=4), 0.5),
        (Precision(k=10), 2 / 5),
        (Mrr(k=10), 1 / 3),
        (Mrr(k=2), 0.0),
    ],
)
def test_figures_of_five_hits(scorer: object, value: float) -> None:
    assert judged(scorer, {"c": 1, "d": 1}, "a", "b", "c", "d", "e") == pytest.approx(value)


@settings(deadline=None)
@given(
    st.permutations(list("abcdefgh")), st.lists(st.integers(0, 3), min_size=8, max_size=8), st.integers(1, 10)
)
def test_ndcg_agrees_with_scikit_learn(order: list[str], gains: list[int], k: int) -> None:
    relevant = dict(zip("abcdefgh", map(float, gains), strict=True))
    if not any(gains):
        assert judged(Ndcg(k=k), relevant, *order) is None
        return
    scores = [float(len(order) - order.index(name)) for name in relevant]
    theirs = ndcg_score([list(relevant.values())], [scores], k=k)
    assert judged(Ndcg(k=k), relevant, *order) == pytest.approx(theirs, abs=1e-9)


@pytest.mark.parametrize("name", ["hit", "recall", "precision", "ndcg", "mrr"])
def test_the_ideal_is_worth_one_and_nothing_zero(name: str) -> None:
    scorer = resolve(f"retrieval_{name}", {"k": 3})
    assert judged(scorer, {"a": 2, "b": 1}, "a", "b") == pytest.approx(1.0)
    assert judged(scorer, {"a": 2, "b": 1}) == 0.0
    assert judged(scorer, {}, "a") is None


def test_a_document_gains_once() -> None:
    assert judged(Recall(), {"a": 1, "b": 1}, "a", "a", "a") == 0.5
    assert judged(Ndcg(), {"a": 1}, "a", "a") == 1.0


def test_chunks_count_for_their_source() -> None:
    case = Case(id="c", input="x", expected=Expected(relevant={"returns.md": 1}))
    hits = tuple(Retrieved(id=f"chunk-{at}", source="docs/returns.md") for at in range(2))
    found = Precision(k=2)(case, Observation(retrieved=hits))
    assert found is not None
    assert found.value == 0.5
