"""`podium config`: every setting, and which of them the project sets."""

from __future__ import annotations

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(help="Explain the settings.", no_args_is_help=True, add_completion=False)


@app.callback()
def config() -> None:
    """Explain the settings."""


@app.command()
def show(project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """Show every setting; those that podium.toml does not set are marked as defaults."""
    from podium.app.project import Project
    from podium.cli.output import write_json

    opened = Project.open(project)
    values = opened.manifest.model_dump(mode="json")
    if as_json:
        write_json({"project_folder": str(opened.folder), "config": values})
        return
    from podium.cli.render.settings import as_toml

    given = opened.manifest.model_dump(mode="json", exclude_unset=True)
    typer.echo(as_toml(values, given), nl=False)
