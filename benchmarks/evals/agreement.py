"""The largest differences between our figures and those of scipy, statsmodels and scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from itertools import pairwise

import krippendorff
import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, cohen_kappa_score, ndcg_score, roc_auc_score
from statsmodels.stats.contingency_tables import mcnemar as their_mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from podium.evals.case import Case, Expected
from podium.evals.observation import Observation, Retrieved
from podium.evals.scorers.retrieval import Ndcg
from podium.evals.statistics.agreement import cohen_kappa, krippendorff_alpha
from podium.evals.statistics.calibration import auroc, brier, expected_error, reliability
from podium.evals.statistics.fitting import fit
from podium.evals.statistics.intervals import wilson
from podium.evals.statistics.testing import benjamini_hochberg, holm, mcnemar, two_sided

Pairs = Iterator[tuple[float, float]]
"""Our figure and theirs."""


def largest_differences(rounds: int, seed: int) -> dict[str, float]:
    """By figure, over random inputs.

    Args:
        rounds: Inputs for each figure.
        seed: Of the inputs.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, float] = {}
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # theirs warn of small samples
        for name, compared in FIGURES.items():
            found[name] = max(
                float(abs(ours - theirs)) for _ in range(rounds) for ours, theirs in compared(rng)
            )
    return found


def _wilson(rng: np.random.Generator) -> Pairs:
    n = int(rng.integers(1, 2000))
    hits = int(rng.integers(0, n + 1))
    yield from zip(wilson(hits, n), proportion_confint(hits, n, method="wilson"), strict=True)


def _mcnemar(rng: np.random.Generator) -> Pairs:
    worse, better = (int(one) for one in rng.integers(1, 300, size=2))
    pairs = worse + better
    exact = mcnemar(worse, better, mid=False)
    yield exact, float(stats.binomtest(worse, pairs, alternative="greater").pvalue)
    both = two_sided(exact, mcnemar(better, worse, mid=False))
    yield both, float(their_mcnemar([[5, worse], [better, 5]], exact=True).pvalue)
    theirs = stats.binom.sf(worse, pairs, 0.5) + 0.5 * stats.binom.pmf(worse, pairs, 0.5)
    yield mcnemar(worse, better), float(theirs)


def _corrections(rng: np.random.Generator) -> Pairs:
    values = list(rng.random(int(rng.integers(1, 30))) ** 2)
    yield from zip(holm(values), multipletests(values, method="holm")[1], strict=True)
    yield from zip(benjamini_hochberg(values), multipletests(values, method="fdr_bh")[1], strict=True)


def _labelled(rng: np.random.Generator) -> tuple[list[float], list[bool]]:
    n = int(rng.integers(20, 500))
    scores = np.round(rng.random(n), int(rng.integers(1, 9)))
    right = rng.random(n) < 0.2 + 0.6 * scores
    right[:2] = True, False
    return [float(one) for one in scores], [bool(one) for one in right]


def _calibration(rng: np.random.Generator) -> Pairs:
    scores, right = _labelled(rng)
    yield brier(scores, right), float(brier_score_loss(right, scores))
    yield auroc(scores, right), float(roc_auc_score(right, scores))
    width = reliability(scores, right, binning="equal-width")
    mass = reliability(scores, right, binning="equal-mass")
    for ours, strategy in ((width, "uniform"), (mass, "quantile")):
        shares, means = calibration_curve(right, scores, n_bins=10, strategy=strategy)
        yield from zip((one.right for one in ours), shares, strict=True)
        yield from zip((one.confidence for one in ours), means, strict=True)
    edges = np.linspace(0, 1, 11)
    theirs = 0.0
    for low, high in pairwise(edges):
        inside = [(s, r) for s, r in zip(scores, right, strict=True) if low < s <= high or s == low == 0]
        theirs += abs(sum(s - r for s, r in inside)) / len(scores)
    yield expected_error(width), theirs


def _fits(rng: np.random.Generator) -> Pairs:
    scores, right = _labelled(rng)
    least = 1 / (len(scores) + 2)
    isotonic = fit(scores, right, "isotonic")
    theirs = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, right)
    corners = list(theirs.X_thresholds_)
    predicted = np.clip(theirs.predict(corners), least, 1 - least)
    yield from ((isotonic.apply(at), float(one)) for at, one in zip(corners, predicted, strict=True))
    inside, hits = np.clip(scores, 1e-6, 1 - 1e-6), sum(right)
    targets = [(hits + 1) / (hits + 2) if hit else 1 / (len(right) - hits + 2) for hit in right]
    design = sm.add_constant(np.log(inside / (1 - inside)))
    model = sm.GLM(targets, design, family=sm.families.Binomial()).fit(tol=1e-15)
    logistic = fit(scores, right, "logistic")
    if logistic.method == "logistic" and model.params[1] > 0:
        yield logistic.slope, float(model.params[1])
        yield logistic.intercept, float(model.params[0])


def _judges(rng: np.random.Generator) -> Pairs:
    ratings = rng.integers(1, 5, size=(3, 30)).astype(float)
    ratings[0, :10] = ratings[1, :10]
    yield (
        krippendorff_alpha(ratings.tolist(), "interval"),
        krippendorff.alpha(ratings, level_of_measurement="interval"),
    )
    yield (
        krippendorff_alpha(ratings.tolist(), "ordinal"),
        krippendorff.alpha(ratings, level_of_measurement="ordinal"),
    )
    one, other = ratings[0].tolist(), ratings[1].tolist()
    kappa, error = cohen_kappa(one, other)
    yield kappa, float(cohen_kappa_score(one, other))
    table = np.zeros((4, 4))
    np.add.at(table, (ratings[0].astype(int) - 1, ratings[1].astype(int) - 1), 1)
    yield error, float(cohens_kappa(table).std_kappa)


def _ndcg(rng: np.random.Generator) -> Pairs:
    gains = rng.integers(0, 4, size=20)
    gains[0] = 1
    order, k = rng.permutation(20), int(rng.integers(1, 15))
    case = Case(
        id="c", input="x", expected=Expected(relevant={str(at): float(one) for at, one in enumerate(gains)})
    )
    hits = tuple(Retrieved(id=str(at)) for at in order)
    found = Ndcg(k=k)(case, Observation(retrieved=hits))
    scores = np.empty(20)
    scores[order] = np.arange(20, 0, -1)
    if found is not None and found.value is not None:
        yield found.value, float(ndcg_score([gains], [scores], k=k))


FIGURES: dict[str, Callable[[np.random.Generator], Pairs]] = {
    "wilson": _wilson,
    "mcnemar": _mcnemar,
    "corrections": _corrections,
    "calibration": _calibration,
    "fits": _fits,
    "judges": _judges,
    "ndcg": _ndcg,
}
