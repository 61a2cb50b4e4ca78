"""Which items a filter lets through, and how well an item answers a question."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from langgraph.store.base import Item, get_text_at_path, tokenize_path

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from podium.storage.store_rows import Fields

_WORD: Final = re.compile(r"\w+")
_WHOLE: Final = "$"


def passes(item: Item, wanted: Mapping[str, Any] | None) -> bool:
    """Whether an item's value is as a filter wants it.

    A filter names values by key, or conditions: `$eq`, `$ne`, `$gt`, `$gte`, `$lt`, `$lte`. What cannot be
    compared does not pass.

    Raises:
        ValueError: The filter has another operator.
    """
    return all(_fits(item.value.get(key), value) for key, value in (wanted or {}).items())


def texts_of(value: Mapping[str, Any], fields: Fields, default: Sequence[str]) -> list[str]:
    """The texts of a value that are searched by their meaning.

    Args:
        value: The value.
        fields: What of it is searched.
        default: The paths where none are said.
    """
    if fields is False:
        return []
    paths = default if fields is None else fields
    found: list[str] = []
    for path in paths:
        found += get_text_at_path(value, path if path == _WHOLE else tokenize_path(path))
    return found


def words_of(value: Mapping[str, Any], fields: Fields, default: Sequence[str]) -> frozenset[str]:
    """The words of a value that are searched, without its keys."""
    if fields is False:
        return frozenset()
    texts: list[str] = []
    for path in default if fields is None else fields:
        texts += _leaves(value) if path == _WHOLE else get_text_at_path(value, tokenize_path(path))
    return frozenset(word for text in texts for word in _words(text))


def lexical_scores(query: str, documents: Sequence[frozenset[str]]) -> list[float]:
    """How much of a question's words each document has, from 0 to 1; rare words weigh more.

    A word weighs ln(1 + n / (1 + m)) among n documents of which m have it.
    """
    asked = set(_words(query))
    weights = {
        word: math.log(1 + len(documents) / (1 + sum(word in one for one in documents))) for word in asked
    }
    whole = sum(weights.values())
    if not whole:
        return [0.0] * len(documents)
    return [sum(weights[word] for word in asked & one) / whole for one in documents]


def likeness(query: NDArray[Any], vectors: NDArray[Any]) -> float:
    """How like the closest of an item's vectors is to a question's: their dot product, both of length 1."""
    return float((vectors.reshape(-1, len(query)) @ query).max())


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    elif value is not None and not isinstance(value, bool):
        yield str(value)


def _fits(held: Any, wanted: Any) -> bool:
    if isinstance(wanted, Mapping):
        if any(str(name).startswith("$") for name in wanted):
            return all(_holds(held, name, operand) for name, operand in wanted.items())
        return isinstance(held, Mapping) and all(_fits(held.get(k), v) for k, v in wanted.items())
    if isinstance(wanted, list | tuple):
        return (
            isinstance(held, list | tuple)
            and len(held) == len(wanted)
            and all(_fits(one, other) for one, other in zip(held, wanted, strict=True))
        )
    return _equal(held, wanted)


def _equal(held: Any, wanted: Any) -> bool:
    """JSON's equality: true is not 1."""
    return isinstance(held, bool) == isinstance(wanted, bool) and bool(held == wanted)


_ORDERS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "$gt": lambda held, wanted: held > wanted,
    "$gte": lambda held, wanted: held >= wanted,
    "$lt": lambda held, wanted: held < wanted,
    "$lte": lambda held, wanted: held <= wanted,
}


def _holds(held: Any, operator: str, operand: Any) -> bool:
    if operator == "$eq":
        return _equal(held, operand)
    if operator == "$ne":
        return not _equal(held, operand)
    order = _ORDERS.get(operator)
    if order is None:
        raise ValueError(f"Unsupported operator: {operator}")
    try:
        return order(float(held), float(operand))
    except (TypeError, ValueError):
        return isinstance(held, str) and isinstance(operand, str) and _ordered(operator, held, operand)


def _ordered(operator: str, held: str, operand: str) -> bool:
    """Texts that are no numbers are compared as texts, so that dates in ISO 8601 are."""
    return {"$gt": held > operand, "$gte": held >= operand, "$lt": held < operand, "$lte": held <= operand}[
        operator
    ]
