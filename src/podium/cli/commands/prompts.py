"""`podium prompts`: what the agents are told, and how it changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(help="List, read and compare prompts.", no_args_is_help=True, add_completion=False)

RoleArgument = Annotated[str, typer.Argument(metavar="ROLE", help="planner, retriever, executor or critic.")]
VersionOption = Annotated[
    str | None,
    typer.Option("--version", metavar="HASH", help="The start of a prompt's hash, or built-in."),
]


@app.command("list")
def list_prompts(
    every: Annotated[bool, typer.Option("--all", help="Also those that runs have used before.")] = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """List the prompts in force, with version and hash."""
    from podium.app.project import Project
    from podium.app.prompts import ProjectPrompts
    from podium.cli.output import console, write_json

    prompts = ProjectPrompts(Project.open(project))
    found = [*prompts.current(), *(prompts.earlier() if every else ())]
    if as_json:
        write_json({"prompts": [prompt.model_dump(mode="json") for prompt in found]})
        return
    from podium.cli.render.prompts import show_prompts

    show_prompts(console(), found)


@app.command()
def show(
    role: RoleArgument,
    version: VersionOption = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead of to stdout.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Print the whole file of a prompt."""
    from podium.app.project import Project
    from podium.app.prompts import ProjectPrompts
    from podium.cli.output import write_json

    prompt, text = ProjectPrompts(Project.open(project)).text(role, version)
    if output is not None:
        from podium.cli.writing import write_file

        write_file(output, text.encode())
    if as_json:
        write_json({"prompt": prompt.model_dump(mode="json"), "text": text})
    elif output is not None:
        typer.echo(f"Wrote {output}.", err=True)
    else:
        typer.echo(text, nl=not text.endswith("\n"))


@app.command()
def diff(
    role: Annotated[str | None, typer.Argument(metavar="[ROLE]", help="One role; without, all.")] = None,
    version: VersionOption = None,
    run: Annotated[
        str | None, typer.Option("--run", metavar="ID", help="Compare with what this run has used.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show how prompts differ from the built-in ones, from an earlier version, or since a run."""
    from podium.app.project import Project
    from podium.app.prompts import ProjectPrompts
    from podium.cli.output import console, write_json
    from podium.core.errors import InputError

    if version is not None and (run is not None or role is None):
        raise InputError("--version compares one role's prompt", hint="Name the role, or give --run instead.")
    changes = ProjectPrompts(Project.open(project)).changes(role, version=version, run=run)
    if as_json:
        write_json({"changes": [change.model_dump(mode="json") for change in changes]})
        return
    from podium.cli.render.prompts import show_changes

    show_changes(console(), changes)
