"""`podium dev`: the server for the user of this machine, without a key, following the project's files."""

from __future__ import annotations

from typing import Annotated

import typer

from podium.cli.commands.serve import HostOption, PortOption, RunningOption
from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def dev(
    host: HostOption = None,
    port: PortOption = None,
    reload: Annotated[
        bool, typer.Option("--reload/--no-reload", help="Start again when the project's files change.")
    ] = True,
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the UI, where this is a terminal with one.")
    ] = True,
    max_running: RunningOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Open the UI and serve the project's graphs on this machine, without a key; follow its files."""
    from podium.cli.serving.browser import can_show
    from podium.cli.serving.starting import start

    start(
        project,
        dev=True,
        host=host,
        port=port,
        reload=reload,
        max_running=max_running,
        as_json=as_json,
        browser=browser and can_show(),
    )
