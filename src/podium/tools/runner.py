"""Calling a tool: in time, off the event loop, and with a result that can be stored."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import json
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any

from pydantic import BaseModel

from podium.core.canonical import to_json
from podium.core.errors import (
    ActionCrashed,
    ActionError,
    ActionOutputError,
    ActionTimeout,
    InputError,
    PodiumError,
)
from podium.core.model import JsonObject, JsonValue
from podium.guardrails.redaction import redact
from podium.tools.context import ActionContext
from podium.tools.gates import Gates
from podium.tools.tool import Tool

MAX_RESULT_BYTES = 1_000_000
MAX_MESSAGE = 500
BACKOFF_S = 0.2
LONGEST_PAUSE_S = 10.0


class ToolCrashed(ActionCrashed):
    """A tool that crashed, and what is known of how far it came.

    Attributes:
        may_have_acted: A connection or a file failed on the way, so that the other side may have acted.
    """

    may_have_acted = False


class Runner:
    """Calls tools and their callbacks.

    Args:
        default_timeout: Seconds for one call of a tool that names no limit.
        backoff: Seconds before a call that broke is made again, at most; doubles with every attempt.
        gates: Limits of rate and concurrency, and circuits.
    """

    def __init__(
        self, default_timeout: float = 30.0, *, backoff: float = BACKOFF_S, gates: Gates | None = None
    ) -> None:
        self._default_timeout = default_timeout
        self._backoff = backoff
        self._gates = gates or Gates()

    async def call(self, tool: Tool, function: Callable[..., Any], *args: object) -> JsonValue:
        """Call the tool, or one of its callbacks, and give back its result as JSON.

        A synchronous function runs in a thread of its own. One that hangs cannot be stopped: it is left
        behind.

        Args:
            tool: Gives the limit of time and the name in messages.
            function: What to call.
            args: What to call it with.

        Raises:
            ActionTimeout: It did not return in time.
            ActionOutputError: It returned something that cannot be stored.
            ActionError: It refused, or failed (then `ToolCrashed`).
        """
        limit = tool.options.timeout or self._default_timeout
        try:
            async with asyncio.timeout(limit):
                value = await _in_thread(function, args)
                if inspect.isawaitable(value):
                    value = await value
        except TimeoutError as error:
            if not _is_ours(error):
                raise _crash(tool, error) from None
            raise ActionTimeout(f"{tool.name} did not return within {limit:g} s") from None
        except asyncio.CancelledError as error:
            if (task := asyncio.current_task()) is None or task.cancelling():
                raise
            raise _crash(tool, error) from None  # nobody cancelled the call: the tool itself gave up
        except ActionError as error:
            raise ActionError(_clean(error.message), hint=_clean(error.hint)) from None
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a tool's failure is reported, never passed on
            raise _crash(tool, error) from None
        return storable(tool.name, value)

    async def preview(self, tool: Tool, context: ActionContext, args: BaseModel) -> JsonObject | None:
        """What a call would change, touching nothing; None when the tool does not say.

        Raises:
            ActionError: The preview refuses or fails.
        """
        if tool.options.preview is None:
            return None
        shown = await self.call(tool, tool.options.preview, context, args)
        return shown if isinstance(shown, dict) or shown is None else {"text": shown}

    def attempt(self, tool: Tool) -> AbstractAsyncContextManager[None]:
        """Hold a place among the tool's calls, for one of them; see `Gates.passed`."""
        return self._gates.passed(tool)

    async def pause(self, attempt: int) -> None:
        """Wait before a call is made again: longer each time, and never for the same time as others.

        Args:
            attempt: How many calls were made.
        """
        longest = min(self._backoff * 2 ** (attempt - 1), LONGEST_PAUSE_S)
        await asyncio.sleep(longest * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, keeps no secret


def storable(name: str, value: object) -> JsonValue:
    """A tool's result as JSON of bounded size.

    Args:
        name: The tool, for messages.
        value: JSON values, pydantic models, dataclasses, dates and the like.

    Raises:
        ActionOutputError: It has no JSON form, or is too large.
    """
    from pydantic_core import PydanticSerializationError, to_jsonable_python

    try:
        _refuse_iterators(value)
        plain = to_json(to_jsonable_python(value, inf_nan_mode="constants"), where="its result")
    except (InputError, PydanticSerializationError, ValueError, RecursionError) as error:
        raise ActionOutputError(f"{name} returned what cannot be stored: {_clean(str(error))}") from None
    size = len(json.dumps(plain, ensure_ascii=False).encode())
    if size > MAX_RESULT_BYTES:
        raise ActionOutputError(
            f"{name} returned {size:,} bytes; at most {MAX_RESULT_BYTES:,} can be stored",
            hint="Return less, or a reference to it.",
        )
    return plain


def _refuse_iterators(value: object) -> None:
    """Raise InputError for an iterator anywhere in a result: it may have no end, and running it may act."""
    match value:
        case Iterator():
            raise InputError("a generator or another iterator")
        case dict():
            _refuse_iterators(list(value.values()))
        case list() | tuple():
            for item in value:
                _refuse_iterators(item)
        case _:
            return


async def _in_thread(function: Callable[..., Any], args: tuple[object, ...]) -> object:
    """The value of a call; a coroutine function is called right here, since that only makes a coroutine."""
    if inspect.iscoroutinefunction(function):
        return function(*args)
    loop = asyncio.get_running_loop()
    done: asyncio.Future[object] = loop.create_future()
    context = contextvars.copy_context()

    def settle(value: object, error: BaseException | None) -> None:
        if done.done():
            return  # nobody waits any more
        if error is None:
            done.set_result(value)
        elif isinstance(error, Exception) and not isinstance(error, StopIteration):
            done.set_exception(error)
        else:  # a future cannot hold StopIteration, and a tool that exits must not end the loop
            done.set_exception(RuntimeError(f"{type(error).__name__} {error}".strip()))

    def work() -> None:
        value, error = None, None
        try:
            value = context.run(function, *args)
        except BaseException as raised:  # noqa: BLE001 - handed to whoever waits
            error = raised
        with suppress(RuntimeError):  # the loop may be closed by the time a hanging call returns
            loop.call_soon_threadsafe(settle, value, error)

    # A daemon thread of its own: a pool would be used up by calls that hang, and hold up the exit.
    threading.Thread(target=work, name="podium-tool", daemon=True).start()
    return await done


def _is_ours(error: TimeoutError) -> bool:
    """Whether the limit ran out, as opposed to a tool that raises TimeoutError itself."""
    return isinstance(error.__cause__, asyncio.CancelledError)


def _crash(tool: Tool, error: BaseException) -> ActionError:
    if isinstance(error, PodiumError):
        text = error.message
    else:
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    crash = ToolCrashed(_clean(f"{tool.name} failed: {text}"))
    crash.may_have_acted = _broke_off(error)
    return crash


def _broke_off(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, OSError | asyncio.CancelledError):
            return True
        if isinstance(error, BaseExceptionGroup) and any(map(_broke_off, error.exceptions)):
            return True
        error = error.__cause__ or error.__context__
    return False


def _clean(text: str) -> str:
    """The text on one line, without credentials and not too long."""
    line = redact(" ".join(text.split()))
    return line if len(line) <= MAX_MESSAGE else f"{line[: MAX_MESSAGE - 1]}…"
