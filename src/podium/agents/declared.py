"""Declaring an agent: the decorator, and the contract that it writes down."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from podium.agents.contracts import ROLES, Role
from podium.core.errors import ConfigError, UnknownName
from podium.core.evidence import Trust

_MARK = "__podium_agent__"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Contract:
    """What an agent is, and what it may do.

    Attributes:
        name: What graphs, traces and citations call it.
        role: The role that it plays in place of Podium's own agent; None for a specialist beside the four.
        calls: The tools that it may call; None for those of its role, which a specialist has none of.
        hands_to: The agents that it may hand over to.
        answers: Whether what it says is the answer, and not one piece of evidence for it.
        when: Whether it is asked, by the request; None for always.
        timeout: Seconds it may take; None for what is left of the turn's.
        trust: How far what it says is trusted.
    """

    name: str
    role: Role | None = None
    calls: tuple[str, ...] | None = None
    hands_to: tuple[str, ...] = ()
    answers: bool = False
    when: Callable[[str], bool] | None = None
    timeout: float | None = None
    trust: Trust = "untrusted"

    def __post_init__(self) -> None:
        """Look at what no type checks.

        Raises:
            UnknownName: There is no such role.
            ConfigError: The name is none, or a number is not above zero.
        """
        if self.role is not None and self.role not in ROLES:
            raise UnknownName(
                f"there is no role {self.role!r}", hint=f"The roles are {', '.join(ROLES)}; or give none."
            )
        if not _NAME.fullmatch(self.name):
            raise ConfigError(
                f"{self.name!r} is no name for an agent",
                hint="Use letters, digits, '_' and '-': @agent(name=…), adapt(…, name=…).",
            )
        if self.timeout is not None and self.timeout <= 0:
            raise ConfigError(
                f"agent {self.name!r}: its timeout is {self.timeout}", hint="Give seconds above 0, or None."
            )


@overload
def agent(target: T, /) -> T: ...


@overload
def agent(
    *,
    role: Role | None = None,
    name: str = "",
    calls: Sequence[str] | None = None,
    hands_to: Sequence[str] = (),
    answers: bool = False,
    when: Callable[[str], bool] | None = None,
    timeout: float | None = None,
    trust: Trust = "untrusted",
) -> Callable[[T], T]: ...


def agent(target: Any = None, /, *, name: str = "", **options: Any) -> Any:
    """Declare a function or a class as an agent.

    Without a role it is a specialist beside the four agents: a function, synchronous or not, or a class whose
    objects are called. Its parameters say what it reads (the fields of `Briefing`, and `tools`), its
    annotations what it is given and gives back. With a role it plays that role: a class with the one method
    of the role's Protocol in `podium.agents.contracts`, or a function of the request. A class whose
    `__init__` takes an argument, and a function with a second parameter, is given the agent that would
    play the role otherwise.

    Args:
        target: The function or class, when the decorator stands alone.
        name: What to call it; the name of the function or class in lower case when empty.
        options: `role`, `calls`, `hands_to`, `answers`, `when`, `timeout` and `trust`, as in `Contract`.

    Raises:
        UnknownName: There is no such role.
        ConfigError: The name cannot be one, or a number is not above zero.
    """

    def mark(declared: Any) -> Any:
        setattr(declared, _MARK, contract_for(declared.__name__, name=name, **options))
        return declared

    return mark if target is None else mark(target)


def contract_for(
    fallback: str,
    *,
    name: str = "",
    calls: Sequence[str] | None = None,
    hands_to: Sequence[str] = (),
    **options: Any,
) -> Contract:
    """The contract with these options.

    Args:
        fallback: The name, when none is given.
        name: The name.
        calls: Tools.
        hands_to: Agents.
        options: The rest of `Contract`.
    """
    return Contract(
        name=name or fallback.lower(),
        calls=None if calls is None else tuple(calls),
        hands_to=tuple(hands_to),
        **options,
    )


def contract_of(target: Any) -> Contract | None:
    """The contract that a function or class was declared with; None when it was not, or its base was."""
    found = vars(target).get(_MARK) if hasattr(target, "__dict__") else None
    return found if isinstance(found, Contract) else None


def place_of(target: Any) -> str:
    """File and line where a function or class begins; its name where that is not known."""
    try:
        wanted = inspect.unwrap(target)
        return f"{inspect.getsourcefile(wanted)}:{inspect.getsourcelines(wanted)[1]}"
    except (OSError, TypeError):
        return f"{getattr(target, '__module__', '')}.{getattr(target, '__qualname__', type(target).__name__)}"
