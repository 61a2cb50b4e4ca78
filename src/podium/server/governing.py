"""What clients may set in threads of the app's own graph.

Its nodes decide what may be done, and people approve it. Who writes a state as one of its nodes, or sends a
run to one, decides in their place: that is for those who may do all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from podium.runtime.serving.states import Update
from podium.server.auth import Caller
from podium.server.services import Services

if TYPE_CHECKING:
    from podium.server.models.runs import RunCommand

_INPUTS: Final = ("__start__", "__input__")
"""Updates as these are what an input is."""
_WITHOUT_VALUES: Final = ("__copy__", "__end__")
"""Updates as these that bring no values branch a thread, or end what is left to do."""


def check_command(services: Services, who: Caller, graph_id: str, command: RunCommand | None) -> None:
    """Refuse a run's command that decides what is not the caller's to decide.

    Raises:
        NotAllowed: It does.
    """
    if command is None or graph_id != services.graphs.own:
        return
    if command.resume is not None:
        who.need("approve")
    if command.update is not None or command.goto not in (None, "__end__", ["__end__"]):
        who.need("admin")


def check_updates(services: Services, who: Caller, graph_id: str | None, updates: Iterable[Update]) -> None:
    """Refuse changes of a state that decide what is not the caller's to decide.

    Raises:
        NotAllowed: They do.
    """
    if graph_id is not None and graph_id == services.graphs.own:
        for update in updates:
            if not _is_harmless(update):
                who.need("admin")


def _is_harmless(update: Update) -> bool:
    if update.command is not None:
        return False
    return update.as_node in _INPUTS or (update.values is None and update.as_node in _WITHOUT_VALUES)
