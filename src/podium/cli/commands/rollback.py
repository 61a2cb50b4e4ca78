"""`podium rollback`: undo what a conversation has done since a point."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption, ThreadArgument

app = typer.Typer(add_completion=False)


@app.command()
def rollback(
    thread: ThreadArgument,
    to: Annotated[
        str,
        typer.Option("--to", metavar="CHECKPOINT", help="The point to go back to, or the start of its id."),
    ],
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="DIGEST", help="Undo only this action; may be repeated."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be undone.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Undo the actions since a checkpoint, then go back to it."""
    from podium.cli.output import console, write_json
    from podium.cli.session import opened
    from podium.core.errors import InputError

    chosen = tuple(only or ())
    with opened(project) as podium:
        if not (dry_run or yes):
            planned = asyncio.run(podium.rollback(thread, to=to, dry_run=True, only=chosen))
            if as_json or not sys.stdin.isatty():
                raise InputError("rolling back needs a yes", hint="Add --yes, or --dry-run to look first.")
            from podium.cli.render.records import rollback_question, show_rollback

            show_rollback(console(), planned)
            if not typer.confirm(rollback_question(planned), err=True):
                raise typer.Exit(1)
        report = asyncio.run(podium.rollback(thread, to=to, dry_run=dry_run, only=chosen))
    if as_json:
        write_json(report.model_dump(mode="json"))
    else:
        from podium.cli.render.records import show_rollback

        show_rollback(console(), report)
    if not (report.complete or dry_run):
        raise typer.Exit(1)
