"""Opening the project for a command, and filling its knowledge base the first time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podium.app.podium import Podium
    from podium.app.results import Reply, StreamEvent


@contextmanager
def opened(folder: Path, *, model: str | None = None) -> Iterator[Podium]:
    """The project in a folder, closed at the end of the block.

    Raises:
        ConfigError: There is no manifest, or it is broken.
    """
    from podium.app.podium import Podium

    with Podium.from_project(folder, model=model) as app:
        yield app


async def ingest_first(app: Podium) -> None:
    """Read the declared documents, with a progress bar on stderr, when none were ever read."""
    from podium.app.ingests import needs_ingest

    if not needs_ingest(app.project):
        return
    from podium.cli.progress import progress_bar

    with progress_bar("Reading the documents, once") as progress:
        await app.ingest(progress=progress)


async def follow(events: AsyncIterator[StreamEvent], told: Callable[[StreamEvent], None]) -> Reply | None:
    """Tell every event of a turn; the reply that ends it."""
    from podium.app.results import Reply

    reply: Reply | None = None
    async for event in events:
        told(event)
        if event.kind == "reply":
            reply = Reply.model_validate(event.data)
    return reply


def run_turn(app: Podium, events: Callable[[], AsyncIterator[StreamEvent]]) -> Reply:
    """Run one turn to its reply; who is at work is shown on stderr where that is a terminal."""

    async def turn() -> Reply:
        await ingest_first(app)
        from podium.cli.progress import status_line

        with status_line() as told:
            reply = await follow(events(), told)
        if reply is None:
            raise RuntimeError("the turn ended without a reply")
        return reply

    return asyncio.run(turn())
