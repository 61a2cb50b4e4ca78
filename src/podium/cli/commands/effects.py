"""`podium effects`: what a conversation has done to the world."""

from __future__ import annotations

import asyncio

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption, ThreadArgument

app = typer.Typer(add_completion=False)


@app.command()
def effects(thread: ThreadArgument, project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """Show what a conversation has done, and what of it can be undone."""
    from podium.cli.output import console, write_json
    from podium.cli.session import opened

    with opened(project) as podium:
        found = asyncio.run(podium.effects(thread))
    if as_json:
        write_json({"effects": [effect.model_dump(mode="json") for effect in found]})
        return
    from podium.cli.render.records import show_effects

    show_effects(console(), found)
