"""`podium status`: how the project stands."""

from __future__ import annotations

import asyncio

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def status(project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """Show whether the server is up, what waits, the objectives with their budgets, and the last backup."""
    from podium.app.encryption import open_database
    from podium.app.project import Project
    from podium.app.status import is_serving, server_url, status_of
    from podium.cli.output import console, write_json
    from podium.cli.render.standing import show_status

    opened = Project.open(project)
    with open_database(opened) as database:
        found = asyncio.run(status_of(opened, database))
    said = {"server": {"up": is_serving(opened), "url": server_url(opened)}, **found}
    if as_json:
        write_json(said)
    else:
        show_status(console(), said)
