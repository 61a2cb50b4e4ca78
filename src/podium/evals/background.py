"""Running suites in processes beside this one, which can be watched and stopped."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from podium.core.errors import Conflict, InputError

State = Literal["running", "ended", "failed", "stopped"]
_MOST_BYTES: Final = 1_000_000
"""Of a line that the process tells."""
_PATIENCE_S: Final = 120.0
_KEPT: Final = 50
"""Runs that are remembered once they are over."""
_CRASHED: Final = {
    "code": "eval_crashed",
    "message": "the process that ran the suite ended too early",
    "hint": "Run it with 'podium eval run' to see why; --resume goes on with it.",
}


@dataclass(frozen=True, slots=True)
class SuiteRun:
    """What is to be run.

    Attributes:
        suite: The suite's file.
        out: The folder of logs.
        tags: Only cases with one of them; all when empty.
        limit: Only so many cases.
        model: In place of a project's own.
        max_cost: Money after which no further case is begun; a run that costs needs it.
    """

    suite: Path
    out: Path
    tags: tuple[str, ...] = ()
    limit: int | None = None
    model: str | None = None
    max_cost: float | None = None

    def asked(self) -> bytes:
        """The same as a line for the process."""
        values = {
            "suite": str(self.suite),
            "out": str(self.out),
            "tags": list(self.tags),
            "limit": self.limit,
            "model": self.model,
            "max_cost": self.max_cost,
        }
        return json.dumps(values).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is.

    Attributes:
        log: Its log.
        planned: Trials that it is to have.
        done: Trials that have a record.
        case: The last one's case.
        state: Whether it goes on, and how it ended.
        verdict: What its suite's rules came to: passed, failed or cannot tell; empty until it ended.
        problem: Why it failed: code, message and hint.
    """

    log: Path
    planned: int
    done: int = 0
    case: str = ""
    state: State = "running"
    verdict: str = ""
    problem: dict[str, str] | None = None


class BackgroundRuns:
    """Runs suites, one at a time.

    Args:
        patience: Seconds within which a suite has to begin; reading it runs the project's own code.
    """

    def __init__(self, *, patience: float = _PATIENCE_S) -> None:
        self._patience = patience
        self._known: dict[Path, Progress] = {}
        self._present: tuple[Path, asyncio.subprocess.Process, asyncio.Task[None]] | None = None
        self._busy = False

    async def start(self, run: SuiteRun) -> Progress:
        """Run a suite; returns once everything in it was checked.

        Args:
            run: What to run.

        Raises:
            Conflict: One runs already.
            InputError: The suite is broken or does not begin, no case is left, or it costs and nobody said
                how much it may.
        """
        if self._busy:
            raise Conflict("a suite runs already", hint="Wait until it is over, or stop it.")
        self._busy = True
        try:
            process, first = await self._opened(run)
        except BaseException:
            self._busy = False
            raise
        log = Path(first["log"])
        while len(self._known) >= _KEPT:
            del self._known[next(iter(self._known))]
        self._known[log] = Progress(log, first["planned"])
        self._present = (log, process, asyncio.create_task(self._watch(process, log)))
        return self._known[log]

    def progress(self, log: Path) -> Progress | None:
        """How far the run with a log is; None where it was not started here."""
        return self._known.get(log)

    async def stop(self, log: Path) -> Progress | None:
        """End a run; what it has recorded stays."""
        if self._present is not None and self._present[0] == log:
            self._known[log] = replace(self._known[log], state="stopped")
            _, process, watching = self._present
            _kill(process)
            await watching
        return self.progress(log)

    async def aclose(self) -> None:
        """End what runs."""
        if self._present is not None:
            await self.stop(self._present[0])

    async def _opened(self, run: SuiteRun) -> tuple[asyncio.subprocess.Process, dict[str, Any]]:
        """The process that runs a suite, and what it is about to do."""
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "podium.evals.run_worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # ctrl-c is for the process that asks
            limit=_MOST_BYTES,
        )
        try:
            async with asyncio.timeout(self._patience):
                first = await _answer(process, run.asked())
        except TimeoutError:
            await _ended(process)
            raise InputError(
                f"{run.suite.name} did not begin within {self._patience:g} seconds",
                hint="Run it with 'podium eval run' to see what it waits for.",
            ) from None
        except BaseException:
            await asyncio.shield(_ended(process))
            raise
        if "planned" not in first:
            await _ended(process)
            problem = first.get("error", _CRASHED)
            raise InputError(problem["message"], hint=problem["hint"])
        return process, first

    async def _watch(self, process: asyncio.subprocess.Process, log: Path) -> None:
        last: dict[str, Any] = {"state": "failed", "problem": dict(_CRASHED)}
        try:
            while told := await _told(process):
                if "verdict" in told:
                    last = {"state": "ended", "verdict": told["verdict"]}
                elif "error" in told:
                    last = {"state": "failed", "problem": told["error"]}
                else:
                    self._known[log] = replace(self._known[log], **told)
        finally:
            await _ended(process)
            self._present, self._busy = None, False
            if self._known[log].state == "running":  # told once the next one may begin
                self._known[log] = replace(self._known[log], **last)


def _kill(process: asyncio.subprocess.Process) -> None:
    """End a process and all that it has started, which is of its session."""
    with suppress(ProcessLookupError, PermissionError):  # the latter: it has ended and was not waited for yet
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


async def _ended(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        _kill(process)
    await process.wait()
    if process.stdin is not None:
        process.stdin.close()


async def _answer(process: asyncio.subprocess.Process, question: bytes) -> dict[str, Any]:
    with suppress(ConnectionError):
        if process.stdin is not None:
            process.stdin.write(question)
            await process.stdin.drain()
    return await _told(process)


async def _told(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """The next thing that a process tells; nothing where it has ended."""
    try:
        line = await process.stdout.readline() if process.stdout is not None else b""
    except ValueError:
        return {}
    found: dict[str, Any] = json.loads(line) if line.endswith(b"\n") else {}
    return found
