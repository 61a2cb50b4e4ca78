"""Plans: dependencies exist and end."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from podium.core.plan import Plan, Step


def step(name: str, *needs: str) -> Step:
    return Step(id=name, kind="act", instruction=name, tool="t", depends_on=needs)


def test_steps_may_depend_on_earlier_and_later_ones() -> None:
    plan = Plan(steps=(step("b", "a"), step("a")))
    assert plan.step("a").depends_on == ()


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((step("a"), step("a")), "same id"),
        ((step("a", "x"),), "unknown steps"),
        ((step("a", "b"), step("b", "a")), "circle"),
        ((step("a", "a"),), "circle"),
        ((), "at least 1"),
    ],
)
def test_a_plan_that_cannot_end_is_refused(steps: tuple[Step, ...], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Plan(steps=steps)


def test_an_unknown_step_is_named() -> None:
    with pytest.raises(KeyError, match="z"):
        Plan(steps=(step("a"),)).step("z")
