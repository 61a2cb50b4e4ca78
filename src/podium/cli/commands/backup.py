"""`podium backup`: a copy of what is stored, made while the server runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def backup(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The file; one in .podium/backups without it.")
    ] = None,
    knowledge: Annotated[
        bool, typer.Option("--knowledge/--no-knowledge", help="With the index of the knowledge base.")
    ] = True,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Copy threads, runs, effects, audit, world and knowledge into one file, also while a server runs."""
    from podium.app.backup import back_up
    from podium.app.project import Project
    from podium.cli.output import console, write_json
    from podium.cli.render.backups import backup_object, show_backup

    made = back_up(Project.open(project), file, knowledge=knowledge)
    if as_json:
        write_json(backup_object(made))
    else:
        show_backup(console(), made)
    if made.manifest.audit.fault:
        console(stderr=True).print(f"warning: the audit chain is broken: {made.manifest.audit.fault}")
        raise typer.Exit(1)
