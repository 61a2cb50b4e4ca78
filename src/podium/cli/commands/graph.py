"""`podium graph`: a picture of the project's graph."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def graph(
    form: Annotated[
        Literal["mermaid", "png"], typer.Option("--format", help="Text, or a picture.")
    ] = "mermaid",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there instead of to stdout.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Draw the graph, without any connection."""
    from podium.cli.output import write_json
    from podium.cli.session import opened
    from podium.cli.writing import write_file

    if form == "png" and output is None and (as_json or sys.stdout.isatty()):
        output = Path("graph.png")
    with opened(project) as podium:
        drawn = podium.graph_mermaid().encode() if form == "mermaid" else podium.graph_png()
    if output is not None:
        write_file(output, drawn)
    if as_json:
        shown = {"file": str(output)} if output is not None else {"mermaid": drawn.decode()}
        write_json({"format": form, **shown})
    elif output is not None:
        typer.echo(f"Wrote {output}.", err=True)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(drawn)
        sys.stdout.buffer.flush()
