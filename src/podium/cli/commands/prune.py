"""`podium prune`: let old data go."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def prune(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    vacuum: Annotated[
        bool, typer.Option("--vacuum", help="Then write the file anew, smaller; nobody else may use it.")
    ] = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Delete what is older than [retention] in podium.toml says; never effects or audit records."""
    from podium.app.encryption import open_database
    from podium.app.project import Project
    from podium.app.retention import prune_project
    from podium.cli.output import console, write_json
    from podium.core.clock import SystemClock
    from podium.core.errors import InputError
    from podium.storage.copying import shrink
    from podium.storage.retention import free_bytes

    opened = Project.open(project)
    if not opened.database.exists():
        raise InputError(f"nothing is stored in {opened.folder}", hint="There is nothing to delete.")
    settings = opened.manifest.retention
    with open_database(opened) as database:
        swept = asyncio.run(prune_project(database, settings, SystemClock(), dry_run=dry_run))
        free = database.read(free_bytes)
    if vacuum and not dry_run:
        free = shrink(opened.database)
    if as_json:
        write_json({"dry_run": dry_run, **swept.as_json(), "free_bytes": free})
        return
    if not settings.model_dump(exclude_none=True):
        console().print("Nothing is let go: [retention] in podium.toml names nothing, such as threads = 90.")
    verb = "Would delete" if dry_run else "Deleted"
    console().print(
        f"{verb} {swept.threads} threads, {swept.histories} histories, {swept.runs} runs,"
        f" {swept.streams} streams, {swept.events} events."
    )
    if swept.kept:
        console().print(f"{swept.kept} threads are kept for now: somebody works on them.")
    if free:
        console().print(f"{free:,} bytes of the file are free, and are used before it grows.")
