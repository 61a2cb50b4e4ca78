"""Evaluators of others as scorers: `openevals`, `agentevals`, and functions and classes made for LangSmith.

They are called by their parameters' names, as LangSmith does: any of `inputs`, `outputs`,
`reference_outputs`, `run` and `example`; two parameters of other names are run and example.
"""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias
from uuid import uuid4

from podium.core.errors import ScorerError
from podium.core.model import JsonObject, JsonValue
from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.places import load_place
from podium.evals.score import Score, Scorer
from podium.evals.scorers.base import Options, ScorerContext, answers_of, text_of, unjudged

if TYPE_CHECKING:
    from langsmith.schemas import Example, Run

Given: TypeAlias = Literal["output", "messages", "graph_trajectory"]

_NAMED = frozenset({"inputs", "outputs", "reference_outputs", "run", "example", "attachments"})


class Evaluator(Options):
    """An evaluator that was written for another harness."""

    function: str
    """`package.module:name` or `file.py:name`."""
    make: JsonObject | None = None
    """Arguments with which the function makes the evaluator; None where it is the evaluator itself."""
    given: Given = "output"
    """What it judges: the output with the case's answer; the calls as chat messages with the expected
    actions; or the steps as agentevals' graph trajectory with the expected ones."""
    wrapped: bool = False
    """Give an output that is no object as `{"output": …}`, as functions written for LangSmith expect."""

    def ready(self, context: ScorerContext) -> Scorer:
        """The evaluator as a scorer."""
        found = load_place(self.function, context.folder)
        if self.make is not None:
            found = found(**self.make)
        return plugged(found, given=self.given, wrapped=self.wrapped)


def plugged(evaluator: Any, *, given: Given = "output", wrapped: bool = False) -> Scorer:
    """An evaluator of `openevals`, `agentevals` or LangSmith as a scorer.

    A plain function runs in a thread of its own, since it may wait for a model.

    Args:
        evaluator: A function, sync or async, or an object with `evaluate_run`.
        given: What it judges.
        wrapped: Whether an output that is no object is given as `{"output": …}`.

    Raises:
        ScorerError: It cannot be called.
    """
    call = getattr(evaluator, "evaluate_run", evaluator)
    if not callable(call):
        raise ScorerError(f"{type(evaluator).__name__} is no evaluator", hint="Name a function.")
    plan = _parameters(call)

    async def scorer(case: Case, observed: Observation, /) -> Any:
        values = _values(case, observed, given, wrapped)
        if values["reference_outputs"] is None and plan.needs_reference:
            return unjudged("the case expects nothing of the kind")
        args, kwargs = plan.bind(values, case)
        if inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(getattr(call, "__call__", None)):  # noqa: B004 - looked at, not asked whether it can be called
            return judged(await call(*args, **kwargs))
        return judged(await asyncio.to_thread(call, *args, **kwargs))

    return scorer


def is_foreign(found: Any) -> bool:
    """Whether something was written as an evaluator of another harness: by its parameters' names."""
    if hasattr(found, "evaluate_run"):
        return True
    try:
        parameters = inspect.signature(found).parameters
    except (TypeError, ValueError):
        return False
    return bool({"outputs", "reference_outputs", "run", "example"} & parameters.keys())


class _Plan:
    """Which values a function takes, and how."""

    def __init__(self, names: Sequence[str], *, positional: bool, needs_reference: bool) -> None:
        self._names = names
        self._positional = positional
        self.needs_reference = needs_reference

    def bind(self, values: Mapping[str, Any], case: Case) -> tuple[list[Any], dict[str, Any]]:
        """The arguments of a call."""
        known: dict[str, Callable[[], Any]] = {
            "run": lambda: _run(values),
            "example": lambda: _example(values, case),
            "attachments": dict,
        }
        made = [known[name]() if name in known else values[name] for name in self._names]
        if self._positional:
            return made, {}
        return [], dict(zip(self._names, made, strict=True))


def _parameters(call: Callable[..., Any]) -> _Plan:
    try:
        parameters = inspect.signature(call).parameters.values()
    except (TypeError, ValueError):
        raise ScorerError(
            "an evaluator whose parameters cannot be told", hint="Wrap it in a function."
        ) from None
    plain = [one for one in parameters if one.kind not in (one.VAR_KEYWORD, one.VAR_POSITIONAL)]
    named = [one for one in plain if one.name in _NAMED]
    needed = [one for one in plain if one.default is one.empty]
    if all(one.name in _NAMED for one in needed) and (named or len(plain) < len(list(parameters))):
        names = [one.name for one in named] or ["inputs", "outputs", "reference_outputs"]
        wants = any(one.name == "reference_outputs" and one.default is one.empty for one in named)
        return _Plan(names, positional=False, needs_reference=wants or not named)
    if len(needed) == 2:
        return _Plan(["run", "example"], positional=True, needs_reference=False)
    raise ScorerError(
        f"an evaluator takes {', '.join(sorted(_NAMED))}, not {', '.join(one.name for one in needed)}",
        hint="Name its parameters so, or wrap it in a function.",
    )


