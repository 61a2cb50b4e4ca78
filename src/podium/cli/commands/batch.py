"""`podium batch`: many requests."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from podium.cli.options import HERE, JsonOption, ModelOption, ProjectOption

if TYPE_CHECKING:
    from podium.app.batch_results import BatchReport

app = typer.Typer(add_completion=False)


@app.command()
def batch(
    file: Annotated[Path, typer.Argument(metavar="FILE", help='Lines such as {"id": "q-1", "text": "…"}.')],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where results go; beside the requests by default."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Run at most so many lines this time.")
    ] = None,
    concurrency: Annotated[
        int, typer.Option("--concurrency", min=1, max=256, metavar="N", help="How many at a time.")
    ] = 4,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Run those again that failed.")
    ] = False,
    model: ModelOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Run many requests, one a line; run again, it goes on where it stopped."""
    from podium.cli.output import console, write_json
    from podium.cli.progress import progress_bar
    from podium.cli.session import ingest_first, opened

    with opened(project, model=model) as podium, asyncio.Runner() as runner:
        runner.run(ingest_first(podium))
        with progress_bar("Asking") as progress:
            report = runner.run(
                podium.batch(
                    file,
                    out=out,
                    limit=limit,
                    concurrency=concurrency,
                    retry_failed=retry_failed,
                    progress=progress,
                )
            )
    if as_json:
        write_json(report.model_dump(mode="json"))
    else:
        console().print(_told(report))
    if report.exit_code:
        raise typer.Exit(report.exit_code)


def _told(report: BatchReport) -> str:
    counts = ", ".join(f"{number} {status}" for status, number in report.statuses.items())
    left = report.total - report.done
    rest = f" {left} left: the same command goes on." if left else ""
    return f"{report.done} of {report.total} lines have a result ({counts or 'none'}), in {report.out}.{rest}"
