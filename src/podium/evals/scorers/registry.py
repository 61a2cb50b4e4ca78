"""Scorers by the name that a suite calls them, and those of one's own by their file."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import cast

from pydantic import ValidationError

from podium.core.errors import ScorerError, UnknownName
from podium.core.explaining import first_problem, nearest
from podium.core.model import JsonObject, JsonValue
from podium.evals.places import load_place
from podium.evals.score import Scorer
from podium.evals.scorers import (
    actions,
    adapters,
    outcomes,
    retrieval,
    rubric,
    sources,
    structured,
    texts,
    trajectory,
    usage,
)
from podium.evals.scorers.base import Options, ScorerContext

BUILT_IN: Mapping[str, type[Options]] = MappingProxyType(
    {
        "actions": actions.Actions,
        "citation_f1": sources.CitationF1,
        "citation_precision": sources.CitationPrecision,
        "citation_recall": sources.CitationRecall,
        "contains": texts.Contains,
        "cost": usage.Cost,
        "effects_without_approval": outcomes.EffectsWithoutApproval,
        "escalation": outcomes.Escalation,
        "evaluator": adapters.Evaluator,
        "exact": texts.Exact,
        "guardrail": outcomes.Guardrail,
        "json": structured.Json,
        "json_schema": structured.JsonSchema,
        "model_calls": usage.ModelCalls,
        "numeric": texts.Numeric,
        "regex": texts.Regex,
        "retrieval_hit": retrieval.Hit,
        "retrieval_mrr": retrieval.Mrr,
        "retrieval_ndcg": retrieval.Ndcg,
        "retrieval_precision": retrieval.Precision,
        "retrieval_recall": retrieval.Recall,
        "rouge_l": texts.RougeL,
        "route": outcomes.Route,
        "rubric": rubric.Rubric,
        "seconds": usage.Seconds,
        "status": outcomes.Status,
        "steps": usage.Steps,
        "support": sources.Support,
        "token_f1": texts.TokenF1,
        "tokens": usage.Tokens,
        "tools": actions.Tools,
        "trajectory": trajectory.Trajectory,
        "world": outcomes.World,
    }
)


def names() -> tuple[str, ...]:
    """The names of the built-in scorers."""
    return tuple(sorted(BUILT_IN))


def resolve(
    name: str, options: Mapping[str, JsonValue] | None = None, context: ScorerContext | None = None
) -> Scorer:
    """The scorer with that name.

    Args:
        name: One of `names()`, or `file.py:function` or `package.module:function` for one of one's own.
        options: Its options; a function of one's own is given them as keyword arguments, an evaluator of
            another harness takes those of `evaluator`.
        context: Where files are, and which model judges.

    Raises:
        UnknownName: There is no such scorer; the hint names the nearest.
        ScorerError: An option is wrong.
        ConfigError: The file cannot be run.
    """
    given, around = dict(options or {}), context or ScorerContext()
    if ":" in name:
        return _own(name, given, around)
    kind = BUILT_IN.get(name)
    if kind is None:
        near = nearest(name, names())
        known = f"There are: {', '.join(names())}, or file.py:function."
        raise UnknownName(f"there is no scorer '{name}'", hint=f"Did you mean '{near}'?" if near else known)
    return _configured(name, kind, given, around)


def higher_is_better(name: str) -> bool:
    """Whether more of what a scorer gives is better; so for every one of one's own."""
    kind = BUILT_IN.get(name)
    return kind is None or not kind.lower_is_better


def options_schema(name: str) -> JsonObject:
    """The JSON Schema of a built-in scorer's options."""
    return BUILT_IN[name].model_json_schema()


def _own(name: str, options: dict[str, JsonValue], around: ScorerContext) -> Scorer:
    found = load_place(name, around.folder)
    if isinstance(found, type) and issubclass(found, Options):
        return _configured(name, found, options, around)
    if adapters.is_foreign(found):
        return _configured(name, adapters.Evaluator, {"function": name, **options}, around)
    if not callable(found):
        raise ScorerError(f"{name} is no scorer", hint="Name a function of a case and an observation.")
    try:
        inspect.signature(found).bind(None, None, **options)
    except TypeError as error:
        raise ScorerError(
            f"scorer {name}: {error}", hint="It takes the case, the observation, and its options by name."
        ) from None
    own = cast("Scorer", found)
    return own if not options else lambda case, observed: found(case, observed, **options)


def _configured(
    name: str, kind: type[Options], options: dict[str, JsonValue], around: ScorerContext
) -> Scorer:
    try:
        return kind.model_validate(options).ready(around)
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        problem, hint = first_problem(error, kind, "Correct the option.")
        place = f"{name}: {where}" if where else name
        raise ScorerError(f"scorer {place}: {problem}", hint=hint) from None
