"""What built-in scorers share: options that are checked, and the texts and answers they compare."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from podium.core.errors import ScorerError
from podium.core.model import JsonObject, JsonValue, Model
from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.score import Score, Scorer

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

    from podium.models.resolver import ResolvedModel


def _no_model(name: str) -> ResolvedModel:
    raise ScorerError(f"no chat model '{name}' to judge with", hint="Name a model that the project has.")


@dataclass(frozen=True, slots=True)
class ScorerContext:
    """What a scorer may need besides its options.

    Attributes:
        folder: What files are relative to: the suite's folder.
        model: Gives a chat model by its name, for scorers that ask one.
    """

    folder: Path = Path()
    model: Callable[[str], ResolvedModel | BaseChatModel] = _no_model


class Options(Model, ABC):
    """The options of a scorer; one that does not exist is an error."""

    lower_is_better: ClassVar[bool] = False

    @abstractmethod
    def ready(self, context: ScorerContext) -> Scorer:
        """The scorer itself.

        Args:
            context: Where files are, and which model judges.

        Raises:
            PodiumError: What the options name cannot be had.
        """


class BuiltIn(Options):
    """A scorer that is its options."""

    @abstractmethod
    def __call__(self, case: Case, observed: Observation, /) -> Score | Mapping[str, float | None] | None:
        """The judgement; None where the case expects nothing of the kind."""

    def ready(self, context: ScorerContext) -> Scorer:  # noqa: ARG002 - needs nothing but its options
        """Itself."""
        return self


def answers_of(case: Case) -> tuple[JsonValue, ...]:
    """Every answer that is right; empty when the case names none."""
    first = () if case.expected.answer is None else (case.expected.answer,)
    return (*first, *case.expected.answers)


def text_of(value: JsonValue) -> str:
    """A value as text: a text itself, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def scored(value: float, reason: str = "", **details: JsonValue) -> Score:
    """A score whose name its suite gives."""
    found: JsonObject = details
    return Score(name="", value=float(value), reason=reason, details=found)


def unjudged(reason: str) -> Score:
    """No score, and why."""
    return Score(name="", reason=reason)
