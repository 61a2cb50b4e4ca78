"""Running a scorer: what it gives becomes scores; what goes wrong becomes an error and never a score."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Mapping

from pydantic import ValidationError

from podium.core.errors import PodiumError
from podium.core.loading import one_line
from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.score import Judgement, Score, Scorer


async def judge(name: str, scorer: Scorer, case: Case, observed: Observation) -> tuple[Score, ...]:
    """The scores that a scorer gives one run of a case.

    Args:
        name: What the suite calls the scorer; a mapping's scores are called `name.key`.
        scorer: A scorer, or a plain function.
        case: The case.
        observed: What its run gave.

    Returns:
        One score, or one for each entry of a mapping; one with `error` where the scorer failed.
    """
    try:
        given = scorer(case, observed)
        judgement: object = await given if isinstance(given, Awaitable) else given
        return scores_of(name, judgement)
    except PodiumError as error:
        return (Score(name=name, error=error.message),)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a scorer is anybody's code: it may raise anything
        return (Score(name=name, error=f"{type(error).__name__}: {one_line(error)}"),)


def scores_of(name: str, judgement: Judgement | object) -> tuple[Score, ...]:
    """What a scorer gave, as scores.

    Args:
        name: What the suite calls the scorer.
        judgement: What it gave.
    """
    if isinstance(judgement, Score):
        return (_checked(judgement.model_copy(update={"name": name})),)
    if isinstance(judgement, Mapping):
        return tuple(_plain(f"{name}.{key}", value) for key, value in judgement.items())
    return (_plain(name, judgement),)


def _plain(name: str, value: object) -> Score:
    if value is None:
        return Score(name=name, reason="does not apply")
    if isinstance(value, Score):
        return _checked(value.model_copy(update={"name": name}))
    try:
        number = float(value) if not isinstance(value, str | bytes) else None  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = None
    if number is None:
        return Score(name=name, error=f"the scorer gave a {type(value).__name__}, which is no score")
    return _checked(Score.model_construct(name=name, value=number, reason="", details={}, error=""))


def _checked(score: Score) -> Score:
    """The score, or an error in its place when it is not finite or cannot be stored."""
    if score.error:
        return score.model_copy(update={"value": None})
    if score.value is not None and not math.isfinite(score.value):
        return Score(name=score.name, error=f"the scorer gave {score.value}, which is no finite number")
    try:
        return Score.model_validate(score.model_dump())
    except ValidationError as error:
        return Score(name=score.name, error=f"the scorer's score cannot be stored: {one_line(error)}"[:500])
