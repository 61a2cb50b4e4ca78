"""What the work at hand may still spend on models, seen by every call within it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from podium.core.errors import ModelBudgetError
from podium.core.usage import Budget, Usage


@dataclass(slots=True)
class Allowance:
    """A budget and what has been spent of it; calls side by side share one.

    Attributes:
        budget: The limits.
        usage: What has been spent.
    """

    budget: Budget
    usage: Usage

    def claim(self, model: str) -> None:
        """Take the right to one exchange.

        Raises:
            ModelBudgetError: A limit is reached.
        """
        spent = self.usage.model_copy(update={"steps": 0, "seconds": 0.0})
        if limit := spent.exhausted(self.budget):
            raise ModelBudgetError(
                f"{model} is not asked: the turn's limit of {limit} is reached",
                hint=f"Raise budget.{limit} in podium.toml if turns need more.",
            )
        self.usage = self.usage.plus(Usage(model_calls=1))

    def add(self, usage: Usage) -> None:
        """Count what a claimed exchange has taken."""
        self.usage = self.usage.plus(usage.model_copy(update={"model_calls": 0}))


_CURRENT: ContextVar[Allowance | None] = ContextVar("podium_allowance", default=None)


def current_allowance() -> Allowance | None:
    """The allowance around the caller; None where nothing bounds it."""
    return _CURRENT.get()


@contextmanager
def allowing(budget: Budget, usage: Usage) -> Iterator[Allowance]:
    """Bound the model calls of a block.

    Args:
        budget: The limits.
        usage: What was spent before.
    """
    allowance = Allowance(budget, usage)
    token = _CURRENT.set(allowance)
    try:
        yield allowance
    finally:
        _CURRENT.reset(token)
