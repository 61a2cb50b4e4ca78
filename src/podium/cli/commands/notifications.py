"""`podium notifications`: who was told of what, and whether it arrived."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(
    help="See what people were told, try again what did not arrive, and test a channel.",
    no_args_is_help=True,
    add_completion=False,
)

ChannelOption = Annotated[
    str | None, typer.Option("--channel", metavar="NAME", help="Only over this channel.")
]


@app.command("list")
def list_(
    status: Annotated[
        str, typer.Option("--status", help="Only these: waiting, delivered, failed or obsolete.")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most; the latest.")] = 50,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show notifications by channel, the latest first."""
    from podium.app.notifications import Notifications, status_of
    from podium.app.project import Project
    from podium.cli.output import console, write_json
    from podium.cli.render.notifications import letter_object, show_letters

    wanted = status_of(status)
    with Notifications.opened(Project.open(project)) as notifications:
        found = notifications.letters(status=wanted, limit=limit)
    if as_json:
        write_json({"notifications": [letter_object(letter) for letter in found]})
        return
    show_letters(console(), found)


@app.command()
def retry(
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Which, or the starts of their ids; else all."),
    ] = None,
    channel: ChannelOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Try at once what waits or has failed."""
    from podium.app.notifications import Notifications
    from podium.app.project import Project
    from podium.cli.output import console, write_json
    from podium.cli.render.notifications import letter_object, show_letters

    with Notifications.opened(Project.open(project)) as notifications:
        found = asyncio.run(notifications.retry(ids or (), channel=channel))
    if as_json:
        write_json({"notifications": [letter_object(letter) for letter in found]})
    elif found:
        show_letters(console(), found)
    else:
        console().print("Nothing waits and nothing has failed.")
    if any(letter.status in ("waiting", "failed") for letter in found):
        raise typer.Exit(1)


@app.command("test")
def send_test(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="A channel of podium.toml.")],
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Send a notification that says that it is a test."""
    from podium.app.notifications import Notifications
    from podium.app.project import Project
    from podium.cli.output import console, write_json

    with Notifications.opened(Project.open(project)) as notifications:
        sent = asyncio.run(notifications.test(channel))
    if as_json:
        write_json({"channel": channel, "notification": sent.as_json()})
        return
    console().print(f"{channel} took it: {sent.id}.")
