"""The points of a conversation that people go back to, and all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from rich.text import Text

from podium.cli.render.moments import moment
from podium.cli.render.records import columns
from podium.cli.text import one_line, short_ids
from podium.core.effects import HAPPENED

if TYPE_CHECKING:
    from rich.console import Console

    from podium.app.results import CheckpointView, EffectView

_NOTHING: Final = "Nothing has happened in this conversation yet."
_INPUT: Final = "__start__"
_TURN: Final = 40
_DID: Final = HAPPENED | {"compensating", "compensated", "compensation_in_doubt", "compensation_failed"}
"""What happened once, undone since or not."""


def show_milestones(
    out: Console, points: Sequence[CheckpointView], effects: Sequence[EffectView], thread: str
) -> None:
    """Print the starts and ends of turns, and where they waited or acted, newest first.

    Args:
        out: Where.
        points: All points of the thread, newest first.
        effects: Its ledger.
        thread: As the user names it.
    """
    if not points:
        out.print(_NOTHING)
        return
    table = columns("Checkpoint", "When", "Point", "Turn")
    names = _shortened(points)
    for point, label in milestones(points, effects):
        name = names[point.checkpoint_id]
        table.add_row(name, moment(point.created_at), one_line(label), one_line(point.turn, _TURN))
    out.print(table)
    _show_way_back(out, thread)


def show_checkpoints(out: Console, points: Sequence[CheckpointView], thread: str) -> None:
    """Print every point, newest first."""
    if not points:
        out.print(_NOTHING)
        return
    table = columns("Checkpoint", "When", "After", "Actions", "Then", "Turn")
    names = _shortened(points)
    for point in points:
        table.add_row(
            names[point.checkpoint_id],
            moment(point.created_at),
            point.node or "start",
            str(point.effects or ""),
            _next(point.next),
            one_line(point.turn, _TURN),
        )
    out.print(table)
    _show_way_back(out, thread)


def milestones(
    points: Sequence[CheckpointView], effects: Sequence[EffectView]
) -> Iterator[tuple[CheckpointView, str]]:
    """The points that matter to people, each with what it is; the newest is always among them.

    Args:
        points: All points of a thread, newest first.
        effects: Its ledger.
    """
    known = {point.checkpoint_id: point for point in points}
    for number, point in enumerate(points):
        label = _label(point, known, effects)
        if label or number == 0:
            yield point, label or f"before: {_next(point.next)}"


def _label(point: CheckpointView, known: Mapping[str, CheckpointView], effects: Sequence[EffectView]) -> str:
    """What a point is to people; empty where it is nothing to them."""
    if not point.next:
        return "the turn has ended"
    if "human" in point.next:
        tools = _proposed(point, known, effects)
        return f"before: {', '.join(tools) or 'an answer'} {'wait' if len(tools) > 1 else 'waits'} for you"
    done = [
        effect.tool
        for effect in effects
        if effect.checkpoint_id == point.parent_id and effect.status in _DID and point.node
    ]
    if done:
        return f"after: {', '.join(dict.fromkeys(done))} was done"
    return "the turn begins" if not point.node and _INPUT not in point.next else ""


def _proposed(
    point: CheckpointView, known: Mapping[str, CheckpointView], effects: Sequence[EffectView]
) -> list[str]:
    """The tools whose actions wait at a point: proposed on the way to it, or begun right after."""
    near = {child.checkpoint_id for child in known.values() if child.parent_id == point.checkpoint_id}
    here: CheckpointView | None = point
    while here is not None and here.node:
        near.add(here.checkpoint_id)
        here = known.get(here.parent_id)
    return list(dict.fromkeys(effect.tool for effect in effects if effect.checkpoint_id in near))


def _shortened(points: Sequence[CheckpointView]) -> dict[str, str]:
    """The shortest starts that tell all points apart; ids that begin with a time share much."""
    identifiers = [point.checkpoint_id for point in points]
    length = 8
    while length < 36 and len({name[:length] for name in identifiers}) < len(identifiers):
        length += 1
    return {name: name[:length] for name in identifiers}


def _show_way_back(out: Console, thread: str) -> None:
    command = f"podium rollback {short_ids(thread)} --to CHECKPOINT --dry-run"
    out.print(Text(f"Go back to one: {command}", "dim"))


def _next(nodes: Sequence[str]) -> str:
    return ", ".join("start" if node == _INPUT else node for node in nodes) or "end of turn"
