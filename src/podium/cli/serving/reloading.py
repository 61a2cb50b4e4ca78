"""Serving from a process that is replaced when the project's files change.

The socket is this process's own, so that no connection is refused meanwhile: it waits, for as long as
the project takes to open. What the next process needs from Podium and its dependencies is loaded before
the present one is told to stop. Threads and runs are in the database: what was running goes on from its
last checkpoint, and streams from where their readers stopped.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from socket import socket
from typing import TYPE_CHECKING, Final

from podium.app.langgraph_json import read_langgraph_json
from podium.cli.serving.changes import Changes
from podium.cli.serving.telling import Started, tell, tell_started
from podium.core.errors import ConfigError, PodiumError

if TYPE_CHECKING:
    from types import FrameType

    from podium.cli.serving.plan import ServePlan

_LOOK_S: Final = 0.1
_STOPPING_S: Final = 30.0
"""A process that has not ended by then after it was told to is killed: nothing acknowledged is lost."""


def serve_reloading(plan: ServePlan, listening: socket) -> None:
    """Serve, and start again when the project's files change, until SIGTERM or SIGINT.

    Args:
        plan: What to serve, and how.
        listening: Where requests come in.

    Raises:
        ConfigError: The system cannot watch the project's files.
    """
    with _stop_signals() as stopping:
        serving = _Serving(plan, listening)
        try:
            _follow(plan, serving, stopping)
        except OSError as error:
            raise ConfigError(
                f"the files of {plan.folder} cannot be watched: {error}", hint="Serve with --no-reload."
            ) from error
        finally:
            serving.stop()


def _follow(plan: ServePlan, serving: _Serving, stopping: threading.Event) -> None:
    while not stopping.is_set():
        with closing(Changes(_folders(plan.folder))) as changes:
            serving.renew()
            while not stopping.is_set():
                serving.look()
                if (path := changes.next(_LOOK_S)) is not None:
                    while changes.next(0) is not None:
                        continue
                    shown = path.relative_to(plan.folder) if path.is_relative_to(plan.folder) else path
                    tell(f"{shown} changed.")
                    break


def _folders(folder: Path) -> list[Path]:
    """The project's folder, and folders outside it whose code its graphs import."""
    found = {folder.resolve(): folder.resolve()}
    try:
        listed = read_langgraph_json(folder)
    except PodiumError:
        listed = None  # the process that serves says what is wrong with it
    for extra in listed.folders if listed is not None else ():
        if not any(extra.resolve().is_relative_to(known) for known in found):
            found[extra.resolve()] = extra.resolve()
    return list(found)


class _Serving:
    """The process that serves at present.

    Args:
        plan: What to serve, and how.
        listening: Where requests come in.
    """

    def __init__(self, plan: ServePlan, listening: socket) -> None:
        self._plan = plan
        self._listening = listening
        self._present: _Worker | None = None
        self._again = False

    def renew(self) -> None:
        """Let a new process serve."""
        following = _Worker(self._plan, self._listening)
        following.wait_until_warm()
        self.stop()
        self._present = following
        following.go()

    def look(self) -> None:
        """Tell what the process says; let another serve when it was killed."""
        if self._present is None:
            return
        if (started := self._present.heard()) is not None:
            tell_started(started, plan=self._plan, again=self._again)
            self._again = True
        elif (code := self._present.ended()) is not None:
            self._present = None
            if code < 0:
                tell(f"The process that served was killed ({signal.Signals(-code).name}); starting another.")
                self.renew()
            else:
                tell("Mend it: the server starts again when a file changes.")

    def stop(self) -> None:
        """End the process, if there is one, once it has drained."""
        if self._present is not None:
            self._present.stop()
            self._present = None


class _Worker:
    """A process that can serve.

    Args:
        plan: What to serve, and how.
        listening: Where requests come in.
    """

    def __init__(self, plan: ServePlan, listening: socket) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._told, theirs = spawning.Pipe()
        self._process = spawning.Process(target=_work, args=(plan, listening, theirs), name="podium-server")
        self._process.start()
        theirs.close()

    def wait_until_warm(self) -> None:
        """Wait until it has loaded what does not depend on the project, or has failed to."""
        self._told.poll(_STOPPING_S)

    def go(self) -> None:
        """Let it open the project and serve."""
        try:
            self._told.recv()
            self._told.send("go")
        except (EOFError, OSError):
            return  # it has ended, which is seen next

    def heard(self) -> Started | None:
        """That it serves now, once."""
        try:
            found = self._told.recv() if self._told.poll() else None
        except (EOFError, OSError):
            return None
        return found if isinstance(found, Started) else None

    def ended(self) -> int | None:
        """Its exit code, if it has ended."""
        return self._process.exitcode

    def stop(self) -> None:
        """Let it drain and end."""
        self._process.terminate()
        self._process.join(_STOPPING_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._told.close()


def _work(plan: ServePlan, listening: socket, told: Connection) -> None:
    """What the process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl-c reaches both; the one that watches ends this one
    from podium.cli.failures import failed
    from podium.cli.serving.worker import serve

    told.send("warm")
    try:
        told.recv()
    except EOFError:
        return
    threading.Thread(target=_end_with, args=(told,), daemon=True).start()
    try:
        serve(plan, listening, told.send, reloads=True)
    except Exception as error:  # noqa: BLE001 - reported as any command's is
        sys.exit(failed(error, ["dev" if plan.dev else "serve"], as_json=plan.as_json) or 1)


def _end_with(watching: Connection) -> None:
    """End this process when the one that started it is gone, however it ended."""
    try:
        watching.recv()
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)


@contextmanager
def _stop_signals() -> Iterator[threading.Event]:
    stopping = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stopping.set()

    kept = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
