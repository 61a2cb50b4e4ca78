"""What a server tells the person who started it, and the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from podium.cli.serving import browser

if TYPE_CHECKING:
    from podium.cli.serving.plan import ServePlan


@dataclass(frozen=True, slots=True)
class Started:
    """A server that takes requests.

    Attributes:
        project: The project's name.
        url: Where it listens.
        graphs: What it serves.
        broken: What is wrong with graphs that it cannot serve, one line each.
        warnings: What in the project's files has no effect, one line each.
        seconds: How long it took to start.
        dev: Whether it is for development.
    """

    project: str
    url: str
    graphs: Sequence[str]
    broken: Sequence[str]
    warnings: Sequence[str]
    seconds: float
    dev: bool


def tell_started(started: Started, *, plan: ServePlan, again: bool) -> None:
    """Say where the server is and what it serves, and show it where that is wanted.

    Args:
        started: The server.
        plan: What it was started with: whether a program reads this, and whether a browser is opened.
        again: Whether it was started before, so that only what is new is said.
    """
    if plan.as_json:
        _tell_program(started)
        return
    from podium.cli.output import console

    shown = console(stderr=True)
    for line in started.warnings:
        shown.print(f"warning: {line}")
    for line in started.broken:
        shown.print(f"broken: {line}")
    if again:
        shown.print(f"Started again in {started.seconds:.1f} s.")
        return
    shown.print(f"Podium serves {started.project}")
    shown.print(f"  UI      {started.url}/ui/")
    shown.print(f"  API     {started.url}")
    if started.dev:
        shown.print(f"  Docs    {started.url}/docs")
    shown.print(f"  Graphs  {', '.join(started.graphs) or 'none'}")
    shown.print("Ctrl-C ends it." if started.dev else "SIGTERM or ctrl-c ends it, once running work is done.")
    if plan.browser:
        browser.show(f"{started.url}/ui/")


def tell(line: str) -> None:
    """Say one thing on stderr."""
    from podium.cli.output import console

    console(stderr=True).print(line)


def _tell_program(started: Started) -> None:
    import sys

    from podium.cli.output import write_json

    write_json(
        {
            "url": started.url,
            "project": started.project,
            "graphs": list(started.graphs),
            "broken": list(started.broken),
            "warnings": list(started.warnings),
        }
    )
    sys.stdout.flush()
