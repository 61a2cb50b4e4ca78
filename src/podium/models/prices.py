"""What tokens cost, from a table that the project owns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from podium.core.settings import PriceSettings

PER = 1_000_000

FREE = frozenset({"offline"})
"""What costs nothing and needs no price."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices by model name, for a million input and a million output tokens, in one currency."""

    table: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @classmethod
    def from_settings(cls, settings: Mapping[str, PriceSettings]) -> Prices:
        """The table of a manifest."""
        return cls({name: (price.input, price.output) for name, price in settings.items()})

    def cost(self, model: str, input_tokens: int, output_tokens: int) -> float | None:
        """What the tokens cost; None when the table does not have the model."""
        price = self.table.get(model)
        if price is None:
            return None
        return (input_tokens * price[0] + output_tokens * price[1]) / PER

    def missing(self, models: Iterable[str]) -> tuple[str, ...]:
        """The models whose cost is unknown, each once."""
        return tuple(name for name in dict.fromkeys(models) if name not in FREE and name not in self.table)
