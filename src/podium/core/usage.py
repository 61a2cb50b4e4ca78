"""What a run may spend, and what it has spent."""

from __future__ import annotations

from pydantic import Field

from podium.core.model import Model


class Budget(Model):
    """The limits of one run; None means no limit."""

    steps: int | None = Field(default=24, ge=1)
    """Node executions."""
    model_calls: int | None = Field(default=16, ge=0)
    """Exchanges with language models, retries too; after them the offline agents finish the turn."""
    tokens: int | None = Field(default=60_000, ge=0)
    """Input and output tokens together."""
    cost: float | None = Field(default=1.0, ge=0)
    """Money, in the currency of the project's price table."""
    seconds: float | None = Field(default=120.0, gt=0)
    """Wall time since the run was admitted; time spent waiting for a person does not count."""


class Usage(Model):
    """What has been spent."""

    steps: int = 0
    model_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    """What is known of it."""
    unpriced: int = 0
    """Model calls whose cost is not known, since the price table lacks the model."""
    seconds: float = 0.0

    def plus(self, other: Usage) -> Usage:
        """The sum of both."""
        return Usage(
            steps=self.steps + other.steps,
            model_calls=self.model_calls + other.model_calls,
            input_tokens=self.input_tokens + other.input_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            cost=self.cost + other.cost,
            unpriced=self.unpriced + other.unpriced,
            seconds=self.seconds + other.seconds,
        )

    def exhausted(self, budget: Budget) -> str | None:
        """The name of the first limit that is reached, or None."""
        spent = {
            "steps": (self.steps, budget.steps),
            "model_calls": (self.model_calls, budget.model_calls),
            "tokens": (self.input_tokens + self.output_tokens, budget.tokens),
            "cost": (self.cost, budget.cost),
            "seconds": (self.seconds, budget.seconds),
        }
        for name, (used, limit) in spent.items():
            if limit is not None and used >= limit:
                return name
        return None
