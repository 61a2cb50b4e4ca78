"""Showing a turn while it runs: who is at work, the answer as it comes, and what stands behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from podium.cli.progress import AT_WORK
from podium.cli.render.reply import show_details
from podium.cli.render.words import STATUS
from podium.cli.text import one_line, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

    from podium.app.results import Reply, StreamEvent


class Display:
    """Shows one turn.

    Args:
        out: Where it is shown.
    """

    def __init__(self, out: Console) -> None:
        self._out = out
        self._status: Status | None = None
        self._speaking = False
        self._said = False

    def start(self, what: str) -> None:
        """Show what is being waited for, on a line that vanishes; nothing where there is no terminal."""
        if self._out.is_terminal:
            self._status = self._out.status(what)
            self._status.start()

    def stop(self) -> None:
        """Take the status line away and end a line that was begun."""
        if self._status is not None:
            self._status.stop()
            self._status = None
        if self._speaking:
            self._out.print()
            self._speaking = False

    def told(self, event: StreamEvent) -> None:
        """Show one event."""
        match event.kind:
            case "node":
                if event.data.get("phase") == "start":
                    self._work(AT_WORK.get(event.node, event.node))
            case "token":
                self._say(str(event.data.get("text", "")))
            case "note":
                self._aside(str(event.data.get("text", "")))
            case "action":
                self._work(f"{event.data.get('tool', 'action')}: {event.data.get('status', '')}")
            case "run" | "plan" | "evidence" | "confidence" | "interrupt" | "reply" | "error":
                return

    def finish(self, reply: Reply) -> None:
        """Show what stands behind the answer."""
        self.stop()
        if reply.answer and not self._said:
            self._out.print(Text(printable(reply.answer)))
        show_details(self._out, reply)
        if reply.status not in ("completed", "interrupted", "clarify"):
            self._out.print(Text(STATUS[reply.status], "yellow"))
        if reply.error is not None:
            hint = f" ({reply.error.hint})" if reply.error.hint else ""
            self._out.print(Text(f"error[{reply.error.code}]: {one_line(reply.error.message + hint)}", "red"))

    def _work(self, what: str) -> None:
        if self._status is not None:
            self._status.update(Text(one_line(what), "dim"))

    def _say(self, text: str) -> None:
        if not text:
            return
        if self._status is not None:
            self._status.stop()
            self._status = None
        self._speaking = self._said = True
        self._out.print(Text(printable(text)), end="")

    def _aside(self, text: str) -> None:
        self._out.print(Text(one_line(text), "dim"))
