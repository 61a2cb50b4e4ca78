from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pytest

from podium.core.errors import ScorerError
from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.score import Score
from podium.evals.scorers.judging import judge

CASE, SEEN = Case(id="c", input="x"), Observation(output="y")


async def scores(given: Any) -> tuple[Score, ...]:
    return await judge("m", lambda case, observed: given, CASE, SEEN)


@pytest.mark.parametrize(("given", "value"), [(True, 1.0), (False, 0.0), (0.5, 0.5), (3, 3.0), (None, None)])
async def test_plain_values_are_scores(given: Any, value: float | None) -> None:
    assert [(one.name, one.value, one.error) for one in await scores(given)] == [("m", value, "")]


async def test_a_mapping_gives_several() -> None:
    found = await scores({"a": True, "b": None, "c": Score(name="", value=0.5, reason="so")})
    assert [(one.name, one.value) for one in found] == [("m.a", 1.0), ("m.b", None), ("m.c", 0.5)]
    assert found[2].reason == "so"


@pytest.mark.parametrize(
    "given",
    [
        math.nan,
        math.inf,
        Score.model_construct(name="", value=math.nan, reason="", details={}, error=""),
        {"a": -math.inf},
        "0.9",
        b"1",
        object(),
        [1.0],
        10**400,
    ],
)
async def test_what_is_no_score_is_an_error(given: Any) -> None:
    found = await scores(given)
    assert [one.value for one in found] == [None]
    assert found[0].error


async def test_an_error_is_never_a_value() -> None:
    assert (await scores(Score(name="", value=1.0, error="broken")))[0].value is None


async def test_whatever_a_scorer_raises_is_named() -> None:
    def fails(case: Case, observed: Observation) -> float:
        return 1 / len(str(case.metadata)[99:] + observed.status)

    async def refuses(case: Case, observed: Observation) -> float:
        raise ScorerError(f"{case.id} cannot be judged by {observed.status or 'nothing'}")

    def leaves(case: Case, observed: Observation) -> float:
        raise SystemExit(f"{case.id} {observed.output}")

    assert (await judge("m", fails, CASE, SEEN))[0].error == "ZeroDivisionError: division by zero"
    assert (await judge("m", leaves, CASE, SEEN))[0].error == "SystemExit: c y"
    assert (await judge("m", refuses, CASE, SEEN))[0].error == "c cannot be judged by nothing"


async def test_async_scorers_are_waited_for() -> None:
    async def own(case: Case, observed: Observation) -> Mapping[str, float | bool | None]:
        return {"both": case.input == "x" and observed.output == "y"}

    assert await judge("m", own, CASE, SEEN) == (Score(name="m.both", value=1.0),)
