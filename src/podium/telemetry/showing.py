"""What of a span may be seen outside: in logs and in exported traces."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from podium.telemetry.conventions import CONTENT, TRUSTED
from podium.telemetry.records import AttributeValue


@dataclass(frozen=True, slots=True)
class Showing:
    """Takes out what nobody outside should see.

    Attributes:
        mask: Takes personal data out of text.
        content: Whether what people said is shown.
    """

    mask: Callable[[str], str] = str
    content: bool = True

    def value(self, name: str, value: AttributeValue) -> AttributeValue | None:
        """An attribute as it is shown; None where it is not."""
        if name in CONTENT and not self.content:
            return None
        return self.mask(value) if isinstance(value, str) and name not in TRUSTED else value

    def values(self, attributes: Mapping[str, AttributeValue]) -> dict[str, AttributeValue]:
        """Attributes as they are shown."""
        shown = ((name, self.value(name, value)) for name, value in attributes.items())
        return {name: value for name, value in shown if value is not None}
