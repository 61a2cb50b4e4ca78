"""`podium chat`: a conversation."""

from __future__ import annotations

from typing import Annotated

import typer

from podium.cli.options import HERE, ModelOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def chat(
    thread: Annotated[
        str | None, typer.Option("--thread", metavar="ID", help="Go on with this conversation.")
    ] = None,
    model: ModelOption = None,
    project: ProjectOption = HERE,
) -> None:
    """Talk with the agents."""
    from podium.cli.chat.conversation import converse
    from podium.cli.session import opened

    with opened(project, model=model) as podium:
        converse(podium, thread)
