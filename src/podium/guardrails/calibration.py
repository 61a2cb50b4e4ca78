"""A fitted calibration: numbers on disk that turn a score into a probability.

Fitting needs labelled runs and happens in `podium.evals`; applying needs nothing but this module.
"""

from __future__ import annotations

import bisect
import math
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from podium.core.errors import ConfigError
from podium.core.model import Model

Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class Isotonic(Model):
    """Isotonic regression as its corner points; between them it is a straight line."""

    method: Literal["isotonic"] = "isotonic"
    scores: tuple[Probability, ...] = Field(min_length=1)
    """Rising."""
    probabilities: tuple[Probability, ...] = Field(min_length=1)
    """Never falling, one for each score."""
    samples: int = Field(default=0, ge=0)
    """How many labelled runs it was fitted on."""

    @model_validator(mode="after")
    def _is_a_rising_line(self) -> Isotonic:
        if len(self.scores) != len(self.probabilities):
            raise ValueError("there must be as many probabilities as scores")
        if list(self.scores) != sorted(set(self.scores)):
            raise ValueError("the scores must rise")
        if list(self.probabilities) != sorted(self.probabilities):
            raise ValueError("the probabilities must not fall")
        return self

    def apply(self, score: float) -> float:
        """The probability that belongs to the score."""
        at = bisect.bisect_right(self.scores, score)
        if at == 0:
            return self.probabilities[0]
        if at == len(self.scores):
            return self.probabilities[-1]
        left, right = self.scores[at - 1], self.scores[at]
        share = (score - left) / (right - left)
        low, high = self.probabilities[at - 1], self.probabilities[at]
        return low + share * (high - low)


class Logistic(Model):
    """Platt's scaling: the logistic function of the score's log-odds."""

    method: Literal["logistic"]
    slope: float = Field(ge=0.0, allow_inf_nan=False)
    intercept: float = Field(allow_inf_nan=False)
    samples: int = Field(default=0, ge=0)
    """How many labelled runs it was fitted on."""

    def apply(self, score: float) -> float:
        """The probability that belongs to the score."""
        inside = min(max(score, 1e-6), 1 - 1e-6)
        odds = self.slope * math.log(inside / (1 - inside)) + self.intercept
        return 1 / (1 + math.exp(-min(max(odds, -50.0), 50.0)))


Calibration = Annotated[Isotonic | Logistic, Field(discriminator="method")]


def load_calibration(path: Path) -> Isotonic | Logistic:
    """Read a fitted calibration.

    Args:
        path: A JSON file.

    Raises:
        ConfigError: The file cannot be read or holds no calibration.
    """
    adapter: TypeAdapter[Isotonic | Logistic] = TypeAdapter(Calibration)
    try:
        return adapter.validate_json(path.read_bytes())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", hint="Fit it again.") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "file"
        raise ConfigError(
            f"{path}: {where}: {first['msg']}", hint="Fit it again with 'podium eval calibrate'."
        ) from None
