"""What a run will probably cost: from an earlier run of the suite, else from what a turn usually takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from podium.agents.contracts import ROLES
from podium.evals.log import read_header, read_trials
from podium.evals.making import project_of_suite
from podium.evals.running import Prepared, newest_log
from podium.evals.suite import ProjectSpec
from podium.models.prices import FREE, Prices

if TYPE_CHECKING:
    from collections.abc import Iterable

    from podium.evals.case import Case

CALLS, INPUT, OUTPUT = 4, 2_500, 350
"""Of one turn where nothing better is known: calls of a model, and the tokens of each."""
LOOKED_AT = 1_000
"""Trials of an earlier run."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is to be expected.

    Attributes:
        cost: Money; None where a price is missing.
        basis: What the figure rests on.
        trials: How many there are.
        unpriced: Models without a price.
    """

    cost: float | None
    basis: str
    trials: int
    unpriced: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """It in one line."""
        if self.cost is None:
            return f"{self.trials} trials on {', '.join(self.unpriced)}, whose price is not known."
        return f"{self.trials} trials will cost about {self.cost:.2f} ({self.basis})."


def estimate(prepared: Prepared) -> Estimate | None:
    """What the run will cost; None where nothing does, or nobody can know.

    Args:
        prepared: The suite.
    """
    spec = prepared.suite.target
    if not isinstance(spec, ProjectSpec):
        return None
    settings = project_of_suite(prepared.loaded).manifest.models
    replaced = prepared.options.model or spec.model
    models = {replaced or settings.for_role(role) for role in ROLES} - FREE
    if not models:
        return None
    prices = Prices.from_settings(settings.prices)
    if missing := prices.missing(sorted(models)):
        return Estimate(None, "", prepared.planned, missing)
    known = _known_cost(prepared, ", ".join(sorted(models)))
    if known is not None:
        return Estimate(known * prepared.planned, "by the last run of the suite", prepared.planned)
    turns = _turns(prepared.options.selection.of(prepared.loaded.cases())) * prepared.suite.epochs
    dearest = max(prices.cost(name, CALLS * INPUT, CALLS * OUTPUT) or 0.0 for name in models)
    basis = f"{turns} turns with {CALLS} calls of {INPUT:,} and {OUTPUT:,} tokens each"
    return Estimate(turns * dearest, basis, prepared.planned)


def _turns(cases: Iterable[Case]) -> int:
    return sum(max(1, sum(turn.user is not None for turn in case.turns)) for case in cases)


def _known_cost(prepared: Prepared, models: str) -> float | None:
    """What a trial of the last run has cost on the same models; None where there is none."""
    last = newest_log(prepared.options.out, prepared.suite.name)
    if last is None or read_header(last).versions.get("model") != models:
        return None
    costs: list[float] = []
    for trial in read_trials(last):
        if trial.observation is not None and trial.observation.cost is not None and not trial.cached:
            costs.append(trial.observation.cost)
        if len(costs) >= LOOKED_AT:
            break
    return sum(costs) / len(costs) if costs else None
