"""What clients may set in threads of graphs of Podium's nodes: the app's own, and those made like it.

Its nodes decide what may be done, and people approve it. Who writes a state as one of its nodes, or sends a
run to one, decides in their place: that is for those who may do all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from podium.core.errors import NotAllowed
from podium.runtime.serving.states import Place, Update
from podium.server.auth import Caller
from podium.server.services import Services

if TYPE_CHECKING:
    from podium.server.models.runs import RunCommand
    from podium.storage.threads import ThreadRecord

_INPUTS: Final = ("__start__", "__input__")
"""Updates as these are what an input is."""
_WITHOUT_VALUES: Final = ("__copy__", "__end__")
"""Updates as these that bring no values branch a thread, or end what is left to do."""


async def check_command(
    services: Services, who: Caller, graph_id: str, command: RunCommand | None, *, answers: bool = False
) -> None:
    """Refuse a run that decides what is not the caller's to decide.

    Args:
        services: The server's parts.
        who: Asks for it.
        graph_id: The graph.
        command: What the run does first.
        answers: Whether its configuration brings answers to what waits.

    Raises:
        NotAllowed: It does.
        UnknownName: There is no such graph.
    """
    if command is None and not answers:
        return
    if not await services.threads.states.is_governed(graph_id):
        return
    if answers or (command is not None and command.resume is not None):
        who.need("approve")
    if command is None:
        return
    if command.update is not None or command.goto not in (None, "__end__", ["__end__"]):
        who.need("admin")


def check_ending(who: Caller, ending: str | None) -> None:
    """Refuse to have runs rolled back by who decides nothing: what they did outside is taken back too.

    Args:
        who: Asks for it.
        ending: How runs are ended, by being cancelled or in favour of another.

    Raises:
        NotAllowed: It rolls them back, and the caller may not.
    """
    if ending == "rollback" and not who.may("approve"):
        raise NotAllowed(
            "a run that is rolled back has its actions undone: the key lacks the scope 'approve'",
            hint="Say 'interrupt', which leaves them as they are, or ask as an approver.",
        )


async def check_updates(
    services: Services, who: Caller, thread: ThreadRecord, place: Place, updates: Iterable[Update]
) -> None:
    """Refuse changes of a thread's state that decide what is not the caller's to decide.

    Raises:
        NotAllowed: They do.
        UnknownName: The thread's graph is not served.
    """
    harmful = [update for update in updates if not _is_harmless(update)]
    states = services.threads.states
    graph_id = await states.graph_of(thread) if harmful else None
    if graph_id is not None and await states.is_governed(graph_id, place):
        who.need("admin")


def _is_harmless(update: Update) -> bool:
    if update.command is not None:
        return False
    return update.as_node in _INPUTS or (update.values is None and update.as_node in _WITHOUT_VALUES)
