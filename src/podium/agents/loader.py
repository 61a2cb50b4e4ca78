"""Custom agents in Python: files in a project's `agents/` folder.

A custom agent is a class with the decorator `agent`. It is given the agent that would otherwise play the
role, so that it can pass work on to it, and it has the one method of the role's Protocol
(`podium.agents.contracts`)::

    from podium import agent

    @agent(role="critic")
    class Careful:
        def __init__(self, default):
            self.default = default

        async def critique(self, request):
            critique = await self.default.critique(request)
            ...
            return critique

A class whose `__init__` takes no argument is made without one. One file may declare agents of several
roles; a role has at most one custom agent in a project.
"""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from podium.agents.contracts import ROLES, Critic, Executor, Planner, Retriever, Role
from podium.agents.guarded import Guarded
from podium.core.errors import ConfigError, UnknownName

Agent = Planner | Retriever | Executor | Critic

METHODS: Mapping[Role, str] = {
    "planner": "plan",
    "retriever": "retrieve",
    "executor": "execute",
    "critic": "critique",
}
"""The one method of each role's Protocol."""

_MARK = "__podium_role__"

C = TypeVar("C", bound=type)


def agent(*, role: Role) -> Callable[[C], C]:
    """Declare a class as a project's agent for a role.

    Args:
        role: `planner`, `retriever`, `executor` or `critic`.

    Raises:
        ValueError: There is no such role.
    """
    if role not in ROLES:
        raise ValueError(f"there is no role {role!r}; the roles are {', '.join(ROLES)}")

    def mark(cls: C) -> C:
        setattr(cls, _MARK, role)
        return cls

    return mark


@dataclass(frozen=True, slots=True)
class CustomAgent:
    """A declared agent that is not made yet.

    Attributes:
        role: Which role it plays.
        cls: The class.
        file: The file that declares it.
        line: Where the class begins.
    """

    role: Role
    cls: type
    file: Path
    line: int

    @property
    def where(self) -> str:
        """File and line of the class."""
        return f"{self.file}:{self.line}"

    def build(self, default: Agent) -> Guarded:
        """Make the agent.

        Args:
            default: The agent that would play the role otherwise.

        Raises:
            ConfigError: It cannot be made.
        """
        try:
            made = self.cls(default) if self._takes_default() else self.cls()
        except (Exception, SystemExit) as error:
            raise ConfigError(
                f"{self.where}: {self.cls.__name__} cannot be made: {error!r}",
                hint="Its __init__ takes the default agent of the role, or nothing.",
            ) from error
        return Guarded(made, self.file, self.line)

    def _takes_default(self) -> bool:
        try:
            inspect.signature(self.cls).bind(None)
        except TypeError:
            return False
        return True


def load_custom_agents(folder: Path) -> dict[Role, CustomAgent]:
    """The custom agents of a project, by role.

    Args:
        folder: The project's folder of agents; one that does not exist holds none.

    Raises:
        UnknownName: An agent names no role.
        ConfigError: A file does not load, an agent lacks its method, or a role has two; the message
            names file and line.
    """
    found: dict[Role, CustomAgent] = {}
    for path in sorted(folder.glob("*.py")) if folder.is_dir() else ():
        for custom in _declared_in(_load(path), path):
            if custom.role in found:
                first = found[custom.role].where
                raise ConfigError(
                    f"{custom.where}: the role {custom.role} already has an agent, at {first}",
                    hint="Keep one of the two.",
                )
            found[custom.role] = custom
    return found


def _declared_in(module: ModuleType, path: Path) -> list[CustomAgent]:
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and _MARK in vars(value) and value.__module__ == module.__name__
    ]
    return [_checked(cls, path) for cls in dict.fromkeys(classes)]


def _checked(cls: type, path: Path) -> CustomAgent:
    role: Role = vars(cls)[_MARK]
    where = f"{path}:{_line_of(cls)}"
    method = getattr(cls, METHODS[role], None)
    if not inspect.iscoroutinefunction(method):
        raise ConfigError(
            f"{where}: {cls.__name__} has no 'async def {METHODS[role]}(self, request)'",
            hint=f"Every {role} has that method; see podium.agents.contracts.",
        )
    return CustomAgent(role, cls, path, _line_of(cls))


def _line_of(cls: type) -> int:
    try:
        return inspect.getsourcelines(cls)[1]
    except (OSError, TypeError):
        return 1


def _load(path: Path) -> ModuleType:
    name = f"podium_project_agents_{hashlib.sha256(str(path).encode()).hexdigest()[:12]}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"{path} is no Python file", hint="Rename it, or take it out of the folder.")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        line = _failing_line(error, path)
        kind = UnknownName if isinstance(error, ValueError) and "no role" in str(error) else ConfigError
        raise kind(
            f"{path}:{line}: {type(error).__name__}: {error}", hint="Mend the file; it is loaded at start."
        ) from error
    return module


def _failing_line(error: BaseException, path: Path) -> int:
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return error.lineno or 1
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path)]
    return (lines[-1] if lines else 1) or 1
