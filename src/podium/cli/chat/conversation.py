"""The loop of a conversation: read, run a turn, ask for approval, go on."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import TYPE_CHECKING

from podium.cli.chat.lines import Lines, PlainLines, PromptLines
from podium.cli.failures import failed
from podium.core.errors import ThreadInterrupted

if TYPE_CHECKING:
    from podium.app.podium import Podium
    from podium.app.results import Decision, InterruptView, Reply, StreamEvent
    from podium.cli.chat.display import Display

WAITING = "Answer first: /approve, /reject, /edit or /respond; or /new begins another conversation."
GREETING = "Ask anything; /help shows what else you can do, ctrl-d leaves."


def converse(app: Podium, thread_id: str | None) -> None:
    """Talk until the user leaves.

    Args:
        app: The project.
        thread_id: The conversation to go on with; a new one when None.
    """
    from podium.app.ingests import needs_ingest
    from podium.cli.chat.slash import COMMANDS
    from podium.cli.session import ingest_first

    interactive = sys.stdin.isatty()
    if needs_ingest(app.project):
        asyncio.run(ingest_first(app))
    if interactive:
        manifest = app.project.manifest.project
        print(f"{manifest.name}: {manifest.description}".rstrip(": "))  # noqa: T201 - before Rich is loaded
        print(GREETING)  # noqa: T201
        lines: Lines = PromptLines(app.project.data, [f"/{name}" for name in COMMANDS], app.preload)
    else:
        lines = PlainLines()
    with asyncio.Runner() as runner:
        Conversation(app, lines, runner, thread_id).run()


class Conversation:
    """One conversation in a terminal.

    Args:
        app: The project.
        lines: What the user says.
        runner: Runs turns, all on one event loop; ctrl-c cancels the one that runs.
        thread_id: The thread to go on with; None begins one.
    """

    def __init__(
        self, app: Podium, lines: Lines, runner: asyncio.Runner, thread_id: str | None = None
    ) -> None:
        self.app = app
        self.lines = lines
        self.runner = runner
        self.thread_id = thread_id
        self.last: Reply | None = None
        self.leaving = False

    def run(self) -> None:
        """Talk until the user leaves."""
        while not self.leaving:
            try:
                line = self.lines.read().strip()
                if line.startswith("/"):
                    self._command(line)
                elif line:
                    self.ask(line)
            except EOFError:
                return
            except KeyboardInterrupt:
                self.say("ctrl-d leaves.")
            except ThreadInterrupted as error:
                failed(ThreadInterrupted(error.message, hint=WAITING), ["chat"], as_json=False)
            except Exception as error:  # noqa: BLE001 - whatever fails, the conversation goes on
                sys.stdout.flush()
                failed(error, ["chat"], as_json=False)

    def ask(self, text: str) -> None:
        """Take one turn, with the approvals it needs."""
        self.carry_on(lambda: self.app.stream(text, thread_id=self.thread_id))

    def carry_on(self, events: Callable[[], AsyncIterator[StreamEvent]]) -> None:
        """Run a turn, with the approvals that it needs."""
        self._settle(self.turn(events))

    def turn(self, events: Callable[[], AsyncIterator[StreamEvent]]) -> Reply | None:
        """Run one turn and show it; None when the user stopped it."""
        from podium.cli.chat.display import Display
        from podium.cli.output import console

        display = Display(console())
        display.start("loading")
        try:
            reply = self.runner.run(self._follow(events, display))
        except KeyboardInterrupt:
            display.stop()
            self.say("Stopped. The conversation goes on.")
            return None
        finally:
            display.stop()
        if reply is not None:
            self.last = reply
            display.finish(reply)
        return reply

    def say(self, text: str) -> None:
        """Print a remark of the program."""
        from rich.text import Text

        from podium.cli.output import console

        console().print(Text(text, "dim"))

    async def _follow(
        self, events: Callable[[], AsyncIterator[StreamEvent]], display: Display
    ) -> Reply | None:
        from podium.cli.session import follow

        # Loading may still go on behind the prompt: wait for it where ctrl-c can end the wait.
        await asyncio.to_thread(getattr, self.app, "graph")

        def on_event(event: StreamEvent) -> None:
            self.thread_id = event.thread_id
            display.told(event)

        return await follow(events(), on_event)

    def _settle(self, reply: Reply | None) -> None:
        while reply is not None and reply.interrupts:
            decision = self._question(reply.interrupts[0])
            if decision is None:
                self.say("It waits. Answer with /approve, /reject, /edit or /respond.")
                return
            before = reply.interrupts[0].consents
            reply = self.turn(partial(self.app.resume_stream, reply.thread_id, decision))
            if reply is not None and reply.interrupts and len(reply.interrupts[0].consents) > len(before):
                self.say("Your approval is on record. It waits for another person's.")
                return

    def _question(self, interrupt: InterruptView) -> Decision | None:
        from podium.cli.chat.approval import ask_for

        try:
            return ask_for(interrupt, self.lines)
        except (EOFError, KeyboardInterrupt):
            return None

    def _command(self, line: str) -> None:
        from podium.cli.chat.slash import run_command

        run_command(self, line)
