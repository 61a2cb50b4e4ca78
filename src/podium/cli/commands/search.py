"""`podium search`: look into the knowledge base."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from podium.cli.options import HERE, CollectionOption, JsonOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="A question, or words.")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, metavar="N", help="How many passages at most.")] = 8,
    collection: CollectionOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Search the documents and the sources beside them; the best passage first."""
    from podium.cli.output import console, write_json
    from podium.cli.session import ingest_first, opened

    def warn(source: str) -> None:
        typer.echo(f"the source {source} could not be asked", err=True)

    with opened(project) as podium, asyncio.Runner() as runner:
        runner.run(ingest_first(podium))
        found = runner.run(podium.search(text, k=k, collection=collection, failed=warn))
    if as_json:
        write_json({"query": text, "results": [item.model_dump(mode="json") for item in found]})
        return
    from podium.cli.render.records import show_evidence

    show_evidence(console(), found)
