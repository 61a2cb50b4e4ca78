"""`podium threads`: the conversations."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption, ThreadArgument

app = typer.Typer(help="List and read conversations.", no_args_is_help=True, add_completion=False)


@app.command("list")
def list_threads(
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most.")] = 50,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """List the conversations, the latest first."""
    from podium.cli.output import console, write_json
    from podium.cli.session import opened

    with opened(project) as podium:
        found = asyncio.run(podium.threads(limit=limit))
    if as_json:
        write_json({"threads": [thread.model_dump(mode="json") for thread in found]})
        return
    from podium.cli.render.records import show_threads

    show_threads(console(), found)


@app.command()
def show(thread: ThreadArgument, project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """Show what was said, and what waits for you."""
    from podium.cli.output import console, write_json
    from podium.cli.session import opened

    with opened(project) as podium, asyncio.Runner() as runner:
        said = runner.run(podium.transcript(thread))
        waiting = runner.run(podium.pending(thread))
    if as_json:
        messages = [{"speaker": speaker, "text": text} for speaker, text in said]
        write_json(
            {
                "thread": thread,
                "transcript": messages,
                "interrupts": [item.model_dump(mode="json") for item in waiting],
            }
        )
        return
    from podium.cli.render.records import show_transcript

    show_transcript(console(), said, waiting)


@app.command()
def history(
    thread: ThreadArgument,
    everything: Annotated[bool, typer.Option("--all", help="Show every checkpoint.")] = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show the points a conversation can go back to, newest first."""
    from podium.cli.output import console, write_json
    from podium.cli.session import opened

    with opened(project) as podium, asyncio.Runner() as runner:
        found = runner.run(podium.history(thread))
        effects = runner.run(podium.effects(thread))
    if as_json:
        write_json({"thread": thread, "checkpoints": [point.model_dump(mode="json") for point in found]})
        return
    from podium.cli.render.history import show_checkpoints, show_milestones

    if everything:
        show_checkpoints(console(), found, thread)
    else:
        show_milestones(console(), found, effects, thread)


@app.command()
def fork(
    thread: ThreadArgument,
    at: Annotated[
        str | None, typer.Option("--at", metavar="CHECKPOINT", help="The point to go on from.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Copy a conversation to try something; the copy only simulates its actions."""
    from podium.cli.output import console, write_json
    from podium.cli.session import opened

    with opened(project) as podium:
        copy = asyncio.run(podium.fork(thread, at=at))
    if as_json:
        write_json({"thread_id": copy, "simulates": True})
        return
    console().print(f"Copied to {copy}. It only simulates; 'podium threads live {copy}' lets it act.")


@app.command()
def live(thread: ThreadArgument, project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """Let a copied conversation act from now on."""
    from podium.cli.output import console, write_json
    from podium.cli.session import opened

    with opened(project) as podium:
        asyncio.run(podium.go_live(thread))
    if as_json:
        write_json({"thread": thread, "simulates": False})
        return
    console().print("It acts from now on.")
