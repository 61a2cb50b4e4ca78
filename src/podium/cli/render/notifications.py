"""Notifications as people and programs read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from podium.cli.render.moments import moment
from podium.cli.render.records import columns
from podium.cli.text import one_line

if TYPE_CHECKING:
    from rich.console import Console

    from podium.storage.outbox import Letter

_ID: Final = 12
_WIDTH: Final = 72


def letter_object(letter: Letter) -> dict[str, Any]:
    """A notification on one channel, for programs."""
    held = asdict(letter)
    return {**{name: value for name, value in held.items() if name != "payload"}, "sent": letter.payload}


def show_letters(out: Console, letters: Sequence[Letter]) -> None:
    """Print notifications, one a line; why one has not arrived stands below it."""
    if not letters:
        out.print("Nobody was told of anything.")
        return
    table = columns("ID", "When", "Channel", "State", "What")
    for letter in letters:
        table.add_row(
            letter.id[:_ID],
            moment(letter.at),
            letter.channel,
            _state(letter),
            one_line(str(letter.payload.get("subject", "")), _WIDTH),
        )
        if letter.error and letter.status in ("waiting", "failed"):
            table.add_row("", "", "", "", one_line(letter.error, _WIDTH))
    out.print(table)


def _state(letter: Letter) -> str:
    tries = f"{letter.attempts} {'attempt' if letter.attempts == 1 else 'attempts'}"
    match letter.status:
        case "waiting" if letter.attempts:
            return f"waiting, {tries}, next {moment(letter.due_at)}"
        case "failed":
            return f"failed, {tries}"
        case other:
            return other
