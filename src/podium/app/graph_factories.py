"""Functions that make a graph: what they take, and how what they made is opened and closed."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, get_args, is_typeddict

from podium.core.errors import ConfigError, InputError, PodiumError
from podium.core.loading import one_line
from podium.graphs.loader import compiled, factory_failed
from podium.runtime.serving.graphs import Purpose

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.pregel import Pregel
    from langgraph.store.base import BaseStore

    Graph: TypeAlias = "Pregel[Any, Any, Any, Any]"

T = TypeVar("T")

_Kind = Literal["config", "runtime"]


@dataclass(frozen=True, slots=True)
class Opening:
    """What a factory may ask for.

    Attributes:
        config: The configuration of the run.
        purpose: Why the graph is opened.
        context: The context of the run, as the client sent it.
        user: Who asks, as LangGraph's `BaseUser`.
        store: The store that the graph will have.
    """

    config: RunnableConfig
    purpose: Purpose = "threads.create_run"
    context: object = None
    user: Any = None
    store: BaseStore | None = None


class Factory:
    """A function that makes a graph, by LangGraph's convention.

    It is synchronous or not, returns a graph or a context manager that gives one, or yields one; it takes
    the configuration, the server's runtime, both or nothing, told apart by their annotations.

    Args:
        function: The function.
        file: Where it stands, resolved.
        name: Its name there.

    Raises:
        ConfigError: It takes something else.
    """

    def __init__(self, function: Callable[..., Any], file: Path, name: str) -> None:
        self._file = file
        self._where = f"{file}: {name}"
        self._call, self._on_loop = _callable(function)
        self._takes = dict(_parameters(function, self._where))
        self._context_type = _context_type(function) if "runtime" in self._takes.values() else None

    @property
    def varies(self) -> bool:
        """Whether what it makes may differ from run to run: it takes something."""
        return bool(self._takes)

    @asynccontextmanager
    async def opened(self, opening: Opening) -> AsyncIterator[Graph]:
        """The graph, closed at the end of the block in the task that opened it.

        Raises:
            ConfigError: The function fails, or makes no graph; the message names file and line.
            InputError: The context does not fit the type that the function declares for it.
        """
        arguments = {name: self._argument(kind, opening) for name, kind in self._takes.items()}
        async with AsyncExitStack() as stack:
            with self._named():
                made = await self._made(arguments)
                if isinstance(made, AbstractAsyncContextManager):
                    made = await stack.enter_async_context(made)
                elif isinstance(made, AbstractContextManager):
                    made = await stack.enter_async_context(_on_a_thread(made))
            yield compiled(made, self._where)

    async def _made(self, arguments: Mapping[str, object]) -> object:
        if self._on_loop:
            made = self._call(**arguments)
        else:
            made = await asyncio.to_thread(self._call, **arguments)
        return await made if inspect.isawaitable(made) else made

    @contextmanager
    def _named(self) -> Iterator[None]:
        try:
            yield
        except (Exception, SystemExit) as error:
            found = factory_failed(self._file, error)
            if found is error:
                raise
            raise found from error

    def _argument(self, kind: _Kind, opening: Opening) -> object:
        return opening.config if kind == "config" else self._runtime(opening)

    def _runtime(self, opening: Opening) -> object:
        from langgraph_sdk.runtime import _ExecutionRuntime, _ReadRuntime

        given: dict[str, Any] = {
            "access_context": opening.purpose,
            "user": opening.user,
            "store": opening.store,
        }
        if opening.purpose != "threads.create_run":
            return _ReadRuntime(**given)
        return _ExecutionRuntime(**given, context=self._context(opening.context))

    def _context(self, given: object) -> object:
        if given is None or self._context_type is None:
            return given
        from pydantic import TypeAdapter, ValidationError

        try:
            return TypeAdapter[object](self._context_type).validate_python(given)
        except ValidationError as error:
            raise InputError(
                f"the context does not fit: {one_line(error)}", hint="Mend its fields."
            ) from error


def _callable(function: Callable[..., Any]) -> tuple[Callable[..., Any], bool]:
    """What to call, and whether that is quick enough for the event loop: it only makes a coroutine, say."""
    if inspect.isasyncgenfunction(function):
        return asynccontextmanager(function), True
    if inspect.isgeneratorfunction(function):
        return contextmanager(function), True
    inner = inspect.unwrap(function)
    lazy = (inspect.iscoroutinefunction, inspect.isasyncgenfunction, inspect.isgeneratorfunction)
    return function, any(is_lazy(inner) for is_lazy in lazy)


def _parameters(function: Callable[..., Any], where: str) -> Iterator[tuple[str, _Kind]]:
    for parameter in _signature(function, where).parameters.values():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        kind = _kind(parameter)
        if parameter.kind is parameter.POSITIONAL_ONLY or (
            kind is None and parameter.default is parameter.empty
        ):
            raise ConfigError(
                f"{where} takes {parameter.name!r}, which no server gives",
                hint="A factory takes a RunnableConfig, a ServerRuntime, both or nothing.",
            )
        if kind is not None:
            yield parameter.name, kind


def _signature(function: Callable[..., Any], where: str) -> inspect.Signature:
    try:
        return inspect.signature(function, eval_str=True)
    except (NameError, AttributeError, TypeError, SyntaxError):
        pass_on = inspect.signature
    try:
        return pass_on(function)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{where}: {one_line(error)}", hint="Export a function of its own.") from error


def _kind(parameter: inspect.Parameter) -> _Kind | None:
    """What a parameter asks for: by its annotation, else by its name."""
    written = str(parameter.annotation)
    if "RunnableConfig" in written:
        return "config"
    if "Runtime" in written:
        return "runtime"
    if parameter.name == "runtime":
        return "runtime"
    plain = parameter.annotation is parameter.empty or "dict" in written.lower()
    if parameter.name == "config" or (plain and parameter.default is parameter.empty):
        return "config"
    return None


def _context_type(function: Callable[..., Any]) -> type[object] | None:
    """What a factory declares the run's context to be: `Mine` in `ServerRuntime[Mine]`."""
    try:
        parameters = inspect.signature(function, eval_str=True).parameters.values()
    except (NameError, AttributeError, TypeError, SyntaxError):
        return None
    for parameter in parameters:
        if _kind(parameter) == "runtime" and (found := get_args(parameter.annotation)):
            # A TypedDict is a dict already, which is what a client sends.
            return found[0] if isinstance(found[0], type) and not is_typeddict(found[0]) else None
    return None


@asynccontextmanager
async def _on_a_thread(manager: AbstractContextManager[T, bool | None]) -> AsyncIterator[T]:
    """A synchronous context manager, entered and left where it may block."""
    entered = await asyncio.to_thread(manager.__enter__)
    try:
        yield entered
    except BaseException as error:
        if not await asyncio.to_thread(manager.__exit__, type(error), error, error.__traceback__):
            raise
    else:
        await asyncio.to_thread(manager.__exit__, None, None, None)


def problem_of(error: Exception, where: str) -> PodiumError:
    """An error as one of Podium's.

    Args:
        error: What was raised.
        where: What is broken, for an error that does not say.
    """
    if isinstance(error, PodiumError):
        return error
    return ConfigError(f"{where}: {type(error).__name__}: {one_line(error)}", hint="Mend the graph.")
