"""How a project's standing is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def show_status(out: Console, said: dict[str, Any]) -> None:
    """Print how a project stands."""
    queue, people, dead = said["queue"], said["people"], said["dead_letters"]
    backup = said["last_backup"]
    out.print(f"Server      {'up' if said['server']['up'] else 'not running'}")
    out.print(f"Runs        {queue['running']} running, {queue['pending']} waiting")
    out.print(
        f"People      {people['waiting_threads']} threads wait, {people['unclear_effects']} effects unclear"
    )
    out.print(f"Given up    {sum(dead.values())}")
    out.print(f"Backup      {backup['at'] if backup else 'none'}")
    objectives = said["objectives"]
    for one in objectives["measured"]:
        value = "nothing measured" if one["value"] is None else f"{one['value']:g} of {one['target']:g}"
        met = "met" if one["met"] else "missed"
        left = f"{one['budget_left']:.0%} of the budget left"
        out.print(f"{one['name']}: {value}, {met}, {left}, over {objectives['window_days']:g} days")
