"""`podium ingest`: read documents into the knowledge base."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from podium.cli.options import HERE, CollectionOption, JsonOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Files and folders; without any, those of podium.toml.")
    ] = None,
    collection: CollectionOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Read documents into the knowledge base; what has not changed is left alone."""
    from dataclasses import asdict

    from podium.cli.output import console, write_json
    from podium.cli.session import opened

    if as_json:
        with opened(project) as podium:
            report = asyncio.run(podium.ingest(paths or (), collection=collection))
        write_json(asdict(report))
    else:
        from podium.cli.progress import progress_bar
        from podium.cli.render.records import show_ingest

        with opened(project) as podium, progress_bar("Reading") as progress:
            report = asyncio.run(podium.ingest(paths or (), collection=collection, progress=progress))
        show_ingest(console(), report)
    if report.failed:
        raise typer.Exit(1)
