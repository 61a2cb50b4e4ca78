"""What the code around an app brings of its own, in place of what the project would open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict

from podium.app.seams import Seams
from podium.core.errors import ConfigError

if TYPE_CHECKING:
    from langchain_core.tools import BaseTool
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from opentelemetry.trace import Tracer, TracerProvider
    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

    from podium.agents.foreign import AgentLike
    from podium.core.crashpoints import CrashPoints
    from podium.core.principal import Principal
    from podium.tools.actions import Action
    from podium.tools.tool import Tool

    DatabaseLike: TypeAlias = "str | Path | Engine | AsyncEngine"
    ToolLike: TypeAlias = "Tool | Action[..., Any] | BaseTool"


class Options(TypedDict, total=False):
    """What `Podium` takes beside a project; it says there what each means."""

    model: str | None
    principal: Principal | None
    saver: BaseCheckpointSaver[Any] | None
    database: DatabaseLike | None
    tracer: Tracer | TracerProvider | None
    tools: Iterable[ToolLike]
    agents: Iterable[AgentLike]
    crash_points: CrashPoints | None
    seams: Seams | None


@dataclass(frozen=True, slots=True)
class Brought:
    """Parts of an app that its caller made; what is None or empty the project opens itself.

    Attributes:
        saver: Stores the checkpoints; the caller closes it.
        database: The file of runs, events, ledger and, without a saver, checkpoints.
        tracer: Exports spans; the caller shuts it down.
        tools: Tools beside those of the project's files.
        agents: Agents beside those of the project's files.
        seams: What is put between the app and the outside.
    """

    saver: BaseCheckpointSaver[Any] | None = None
    database: DatabaseLike | None = None
    tracer: Tracer | TracerProvider | None = None
    tools: Iterable[ToolLike] = ()
    agents: Iterable[AgentLike] = ()
    seams: Seams = field(default_factory=Seams)


def database_file(given: DatabaseLike) -> Path:
    """The SQLite file that is meant.

    Of an engine only the place counts: the ledger needs a writer of its own, with syncs and a group
    commit that a pool of connections cannot give.

    Args:
        given: A path, or a SQLAlchemy engine.

    Raises:
        ConfigError: The engine is for another database, or for one in memory.
        TypeError: It is neither.
    """
    if isinstance(given, str | Path):
        return Path(given).expanduser().absolute()
    url = getattr(given, "url", None)
    if url is None:
        raise TypeError(f"database is a path or a SQLAlchemy engine, not a {type(given).__name__}")
    if url.get_backend_name() != "sqlite":
        raise ConfigError(
            f"the ledger cannot be kept in {url.get_backend_name()}: it is kept in SQLite",
            hint="Pass the path of a file, and your saver for the checkpoints.",
        )
    name = str(url.database or "")
    if not name or name == ":memory:" or "mode=memory" in str(url):
        raise ConfigError(
            "the ledger cannot be kept in memory: what was approved has to survive the process",
            hint="Pass the path of a file.",
        )
    return Path(name.removeprefix("file:").partition("?")[0]).absolute()


def tools_of(given: Iterable[ToolLike]) -> tuple[Tool, ...]:
    """The tools, each as one of Podium's.

    A bare LangChain tool does not say how far it reaches, so the worst is assumed and a person is asked;
    `from_langchain(tool, effect=…)` says it.

    Args:
        given: Actions, tools, or LangChain tools.

    Raises:
        TypeError: One is something else.
    """
    return tuple(map(_tool_of, given))


def _tool_of(given: object) -> Tool:
    from podium.tools.actions import Action
    from podium.tools.tool import Tool

    if isinstance(given, Tool):
        return given
    if isinstance(given, Action):
        return given.tool
    from langchain_core.tools import BaseTool

    if isinstance(given, BaseTool):
        from podium.tools.langchain import from_langchain

        return from_langchain(given)
    name = getattr(given, "__name__", type(given).__name__)
    raise TypeError(f"{name} is no tool: decorate it with @action, or pass a LangChain tool")
