"""`podium new`: start a project."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from podium.cli.options import JsonOption

if TYPE_CHECKING:
    from podium.app.templates import NewProject

app = typer.Typer(add_completion=False)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or an empty folder.")],
    template: Annotated[
        str | None,
        typer.Option(
            "--template",
            metavar="NAME",
            help="What to start from: 'blank', or an example to take apart, the default.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Start a project in a folder."""
    from podium.app.templates import new_project
    from podium.cli.output import console, write_json

    made = new_project(folder, template)
    if as_json:
        write_json({"project_folder": str(made.folder), "name": made.name, "template": made.template})
        return
    out = console()
    out.print(f"Made the project {made.name} from {made.template}. Next:")
    for command in _next_commands(made):
        out.print(f"  {command}")


def _next_commands(made: NewProject) -> list[str]:
    here = made.folder == Path.cwd()
    enter = [] if here else [f"cd {shlex.quote(os.path.relpath(made.folder))}"]
    read = [] if made.has_documents else ["podium ingest FOLDER_OF_DOCUMENTS"]
    return [*enter, *read, 'podium ask "…"']
