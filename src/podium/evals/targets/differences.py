"""What is different between two states of a world."""

from __future__ import annotations

from typing import Any


def difference(before: object, after: object) -> Any:
    """What is new: objects down to the values that changed, with None for what is gone.

    Args:
        before: A state: JSON values.
        after: A later one.

    Returns:
        An empty object where nothing changed. Lists count as one value.
    """
    if isinstance(before, dict) and isinstance(after, dict):
        found: dict[str, Any] = {name: None for name in before if name not in after}
        for name, value in after.items():
            if name not in before:
                found[name] = value
            elif before[name] != value:
                found[name] = difference(before[name], value)
        return found
    return {} if before == after else after
