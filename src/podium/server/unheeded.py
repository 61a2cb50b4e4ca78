"""What a request says that has no effect: told in the head of its answer, never dropped in silence.

Fields of a body that nobody knows are refused. Those that clients of LangGraph's servers send and that mean
nothing here, and parameters of the query that the route does not have, are named in `Warning` headers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fastapi import Request
    from fastapi.dependencies.models import Dependant
    from starlette.types import Scope

HEADER: Final = "Warning"
_NOTED: Final = "podium.unheeded"
_LONGEST: Final = 100
_MOST: Final = 10


def note(scope: Scope, names: Iterable[str]) -> None:
    """Have the answer to a request name what had no effect.

    Args:
        scope: The request's.
        names: What it said, such as `feedback_keys`.
    """
    scope[_NOTED] = [*scope.get(_NOTED, ()), *names]


def warning(scope: Scope) -> str:
    """The value of the header; empty where all that was said has its effect."""
    noted = scope.get(_NOTED, ())
    return ", ".join(f'299 podium "{_safe(name)} has no effect"' for name in dict.fromkeys(noted[:_MOST]))


def note_query(request: Request) -> None:
    """Note parameters of the query that the request's route does not have."""
    if request.scope["query_string"]:
        known = frozenset(_parameters(request.scope["route"].dependant))
        note(request.scope, (f"query {name}" for name in request.query_params if name not in known))


def _parameters(dependant: Dependant) -> Iterator[str]:
    yield from (one.alias for one in dependant.query_params)
    for one in dependant.dependencies:
        yield from _parameters(one)


def _safe(name: str) -> str:
    """A client's word as it may stand between quotes in a header."""
    return "".join(one if _is_plain(one) else "?" for one in name[:_LONGEST])


def _is_plain(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in "_-. []")
