"""`podium restore`: bring back what a backup holds."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of 'podium backup'.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace what is there; it is kept as a copy.")] = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Check a backup, and put what it holds in the place of what is stored."""
    from podium.app.project import Project
    from podium.app.restoring import restore as bring_back
    from podium.cli.output import console, write_json
    from podium.cli.render.backups import restored_object, show_restored
    from podium.core.principal import local_principal

    restored = bring_back(Project.open(project), file, who=local_principal().id, over=yes)
    if as_json:
        write_json(restored_object(restored))
    else:
        show_restored(console(), restored)
