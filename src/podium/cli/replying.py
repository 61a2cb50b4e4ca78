"""Ending a command with a reply: what is printed, and the exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from podium.cli.output import console, write_json

if TYPE_CHECKING:
    from podium.app.results import Reply


def finish(reply: Reply, *, as_json: bool) -> None:
    """Print a reply and exit with the code of its status.

    Raises:
        typer.Exit: Always unless the code is 0.
    """
    from podium.app.results import EXIT_CODES

    if as_json:
        write_json(reply.model_dump(mode="json"))
    else:
        from podium.cli.failures import report
        from podium.cli.render.reply import show_reply

        show_reply(console(), reply)
        if reply.error is not None:
            report(reply.error.code, reply.error.message, reply.error.hint, as_json=False)
    if code := EXIT_CODES[reply.status]:
        raise typer.Exit(code)
