"""`podium triggers`: what begins by itself, what it fired, and what was given up."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, TypeAlias, TypeVar

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from podium.app.triggers import ProjectTriggers
    from podium.runtime.triggers.directory import AnyTrigger
    from podium.storage.firings import Firing

    Counted: TypeAlias = tuple[AnyTrigger, dict[str, int]]
    """A trigger, and how many of its firings wait, have started or are dead."""

T = TypeVar("T")

app = typer.Typer(
    help="See and use what begins by itself: events and schedules.",
    no_args_is_help=True,
    add_completion=False,
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The trigger's name, or its id.")]
EventArgument = Annotated[str, typer.Argument(metavar="EVENT", help="The event's id.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")]


@app.command("list")
def list_(project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """Show all triggers, by name."""
    from podium.cli.output import console, write_json
    from podium.cli.render.triggers import show_triggers, trigger_object

    async def work(triggers: ProjectTriggers) -> list[Counted]:
        return triggers.all()

    found = _with(project, work)
    if as_json:
        write_json({"triggers": [trigger_object(*one) for one in found]})
        return
    show_triggers(console(), found)


@app.command()
def show(name: NameArgument, project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """Show one trigger with its settings."""
    import json

    from podium.cli.output import console, write_json
    from podium.cli.render.triggers import show_triggers, trigger_object

    async def work(triggers: ProjectTriggers) -> Counted:
        return triggers.get(name)

    found = _with(project, work)
    if as_json:
        write_json(trigger_object(*found))
        return
    show_triggers(console(), [found])
    told = trigger_object(*found)["settings"]
    console().print(json.dumps(told, indent=2, ensure_ascii=False))


@app.command("next")
def next_(
    name: NameArgument,
    limit: Annotated[int, typer.Option("--limit", min=1, max=366, help="How many.")] = 5,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show when a schedule fires next, by the clocks of its time zone and in UTC."""
    from zoneinfo import ZoneInfo

    from podium.cli.output import write_json
    from podium.core.clock import to_iso

    async def work(triggers: ProjectTriggers) -> tuple[str, list[datetime]]:
        return triggers.next_times(name, limit)

    zone, times = _with(project, work)
    if as_json:
        write_json({"times": [to_iso(one) for one in times]})
        return
    for one in times:
        typer.echo(f"{one.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M %z} {zone}  {one:%Y-%m-%dT%H:%MZ}")


@app.command()
def run(name: NameArgument, project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """Let a schedule fire now, beside its times; the server carries it out."""

    async def work(triggers: ProjectTriggers) -> tuple[str, Firing]:
        return await triggers.run(name)

    _tell(*_with(project, work), as_json=as_json)


@app.command()
def pause(name: NameArgument, project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """Begin nothing until it is resumed: events wait, times pass."""
    _enable(name, project, as_json, enabled=False)


@app.command()
def resume(name: NameArgument, project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """Let a trigger go on."""
    _enable(name, project, as_json, enabled=True)


@app.command()
def history(
    name: NameArgument, limit: LimitOption = 20, project: ProjectOption = HERE, as_json: JsonOption = False
) -> None:
    """Show what a trigger fired, the latest first."""

    async def work(triggers: ProjectTriggers) -> list[tuple[str, Firing]]:
        named, found = triggers.history(name, None, limit)
        return [(named, one) for one in found]

    _show(_with(project, work), as_json=as_json)


@app.command()
def dead(
    name: Annotated[
        str | None, typer.Argument(metavar="NAME", help="The trigger's name, or its id; all when left out.")
    ] = None,
    limit: LimitOption = 20,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show what was given up and waits for you, the latest first."""

    async def work(triggers: ProjectTriggers) -> list[tuple[str, Firing]]:
        if name is None:
            return triggers.dead(limit)
        named, found = triggers.history(name, "dead", limit)
        return [(named, one) for one in found]

    _show(_with(project, work), as_json=as_json, named=name is None)


@app.command()
def replay(
    name: NameArgument,
    event: EventArgument,
    data: Annotated[
        str | None, typer.Option("--data", metavar="JSON", help="What the event says from now on.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Carry a dead letter out again: from where it failed, or anew with --data."""

    async def work(triggers: ProjectTriggers) -> tuple[str, Firing]:
        return await triggers.replay(name, event, data)

    _tell(*_with(project, work), as_json=as_json)


@app.command()
def send(
    name: NameArgument,
    data: Annotated[str, typer.Argument(metavar="JSON", help="What the event says.")],
    event: Annotated[str, typer.Option("--id", help="The event's id: the same when it is sent again.")] = "",
    version: Annotated[str, typer.Option("--version", help="Of the schema that it follows.")] = "",
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Send an event; the server carries it out."""

    async def work(triggers: ProjectTriggers) -> tuple[Firing, bool]:
        from podium.app.triggers import json_of

        return await triggers.send(name, json_of(data), event, version)

    firing, is_new = _with(project, work)
    _tell(name, firing, as_json=as_json, duplicate=not is_new)


def _with(project: Path, work: Callable[[ProjectTriggers], Awaitable[T]]) -> T:
    from podium.app.project import Project
    from podium.app.triggers import ProjectTriggers

    async def carried_out() -> T:
        async with ProjectTriggers.opened(Project.open(project)) as triggers:
            return await work(triggers)

    return asyncio.run(carried_out())


def _enable(name: str, project: Path, as_json: bool, *, enabled: bool) -> None:
    from podium.cli.output import console, write_json
    from podium.cli.render.triggers import trigger_object

    async def work(triggers: ProjectTriggers) -> Counted:
        await triggers.enable(name, enabled)
        return triggers.get(name)

    found = _with(project, work)
    if as_json:
        write_json(trigger_object(*found))
        return
    console().print(f"{name} goes on." if enabled else f"{name} is paused.")


def _show(found: Sequence[tuple[str, Firing]], *, as_json: bool, named: bool = False) -> None:
    from podium.cli.output import console, write_json
    from podium.cli.render.triggers import firing_object, show_firings

    if as_json:
        write_json({"events": [firing_object(*one) for one in found]})
        return
    show_firings(console(), found, named=named)


def _tell(name: str, firing: Firing, *, as_json: bool, duplicate: bool | None = None) -> None:
    from podium.cli.output import console, write_json
    from podium.cli.render.triggers import firing_object

    if as_json:
        extra = {} if duplicate is None else {"duplicate": duplicate}
        write_json({**firing_object(name, firing), **extra})
        return
    known = ", and was known already" if duplicate else ""
    console().print(f"{firing.event_id} is {firing.status}{known}.")
