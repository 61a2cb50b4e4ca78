"""What moves on stderr while work goes on: a bar, or who is at work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from podium.app.results import StreamEvent

AT_WORK: Final = {
    "admit": "checking the request",
    "plan": "planner is planning",
    "retrieve": "retriever is searching",
    "execute": "executor is drafting",
    "critique": "critic is checking",
    "human": "asking you",
    "commit": "carrying out actions",
    "respond": "answering",
}


@contextmanager
def progress_bar(title: str) -> Iterator[Callable[[int, int, str], None]]:
    """A bar on stderr; on no terminal, a line at the start and one at the end."""
    from podium.cli.output import console
    from podium.cli.text import one_line

    out = console(stderr=True)
    if not sys.stderr.isatty():
        out.print(f"{title} …")
        counted = [0]

        def count(done: int, total: int, source: str) -> None:  # noqa: ARG001 - one signature for both
            counted[0] = total

        yield count
        out.print(f"{title}: {counted[0]} done")
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[source]}", style="dim"),
    )
    with Progress(*columns, console=out, transient=False) as bar:
        task = bar.add_task(title, total=None, source="")

        def show(done: int, total: int, source: str) -> None:
            bar.update(task, completed=done, total=total, source=one_line(source, 40))

        yield show
        bar.update(task, source="")


@contextmanager
def status_line() -> Iterator[Callable[[StreamEvent], None]]:
    """Shows on stderr who is at work; nothing where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from podium.cli.output import console

    with console(stderr=True).status("starting") as status:

        def told(event: StreamEvent) -> None:
            if event.kind == "node" and event.data.get("phase") == "start":
                status.update(AT_WORK.get(event.node, event.node))

        yield told
