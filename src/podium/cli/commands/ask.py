"""`podium ask`: one turn."""

from __future__ import annotations

from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ModelOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def ask(
    text: Annotated[
        str | None, typer.Argument(help="What you want; '-' or nothing reads standard input.")
    ] = None,
    thread: Annotated[
        str | None, typer.Option("--thread", metavar="ID", help="Go on with this conversation.")
    ] = None,
    model: ModelOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Ask once, or have something done."""
    from podium.cli.reading import request_text
    from podium.cli.replying import finish
    from podium.cli.session import opened, run_turn

    request = request_text(text)
    with opened(project, model=model) as podium:
        reply = run_turn(podium, lambda: podium.stream(request, thread_id=thread))
    finish(reply, as_json=as_json)
