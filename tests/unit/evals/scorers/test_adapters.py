from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from agentevals.graph_trajectory.strict import graph_trajectory_strict_match
from agentevals.trajectory.match import create_trajectory_match_evaluator
from langsmith.evaluation import EvaluationResult, EvaluationResults, RunEvaluator
from langsmith.schemas import Example, Run
from openevals.exact import exact_match
from openevals.json import create_json_match_evaluator
from openevals.string.levenshtein import levenshtein_distance, levenshtein_distance_async

from podium.core.errors import ScorerError
from podium.evals.case import Case, Expected, ExpectedAction
from podium.evals.observation import ActionSeen, Observation
from podium.evals.score import Score
from podium.evals.scorers.adapters import Given, plugged
from podium.evals.scorers.base import ScorerContext
from podium.evals.scorers.judging import judge
from podium.evals.scorers.registry import resolve

CASE = Case(id="c", input="Who?", expected=Expected(answer="Ada"), metadata={"level": 1})


async def scores(
    evaluator: Any, output: Any = "Ada", case: Case = CASE, *, given: Given = "output", **rest: Any
) -> tuple[Score, ...]:
    observed = rest.pop("observed", Observation(output=output))
    return await judge("m", plugged(evaluator, given=given, **rest), case, observed)


async def value(evaluator: Any, *args: Any, **rest: Any) -> float | None:
    found = await scores(evaluator, *args, **rest)
    assert [one.error for one in found] == [""]
    assert len(found) == 1
    return found[0].value


@pytest.mark.parametrize("evaluator", [exact_match, levenshtein_distance, levenshtein_distance_async])
async def test_openevals(evaluator: Any) -> None:
    assert await value(evaluator, "Ada") == 1.0
    worse = await value(evaluator, "Adam")
    assert worse is not None
    assert worse < 1


async def test_openevals_of_json_gives_one_score_a_key() -> None:
    case = Case(id="c", input="x", expected=Expected(answer={"a": 1, "b": "two"}))
    found = await scores(create_json_match_evaluator(), {"a": 1, "b": "three"}, case)
    assert {one.name: one.value for one in found} == {"m.json_match:a": 1.0, "m.json_match:b": 0.0}


ACTIONS = Case(
    id="c",
    input="Refund.",
    expected=Expected(actions=(ExpectedAction(tool="refund", args={"order": "O-1"}),)),
)


@pytest.mark.parametrize(("order", "hit"), [("O-1", 1.0), ("O-2", 0.0)])
@pytest.mark.parametrize("mode", ["strict", "unordered", "subset", "superset"])
async def test_agentevals_judges_the_calls(mode: Any, order: str, hit: float) -> None:
    observed = Observation(output="Done.", actions=(ActionSeen(tool="refund", args={"order": order}),))
    evaluator = create_trajectory_match_evaluator(trajectory_match_mode=mode)
    assert await value(evaluator, case=ACTIONS, given="messages", observed=observed) == hit


async def test_agentevals_can_be_named_in_a_suite() -> None:
    options: dict[str, Any] = {
        "function": "agentevals.trajectory.match:create_trajectory_match_evaluator",
        "make": {"trajectory_match_mode": "strict", "tool_args_match_mode": "ignore"},
        "given": "messages",
    }
    observed = Observation(output="Done.", actions=(ActionSeen(tool="refund", args={"order": "O-9"}),))
    found = await judge("m", resolve("evaluator", options), ACTIONS, observed)
    assert [(one.value, one.error) for one in found] == [(1.0, "")]