def judged(result: Any) -> Any:
    """What an evaluator returned, as a judgement.

    Args:
        result: A bool or number; an `EvaluationResult`, or a dict with `score`, `key` and `comment`; a list
            of these, or an object or dict whose `results` are; None for nothing.
    """
    if isinstance(result, list | tuple):
        found = {_key(one, at): judged(one) for at, one in enumerate(result)}
        if len(found) < len(result):
            raise ScorerError("an evaluator gave two results of one key", hint="Give each a key of its own.")
        return found
    if isinstance(result, Mapping):
        return judged(result["results"]) if "results" in result else _of_mapping(result)
    if hasattr(result, "results"):
        return judged(result.results)
    if hasattr(result, "score") and hasattr(result, "key"):
        return _of_mapping({name: getattr(result, name, None) for name in ("score", "value", "comment")})
    return result


def _of_mapping(result: Mapping[str, Any]) -> Any:
    if "score" not in result and "value" not in result:
        return dict(result)  # a plain mapping of figures
    comment = str(result.get("comment") or "")
    score = result.get("score")
    if score is None:
        label = result.get("value")
        return unjudged(
            comment or (f"no score, but the label {label!r}" if label is not None else "no score")
        )
    return Score.model_construct(name="", value=float(score), reason=comment, details={}, error="")


def _key(result: Any, at: int) -> str:
    key = result.get("key") if isinstance(result, Mapping) else getattr(result, "key", None)
    return str(key) if key else str(at)


def _values(case: Case, observed: Observation, given: Given, wrapped: bool) -> dict[str, Any]:
    inputs = case.input if case.input is not None else [turn.model_dump(mode="json") for turn in case.turns]
    match given:
        case "output":
            right = answers_of(case)
            outputs: Any = observed.output
            reference: Any = right[0] if right else None
        case "messages":
            seen = [(one.tool, one.args) for one in observed.actions]
            outputs = _messages(inputs, seen, observed.output)
            expected = case.expected.actions
            wanted = [(one.tool, one.args) for one in expected or ()]
            # What is not expected to be said in certain words is taken as it was said.
            said = case.expected.answer if case.expected.answer is not None else observed.output
            reference = None if expected is None else _messages(inputs, wanted, said)
        case "graph_trajectory":
            steps = case.expected.trajectory
            outputs = {"inputs": None, "results": [], "steps": [list(observed.trajectory)]}
            reference = None if steps is None else {"inputs": None, "results": [], "steps": [list(steps)]}
    if wrapped:
        inputs, outputs = _wrapped(inputs, "input"), _wrapped(outputs, "output")
        reference = None if reference is None else _wrapped(reference, "output")
    return {"inputs": inputs, "outputs": outputs, "reference_outputs": reference}


def _messages(inputs: Any, calls: Sequence[tuple[str, JsonObject]], said: JsonValue) -> list[dict[str, Any]]:
    """Calls as chat messages in OpenAI's shape."""
    made = [
        {"id": f"call_{at}", "type": "function", "function": {"name": tool, "arguments": json.dumps(args)}}
        for at, (tool, args) in enumerate(calls)
    ]
    asked = [{"role": "assistant", "content": "", "tool_calls": made}] if made else []
    return [
        {"role": "user", "content": text_of(inputs)},
        *asked,
        {"role": "assistant", "content": text_of(said)},
    ]


def _wrapped(value: Any, name: str) -> dict[str, Any]:
    return value if isinstance(value, dict) else {name: value}


def _run(values: Mapping[str, Any]) -> Run:
    from langsmith.schemas import Run

    at, now = uuid4(), datetime.now(UTC)
    return Run(
        id=at,
        trace_id=at,
        name="target",
        run_type="chain",
        start_time=now,
        end_time=now,
        inputs=_wrapped(values["inputs"], "input"),
        outputs=_wrapped(values["outputs"], "output"),
        dotted_order=f"{now:%Y%m%dT%H%M%S%fZ}{at}",
    )


def _example(values: Mapping[str, Any], case: Case) -> Example:
    from langsmith.schemas import Example

    reference = values["reference_outputs"]
    return Example(
        id=uuid4(),
        dataset_id=uuid4(),
        created_at=datetime.now(UTC),
        inputs=_wrapped(values["inputs"], "input"),
        outputs=None if reference is None else _wrapped(reference, "output"),
        metadata=dict(case.metadata),
    )
