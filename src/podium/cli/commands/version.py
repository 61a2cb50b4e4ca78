"""`podium version`."""

from __future__ import annotations

import typer

from podium.cli.options import JsonOption

app = typer.Typer(add_completion=False)


@app.command()
def version(as_json: JsonOption = False) -> None:
    """Show the version."""
    from podium import __version__
    from podium.cli.output import write_json

    if as_json:
        write_json({"version": __version__})
    else:
        typer.echo(f"podium {__version__}")
