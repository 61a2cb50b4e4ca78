"""What tokens cost, from a table that the project owns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

PER = 1_000_000


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices by model name, for a million input and a million output tokens, in one currency."""

    table: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def cost(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """What the tokens cost; None when the table does not have the model."""
        price = self.table.get(model)
        if price is None:
            return None
        return (input_tokens * price[0] + output_tokens * price[1]) / PER