async def test_an_evaluator_is_known_by_its_parameters(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text("def same(run, example):\n    return run.outputs == example.outputs\n")
    around = ScorerContext(tmp_path)
    for name in ("openevals.exact:exact_match", "own.py:same"):
        found = await judge("m", resolve(name, {}, around), CASE, Observation(output="Ada"))
        assert [(one.value, one.error) for one in found] == [(1.0, "")]
    wrapped = resolve("openevals.exact:exact_match", {"wrapped": True}, around)
    assert (await judge("m", wrapped, CASE, Observation(output="Ada")))[0].value == 1.0
    with pytest.raises(ScorerError, match="raw"):
        resolve("openevals.exact:exact_match", {"raw": True}, around)


@pytest.mark.parametrize(("way", "hit"), [(("plan", "__interrupt__"), 1.0), (("plan",), 0.0)])
async def test_agentevals_judges_the_way_through_a_graph(way: tuple[str, ...], hit: float) -> None:
    case = Case(id="c", input="x", expected=Expected(trajectory=("plan", "__interrupt__")))
    observed = Observation(trajectory=way)
    found = await value(graph_trajectory_strict_match, case=case, given="graph_trajectory", observed=observed)
    assert found == hit


async def test_without_a_reference_nothing_is_judged() -> None:
    found = await scores(exact_match, case=Case(id="c", input="x"))
    assert (found[0].value, found[0].error) == (None, "")


async def test_langsmith_functions_of_values() -> None:
    def both(inputs: dict[str, Any], outputs: dict[str, Any], reference_outputs: dict[str, Any]) -> bool:
        return inputs == {"input": "Who?"} and outputs == reference_outputs == {"output": "Ada"}

    async def only(outputs: str) -> float:
        return len(outputs) / 4

    assert await value(both, wrapped=True) == 1.0
    assert await value(only) == 0.75


async def test_langsmith_functions_of_run_and_example() -> None:
    def named(run: Run, example: Example) -> dict[str, Any]:
        assert example.metadata == {"level": 1}
        return {"key": "k", "score": run.outputs == example.outputs, "comment": "as it should be"}

    def other_names(first: Run, second: Example) -> EvaluationResult:
        return EvaluationResult(key="k", score=0.5, comment=f"{first.name} {(second.inputs or {})['input']}")

    found = await scores(named)
    assert (found[0].name, found[0].value, found[0].reason) == ("m", 1.0, "as it should be")
    assert (await scores(other_names))[0].reason == "target Who?"


async def test_langsmith_classes_and_several_results() -> None:
    class Own(RunEvaluator):
        def evaluate_run(
            self, run: Run, example: Example | None = None, evaluator_run_id: Any = None
        ) -> EvaluationResults:
            assert example is not None
            results = [EvaluationResult(key="a", score=True), EvaluationResult(key="b", value="friendly")]
            return {"results": results}

    found = await scores(Own())
    assert [(one.name, one.value) for one in found] == [("m.a", 1.0), ("m.b", None)]
    assert "friendly" in found[1].reason


@pytest.mark.parametrize(
    "wrong", [math.nan, "high", {"key": "k", "score": math.inf}, {"score": "high"}, {"a": "b"}]
)
async def test_what_is_no_score_is_an_error(wrong: Any) -> None:
    def evaluator(outputs: Any) -> Any:
        return wrong if outputs else None

    found = await scores(evaluator)
    assert [one.value for one in found] == [None]
    assert found[0].error


async def test_two_results_of_one_key_are_an_error() -> None:
    def evaluator(outputs: Any) -> Any:
        return [{"key": "a", "score": 1}, {"key": "a", "score": bool(outputs) - 1}]

    assert "one key" in (await scores(evaluator))[0].error


async def test_what_an_evaluator_raises_is_named() -> None:
    def evaluator(outputs: Any) -> Any:
        raise LookupError(f"no model for {outputs}")

    assert (await scores(evaluator))[0].error == "LookupError: no model for Ada"


def test_what_cannot_be_called_so_is_refused() -> None:
    with pytest.raises(ScorerError, match="no evaluator"):
        plugged(5)
    with pytest.raises(ScorerError, match="takes"):
        plugged(lambda one, two, three: one or two or three)
