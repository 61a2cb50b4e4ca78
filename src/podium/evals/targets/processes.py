"""Running cases in processes of their own, so that one that hangs, crashes or fills memory harms no other."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp
from typing import IO, Any

from podium.core.errors import EvalError
from podium.evals.case import Case
from podium.evals.failing import TrialFailed
from podium.evals.log import TrialError
from podium.evals.observation import Observation
from podium.evals.world import World

MOST_BYTES = 256_000_000
"""Of one observation on its way back."""
_TAIL = 2_000


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """What a worker has to know.

    Attributes:
        suite: The file of the suite, whose target it makes.
        model: Replaces the model of a project.
        memory_mb: Memory that it may take; None for all there is.
    """

    suite: Path
    model: str | None = None
    memory_mb: int | None = None


class ProcessTarget:
    """Runs each case in a worker process; a worker serves one case after the other until it dies.

    Args:
        options: What a worker has to know.
        name: What the target is called.
    """

    def __init__(self, options: WorkerOptions, name: str) -> None:
        self.name = name
        self._options = options
        self._idle: list[_Worker] = []
        self._versions: dict[str, str] = {}
        self._scratch: Path | None = None
        """Where workers put temporary files: what one that was killed leaves behind is deleted with it."""

    @property
    def versions(self) -> Mapping[str, str]:
        """Those of the target in the workers."""
        return self._versions

    async def open(self) -> None:
        """Start the first worker, which tells whether the target can be used.

        Raises:
            EvalError: It cannot.
        """
        self._scratch = Path(mkdtemp(prefix="podium-eval-workers-"))
        worker = await self._start()
        self._versions = worker.versions
        self._idle.append(worker)

    async def run(self, case: Case, world: World, /) -> Observation:
        """Run the case in a worker that nobody else uses.

        Raises:
            TrialFailed: The case failed, or ended its process.
        """
        worker = self._idle.pop() if self._idle else await self._start()
        try:
            found = await worker.ask(
                {
                    "case": case.model_dump(mode="json", exclude_defaults=True),
                    "seed": world.seed,
                    "epoch": world.epoch,
                    "folder": str(world.folder),
                }
            )
        except BaseException:
            await asyncio.shield(worker.kill())
            raise
        if found.get("ends"):
            await worker.kill()
        else:
            self._idle.append(worker)
        if "error" in found:
            raise TrialFailed(TrialError.model_validate(found["error"]), again=found["again"])
        return Observation.model_validate(found["observation"])

    async def close(self) -> None:
        """End the workers, and delete what they leave behind."""
        idle, self._idle = self._idle, []
        for worker in idle:
            await worker.kill()
        if self._scratch is not None:
            await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)

    async def _start(self) -> _Worker:
        return await _Worker.start(self._options, {**os.environ, "TMPDIR": str(self._scratch)})


@dataclass(slots=True)
class _Worker:
    """One process."""

    process: asyncio.subprocess.Process
    errors: IO[bytes]
    versions: dict[str, str] = field(default_factory=dict)

    @classmethod
    async def start(cls, options: WorkerOptions, environment: Mapping[str, str]) -> _Worker:
        errors = TemporaryFile()  # noqa: SIM115 - it lives as long as the process
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "podium.evals.worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            env=environment,
            limit=MOST_BYTES,
        )
        worker = cls(process, errors)
        try:
            ready = await worker.ask(
                {"suite": str(options.suite), "model": options.model, "memory_mb": options.memory_mb}
            )
        except BaseException:
            await asyncio.shield(worker.kill())
            raise
        if "error" in ready:
            await worker.kill()
            raise EvalError(ready["error"]["message"], hint=ready["error"]["hint"])
        worker.versions = ready["versions"]
        return worker

    async def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """The answer to a question.

        Raises:
            TrialFailed: The process ended instead.
        """
        assert self.process.stdin is not None  # noqa: S101 - both were asked for
        assert self.process.stdout is not None  # noqa: S101
        try:
            self.process.stdin.write(json.dumps(question).encode() + b"\n")
            await self.process.stdin.drain()
            line = await self.process.stdout.readline()
        except (ConnectionError, ValueError):
            line = b""
        if not line.endswith(b"\n"):
            raise await self._died()
        answer: dict[str, Any] = json.loads(line)
        return answer

    async def kill(self) -> None:
        """End the process, whatever it is doing."""
        if self.process.returncode is None:
            with suppress(ProcessLookupError):
                self.process.kill()
        await self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.errors.close()

    async def _died(self) -> TrialFailed:
        code = await self.process.wait()
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        last = self._last_words()
        said = TrialError(
            code="case_crashed",
            message=f"the case ended its process by {how}{f': {last}' if last else ''}",
            hint="Look for what crashes, exits or takes too much memory in it.",
        )
        return TrialFailed(said)

    def _last_words(self) -> str:
        size = self.errors.seek(0, 2)
        self.errors.seek(max(0, size - _TAIL))
        lines = self.errors.read().decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else ""
