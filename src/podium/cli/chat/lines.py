"""Where a conversation's lines come from: a prompt with a history, or standard input."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from podium.core.errors import InputError

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import History

HISTORY = "chat_history"


class Lines(Protocol):
    """Reads what the user says."""

    def read(self) -> str:
        """The next line.

        Raises:
            EOFError: There is none.
            KeyboardInterrupt: The user pressed ctrl-c.
        """
        ...

    def answer(self, question: str) -> str:
        """The answer to a question, which no history keeps."""
        ...


class PlainLines:
    """Lines of standard input that is no terminal."""

    def read(self) -> str:
        """The next line."""
        line = sys.stdin.buffer.readline()
        if not line:
            raise EOFError
        try:
            return line.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            raise InputError(
                "a line of standard input is not valid UTF-8", hint="Convert it: iconv -t utf-8."
            ) from None

    def answer(self, question: str) -> str:
        """The next line, the question shown first."""
        sys.stdout.write(question)
        sys.stdout.flush()
        line = self.read()
        sys.stdout.write(f"{line}\n")
        return line


class PromptLines:
    """A prompt with history and completion of `/` commands.

    Args:
        folder: Where the history is kept.
        commands: What can be completed.
        shown: Called once when the prompt can be seen.
    """

    def __init__(self, folder: Path, commands: Sequence[str], shown: Callable[[], None]) -> None:
        from prompt_toolkit import PromptSession
        from prompt_toolkit.completion import WordCompleter

        self._session: PromptSession[str] = PromptSession(
            history=_history(folder),
            completer=WordCompleter(list(commands), sentence=True),
            complete_while_typing=False,
        )
        self._questions: PromptSession[str] | None = None
        self._shown: Callable[[], None] | None = shown
        self._session.app.after_render += self._tell

    def read(self) -> str:
        """The next line."""
        return _encoded(self._session.prompt([("bold", "you> ")]))

    def answer(self, question: str) -> str:
        """The answer to a question, which no history keeps."""
        from prompt_toolkit import PromptSession

        if self._questions is None:
            self._questions = PromptSession()
        return _encoded(self._questions.prompt(question))

    def _tell(self, _: object) -> None:
        if self._shown is not None:
            shown, self._shown = self._shown, None
            shown()


def _history(folder: Path) -> History:
    from prompt_toolkit.history import FileHistory, InMemoryHistory

    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / HISTORY).touch()
    except OSError:
        return InMemoryHistory()
    return FileHistory(folder / HISTORY)


def _encoded(text: str) -> str:
    """What was typed, bytes that are no text replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
