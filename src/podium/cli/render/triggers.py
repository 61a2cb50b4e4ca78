"""Triggers and what they fired, as people and programs read them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from podium.cli.render.moments import moment
from podium.cli.render.records import columns
from podium.cli.text import one_line
from podium.runtime.triggers.directory import id_of, name_of, settings_of
from podium.storage.crons import Cron

if TYPE_CHECKING:
    from rich.console import Console

    from podium.runtime.triggers.directory import AnyTrigger
    from podium.storage.firings import Firing


def trigger_object(trigger: AnyTrigger, counts: Mapping[str, int]) -> dict[str, Any]:
    """A trigger, for programs."""
    schedule = trigger if isinstance(trigger, Cron) else None
    return {
        "name": name_of(trigger),
        "trigger_id": id_of(trigger),
        "kind": "schedule" if schedule else "event",
        "source": trigger.source or "api",
        "owner": trigger.owner,
        "paused": not trigger.enabled,
        "next_at": schedule.next_run_at if schedule and schedule.enabled else None,
        **{status: counts.get(status, 0) for status in ("waiting", "started", "dead")},
        "settings": settings_of(trigger),
    }


def firing_object(name: str, firing: Firing) -> dict[str, Any]:
    """A firing, for programs."""
    return {
        "trigger": name,
        "event_id": firing.event_id,
        "kind": firing.kind,
        "status": firing.status,
        "at": firing.at,
        "due_at": firing.due_at,
        "started_at": firing.started_at,
        "ended_at": firing.ended_at,
        "attempts": firing.attempts,
        "thread_id": firing.thread_id or None,
        "run_id": firing.run_id or None,
        "error": firing.error,
        "event": dict(firing.event),
    }


def show_triggers(out: Console, found: Sequence[tuple[AnyTrigger, Mapping[str, int]]]) -> None:
    """Print triggers, one a line."""
    if not found:
        out.print("No triggers yet. Declare one in podium.toml: [triggers.NAME]")
        return
    table = columns("Name", "Begins", "Runs", "Next", "Waiting", "Dead")
    for trigger, counts in found:
        told = settings_of(trigger)
        begins = f"{trigger.schedule} {trigger.timezone}" if isinstance(trigger, Cron) else "with events"
        due = trigger.next_run_at if isinstance(trigger, Cron) else None
        when = "paused" if not trigger.enabled else moment(due) if due else ""
        numbers = [str(counts.get(status, 0)) for status in ("waiting", "dead")]
        table.add_row(one_line(name_of(trigger), 40), begins, one_line(told["graph"], 40), when, *numbers)
    out.print(table)


def show_firings(out: Console, found: Sequence[tuple[str, Firing]], *, named: bool = False) -> None:
    """Print firings, one a line.

    Args:
        out: Where to.
        found: Each after the name of its trigger.
        named: Whether the names are shown.
    """
    if not found:
        out.print("Nothing here.")
        return
    first = ["Trigger"] if named else []
    table = columns(*first, "Event", "Taken", "Status", "Failures", "Run", "Error")
    for name, one in found:
        table.add_row(
            *([one_line(name, 40)] if named else []),
            one_line(one.event_id, 40),
            moment(one.at),
            one.status,
            str(one.attempts),
            one.run_id[:8],
            one_line(one.error, 60),
        )
    out.print(table)
