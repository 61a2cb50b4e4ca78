"""One exchange with something outside, as it is stored."""

from __future__ import annotations

import json
import re
from typing import Literal

from podium.core.ids import digest_of
from podium.core.model import JsonValue, Model

_NEW = re.compile(
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|\b[0-9a-f]{12}(?:[0-9a-f]{20}|[0-9a-f]{52})?\b"
    r"|\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?"
)

Outside = Literal["model", "source", "tool"]


class Failure(Model):
    """An exception that came back in place of a reply."""

    kinds: tuple[str, ...]
    """The names of its classes, most special first: these and the status tell what it means."""
    message: str = ""
    status: int | None = None
    """The HTTP status, where there was one."""


class Exchange(Model):
    """What was asked, by its digest, and what came back."""

    outside: Outside
    name: str
    """The model, the source or the tool."""
    key: str
    """SHA-256 of what was asked; empty in traffic taken from a thread, which is given back in its order."""
    reply: JsonValue = None
    failure: Failure | None = None


class ModelNote(Model):
    """What has to be known of a model to ask it the same way when it is not there."""

    name: str
    kind: str
    """LangChain's name of its kind."""
    takes_tools: bool
    timeout: float
    max_retries: int
    place: str = ""


class Tape(Model):
    """The traffic of one trial."""

    case: str
    epoch: int = 0
    models: tuple[ModelNote, ...] = ()
    exchanges: tuple[Exchange, ...] = ()


def key_of(asked: object) -> str:
    """The digest of what is asked, without what is new in every run: ids, digests, moments.

    What JSON cannot hold counts by its name.
    """
    text = json.dumps(asked, sort_keys=True, ensure_ascii=False, default=_named)
    return digest_of(_NEW.sub("#", text).encode("utf-8", "surrogatepass"))


def failure_of(error: BaseException) -> Failure:
    """An exception as it is stored."""
    kinds = tuple(kind.__name__ for kind in type(error).__mro__ if kind not in (object, BaseException))
    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    return Failure(
        kinds=kinds, message=str(error)[:2_000], status=status if isinstance(status, int) else None
    )


def raised(failure: Failure) -> Exception:
    """An exception with the same names, message and status as the one that was stored."""
    from podium.core import errors

    known = getattr(errors, failure.kinds[0], None) if failure.kinds else None
    if isinstance(known, type) and issubclass(known, errors.PodiumError):
        return known(failure.message)
    base: type[Exception] = TimeoutError if "TimeoutError" in failure.kinds else Exception
    for name in reversed(failure.kinds):
        if name not in ("Exception", base.__name__):
            base = type(name, (base,), {})
    error = base(failure.message)
    if failure.status is not None:
        error.status_code = failure.status  # type: ignore[attr-defined]  # as the clients of providers have it
    return error


def _named(value: object) -> str:
    return getattr(value, "__qualname__", type(value).__qualname__)
