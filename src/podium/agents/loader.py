"""The agents in a project's `agents/` folder: specialists, and agents that play one of the four roles.

::

    from podium import agent

    @agent
    async def courier(request: str) -> str:
        ...

    @agent(role="critic")
    class Careful:
        def __init__(self, default):
            self.default = default

        async def critique(self, request):
            return await self.default.critique(request)
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podium.agents.contracts import Critic, Executor, Planner, Retriever, Role
from podium.agents.declared import Contract, contract_of, place_of
from podium.agents.guarded import Guarded
from podium.core.errors import ConfigError
from podium.core.loading import load_module

if TYPE_CHECKING:
    from podium.agents.foreign import AgentLike
    from podium.agents.specialist import Specialist

Agent = Planner | Retriever | Executor | Critic

METHODS: Mapping[Role, str] = {
    "planner": "plan",
    "retriever": "retrieve",
    "executor": "execute",
    "critic": "critique",
}
"""The one method of each role's Protocol."""


@dataclass(frozen=True, slots=True)
class CustomAgent:
    """A declared agent of a role that is not made yet.

    Attributes:
        role: Which role it plays.
        target: The class or function.
        where: File and line of its declaration.
        calls: The tools that it may call; None for all that its role is given.
    """

    role: Role
    target: Callable[..., Any]
    where: str
    calls: tuple[str, ...] | None = None

    def build(self, default: Agent) -> Guarded:
        """Make the agent.

        Args:
            default: The agent that would play the role otherwise.

        Raises:
            ConfigError: It cannot be made.
        """
        name = self.target.__name__
        if not inspect.isclass(self.target):
            work = _Function(self.target, default) if _takes(self.target, 2) else self.target
            return Guarded(work, name, self.where, self.calls)
        try:
            made = self.target(*([default] if _takes(self.target, 1) else []))
        except (Exception, SystemExit) as error:
            raise ConfigError(
                f"{self.where}: {name} cannot be made: {error!r}",
                hint="Its __init__ takes the default agent of the role, or nothing.",
            ) from error
        return Guarded(getattr(made, METHODS[self.role]), name, self.where, self.calls)


@dataclass(frozen=True, slots=True)
class _Function:
    """A function of a request and of the agent that would play the role otherwise."""

    function: Callable[..., Any]
    default: Agent

    async def __call__(self, request: Any) -> Any:
        return await self.function(request, self.default)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a folder of agents declares.

    Attributes:
        roles: Agents that play a role.
        specialists: Agents beside the four.
    """

    roles: Mapping[Role, CustomAgent]
    specialists: tuple[Specialist, ...] = ()


def load_agents(folder: Path) -> Declared:
    """The agents of a project.

    Args:
        folder: The project's folder of agents; one that does not exist holds none.

    Raises:
        UnknownName: An agent names no role.
        ConfigError: A file does not load, an agent lacks its method, or two have one role or one name; the
            message names file and line.
    """
    roles: list[CustomAgent] = []
    specialists: list[Specialist] = []
    for path in sorted(folder.glob("*.py")) if folder.is_dir() else ():
        for target, contract in _declared_in(path):
            if contract.role is not None:
                roles.append(custom_agent(target, contract, place_of(target)))
            else:
                from podium.agents.foreign import specialist_of

                specialists.append(specialist_of(target))
    if specialists:
        from podium.agents.foreign import check_names

        check_names(specialists)
    return Declared(by_role(roles), tuple(specialists))


def with_agents(declared: Declared, agents: Iterable[AgentLike]) -> Declared:
    """What a folder declares and what code passes, together.

    Raises:
        ConfigError: Two agents have one name or role; the message names both places.
    """
    given = list(agents)
    if not given:
        return declared
    from podium.agents.foreign import team_of

    specialists, roles = team_of(given, beside=declared.specialists)
    return Declared(by_role([*declared.roles.values(), *roles.values()]), tuple(specialists))


def by_role(agents: Iterable[CustomAgent]) -> dict[Role, CustomAgent]:
    """The agents by role.

    Raises:
        ConfigError: A role has two; the message names both places.
    """
    found: dict[Role, CustomAgent] = {}
    for custom in agents:
        if custom.role in found:
            first = found[custom.role].where
            raise ConfigError(
                f"{custom.where}: the role {custom.role} already has an agent, at {first}",
                hint="Keep one of the two.",
            )
        found[custom.role] = custom
    return found


def custom_agent(target: Any, contract: Contract, where: str) -> CustomAgent:
    """An agent of a role, checked.

    Raises:
        ConfigError: It lacks the method of its role.
    """
    role = contract.role or "planner"
    work = getattr(target, METHODS[role], None) if inspect.isclass(target) else target
    if not inspect.iscoroutinefunction(work):
        wanted = f"async def {METHODS[role]}(self, request)" if inspect.isclass(target) else "async def"
        raise ConfigError(
            f"{where}: {target.__name__} has no '{wanted}'"
            if inspect.isclass(target)
            else f"{where}: {target.__name__} is no '{wanted}' function",
            hint=f"Every {role} has that method; see podium.agents.contracts.",
        )
    return CustomAgent(role, target, where, contract.calls)


def _declared_in(path: Path) -> list[tuple[Any, Contract]]:
    module = load_module(path)
    values = {id(value): value for value in vars(module).values() if _is_of(value, module.__name__)}
    return [(value, found) for value in values.values() if (found := contract_of(value)) is not None]


def _is_of(value: Any, module: str) -> bool:
    return (inspect.isclass(value) or inspect.isroutine(value)) and value.__module__ == module


def _takes(target: Callable[..., Any], count: int) -> bool:
    try:
        inspect.signature(target).bind(*[None] * count)
    except TypeError:
        return False
    return True
