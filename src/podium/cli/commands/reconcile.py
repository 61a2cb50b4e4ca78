"""`podium reconcile`: find out what became of actions that were left open."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def reconcile(
    digest: Annotated[
        str | None, typer.Argument(metavar="[DIGEST]", help="The action that you have looked at.")
    ] = None,
    happened: Annotated[
        bool | None,
        typer.Option(
            "--happened/--did-not-happen", help="What you found; for an undoing, whether it was undone."
        ),
    ] = None,
    result: Annotated[
        str | None, typer.Option("--result", metavar="JSON", help="With --happened: what it gave back.")
    ] = None,
    thread: Annotated[
        str | None, typer.Option("--thread", metavar="THREAD", help="Only this thread.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Ask the tools what became of actions that are in doubt; or say what you found out about one."""
    from podium.cli.output import console, write_json
    from podium.cli.reading import json_object
    from podium.cli.session import opened
    from podium.core.errors import InputError

    if (digest is None) != (happened is None):
        raise InputError(
            "an action and what you found belong together",
            hint="Give DIGEST with --happened or --did-not-happen, or neither.",
        )
    with opened(project) as podium:
        if digest is not None:
            given = None if result is None else json_object(result, "--result")
            effect = asyncio.run(podium.resolve(digest, happened=bool(happened), result=given))
            if as_json:
                write_json({"effect": effect.model_dump(mode="json")})
                return
            from podium.cli.render.records import show_effects

            show_effects(console(), [effect])
            return
        report = asyncio.run(podium.reconcile(thread))
    if as_json:
        write_json(report.model_dump(mode="json"))
    else:
        from podium.cli.render.records import show_reconciled

        show_reconciled(console(), report)
    if report.waiting:
        raise typer.Exit(3)
