from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from podium.core.errors import ConfigError, InputError
from podium.evals.case import Case, Fault, Turn
from podium.evals.observation import Observation
from podium.evals.targets.function import FunctionTarget
from podium.evals.world import World


async def run(function: Callable[..., Any], case: Case) -> Observation:
    target = FunctionTarget(function)
    await target.open()
    world = World(seed=7)
    try:
        return await target.run(case, world)
    finally:
        world.close()
        await target.close()


@dataclass
class Point:
    x: int


async def later(text: str) -> str:
    return text[::-1]


@pytest.mark.parametrize(
    ("function", "given", "output"),
    [
        (lambda text: text.upper(), "a", "A"),
        (later, "ab", "ba"),
        (lambda _: {"a": [1, 2.5, None, True]}, "x", {"a": [1, 2.5, None, True]}),
        (lambda _: Point(3), "x", {"x": 3}),
        (lambda given: given["n"] + 1, {"n": 2}, 3),
        (lambda case: case.id, "x", "c"),
        (lambda text, world: f"{text}{world.seed}", "x", "x7"),
        (lambda _: 2**60, "x", 2**60),
    ],
)
async def test_what_a_function_returns_is_the_output(
    function: Callable[..., Any], given: Any, output: Any
) -> None:
    assert (await run(function, Case(id="c", input=given))).output == output


async def test_an_observation_is_taken_as_it_is() -> None:
    seen = Observation(output="x", status="completed", seconds=3.0)
    assert await run(lambda _: seen, Case(id="c", input="x")) == seen


async def test_a_conversation_is_given_as_its_turns() -> None:
    case = Case(id="c", turns=(Turn(user="a"), Turn(decision="approve")))
    found = await run(lambda turns: [turn["user"] for turn in turns], case)
    assert found.output == ["a", None]


@pytest.mark.parametrize("value", [float("nan"), [float("inf")], object(), {1, float("nan")}])
async def test_what_cannot_be_stored_is_an_error_and_no_output(value: Any) -> None:
    with pytest.raises(InputError, match="cannot be stored"):
        await run(lambda _: value, Case(id="c", input="x"))


async def test_faults_are_refused() -> None:
    with pytest.raises(ConfigError, match="faults are injected into projects only"):
        await run(later, Case(id="c", input="x", faults=(Fault(kind="tool_error"),)))


async def test_a_function_that_ends_the_program_ends_the_case() -> None:
    def leave(_: str) -> None:
        raise SystemExit(3)

    with pytest.raises(RuntimeError, match="SystemExit 3"):
        await run(leave, Case(id="c", input="x"))


async def test_threads_are_used_again() -> None:
    target = FunctionTarget(lambda _: threading.current_thread().ident)
    first = await target.run(Case(id="a", input="x"), World())
    second = await target.run(Case(id="b", input="x"), World())
    await target.close()
    assert first.output == second.output != threading.current_thread().ident
