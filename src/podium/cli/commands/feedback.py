"""`podium feedback`: what a person thinks of an answer."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption, ThreadArgument

app = typer.Typer(add_completion=False)


@app.command()
def feedback(
    thread: ThreadArgument,
    rating: Annotated[
        int | None, typer.Option("--rating", min=-1, max=1, help="From -1, bad, to 1, good.")
    ] = None,
    correction: Annotated[
        str, typer.Option("--correction", metavar="TEXT", help="What the answer should have been.")
    ] = "",
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")] = "",
    run: Annotated[
        str | None, typer.Option("--run", metavar="ID", help="The run that is meant; the latest by default.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Say what you think of an answer; it is kept with the conversation."""
    from podium.cli.output import console, write_json
    from podium.cli.session import opened

    with opened(project) as podium:
        given = podium.feedback(thread, rating=rating, correction=correction, reason=reason, run_id=run)
        asyncio.run(given)
    if as_json:
        write_json({"thread": thread, "rating": rating, "correction": correction, "reason": reason})
    else:
        console().print("Thank you, it is noted.")
