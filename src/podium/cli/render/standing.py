"""How a project's standing is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from podium.cli.render.moments import moment

if TYPE_CHECKING:
    from rich.console import Console

    from podium.app.objectives import ObjectiveName


class _Wording(NamedTuple):
    """How an objective is told.

    Attributes:
        about: What it is about.
        form: How its values are written.
        bound: Which way it bounds them.
    """

    about: str
    form: str
    bound: str


_WORDINGS: Final[dict[ObjectiveName, _Wording]] = {
    "latency_p95": _Wording("95 of 100 runs end in", "{:.3g} s", "at most"),
    "success": _Wording("runs that succeed", "{:.1%}", "at least"),
    "escalation": _Wording("runs that go to a person", "{:.1%}", "at most"),
    "override": _Wording("proposals that people change", "{:.1%}", "at most"),
    "cost_per_success": _Wording("a turn that ends well costs", "{:.4g}", "at most"),
}


def show_status(out: Console, said: dict[str, Any]) -> None:
    """Print how a project stands."""
    queue, people, dead = said["queue"], said["people"], said["dead_letters"]
    server, backup = said["server"], said["last_backup"]
    up = f"up at {server['url']}" if server["up"] else f"nothing answers at {server['url']}"
    out.print(f"Server      {up}")
    out.print(f"Runs        {queue['running']} running, {queue['pending']} waiting")
    waiting, unclear = people["waiting_threads"], people["unclear_effects"]
    out.print(
        f"People      {waiting} {'thread waits' if waiting == 1 else 'threads wait'},"
        f" {unclear} {'effect is' if unclear == 1 else 'effects are'} unclear"
    )
    given_up = [f"{number} {what}" for what, number in dead.items() if number]
    out.print(f"Given up    {', '.join(given_up) or 'nothing'}")
    out.print(f"Backup      {moment(backup['at']) if backup else 'none'}")
    objectives = said["objectives"]
    if objectives["measured"]:
        out.print(f"Objectives  of the last {objectives['window_days']:g} days:")
    for one in objectives["measured"]:
        out.print(f"  {_aim(one)}")


def _aim(one: dict[str, Any]) -> str:
    about, form, bound = _WORDINGS[one["name"]]
    aim = f"{bound} {form.format(one['target'])}"
    if one["value"] is None:
        return f"{one['name']}: nothing measured yet (aim: {aim})"
    mark, budget = "met" if one["met"] else "missed", one["budget_left"]
    left = f"{budget:.0%} of the error budget is left" if budget >= 0 else "the error budget is overdrawn"
    return f"{one['name']}: {about} {form.format(one['value'])}, {mark} (aim: {aim}); {left}"
