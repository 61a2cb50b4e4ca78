"""Running many requests: several at a time, each once, whatever ends the process in between."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import aclosing, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from podium.app.batch_lines import Line, count_lines, read_lines
from podium.app.batch_results import BatchReport, BatchResult, ResultFile
from podium.app.project import Project
from podium.app.results import Problem
from podium.app.turns import Turns
from podium.core.errors import InputError, PodiumError, StorageError, ThreadBusy
from podium.core.ids import derived_id, new_id
from podium.core.model import JsonObject
from podium.core.principal import Principal
from podium.runtime.runs import RunService
from podium.storage.files import write_whole

BatchProgress: TypeAlias = Callable[[int, int, str], None]
"""Told how many lines have a result, of how many, and the id of the last."""

CONCURRENCY = 4


@dataclass(frozen=True, slots=True)
class BatchOptions:
    """How a batch is run.

    Attributes:
        out: Where results go; beside the requests when None.
        limit: How many lines are run at most this time; all when None.
        concurrency: How many at a time.
        retry: Run those again that failed.
    """

    out: Path | None = None
    limit: int | None = None
    concurrency: int = CONCURRENCY
    retry: bool = False


class Batches:
    """Runs the batches of an app.

    Each line has a thread of its own, whose id follows from the batch and the line. A line that was cut off
    is therefore found again, and goes on where it stopped: what it has done is not done twice.

    Args:
        project: Keeps what identifies a batch.
        turns: Runs turns.
        service: Keeps two processes from running the same batch.
    """

    def __init__(self, project: Project, turns: Turns, service: RunService) -> None:
        self._project = project
        self._turns = turns
        self._service = service

    async def run(
        self, file: Path, options: BatchOptions, principal: Principal, progress: BatchProgress | None
    ) -> BatchReport:
        """Run the lines that have no result yet.

        Args:
            file: The requests.
            options: How.
            principal: Who asks.
            progress: Told after every line.

        Raises:
            InputError: The file cannot be read, the results are something else, or the batch runs already.
            StorageError: A result cannot be written.
        """
        out = _place(file, options.out)
        total = count_lines(file)
        name = derived_id("batch", str(out.absolute()))
        try:
            async with self._service.lease(name):
                batch = await asyncio.to_thread(self._identify, name, out)
                results = await asyncio.to_thread(ResultFile, out, retry=options.retry)
                with closing(results):
                    work = _Work(batch, file, results, total, options, progress)
                    ran = await self._run(work, principal)
        except ThreadBusy:
            raise InputError(
                f"{out} is being written by another batch", hint="Wait until it is done."
            ) from None
        return BatchReport(
            file=str(file),
            out=str(out),
            total=total,
            done=work.done,
            ran=ran,
            statuses=dict(sorted(results.statuses.items())),
        )

    def _identify(self, name: str, out: Path) -> str:
        """What identifies the batch; kept from before the first result on, so that it is found again."""
        kept = self._project.data / "batches" / f"{name}.json"
        if out.exists() and kept.is_file():
            found: dict[str, Any] = json.loads(kept.read_bytes())
            return str(found["batch"])
        batch = new_id()
        try:
            write_whole(kept, json.dumps({"batch": batch, "out": str(out.absolute())}).encode())
        except OSError as error:
            raise StorageError(
                f"{kept} cannot be written: {error.strerror}", hint="Check the permissions of the project."
            ) from None
        return batch

    async def _run(self, work: _Work, principal: Principal) -> int:
        """Run what is left, several lines at a time; how many were run."""
        lines = work.left()
        ran = 0

        async def take() -> None:
            nonlocal ran
            for line in lines:
                result = await self._result(work.thread_of(line), line, principal)
                await asyncio.to_thread(work.results.add, result)
                ran += 1
                work.tell(line)

        tasks = [asyncio.create_task(take()) for _ in range(work.options.concurrency)]
        try:
            await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        return ran

    async def _result(self, thread: str, line: Line, principal: Principal) -> BatchResult:
        which: dict[str, Any] = {"id": line.id, "line": line.number, "request": line.digest}
        problem = line.problem
        if problem is None:
            try:
                reply = await self._reply(line.text, thread, principal)
                return BatchResult.model_validate({**reply, **which})
            except StorageError:
                raise
            except PodiumError as error:
                problem = Problem(**error.as_dict())
        where = "" if line.problem else thread
        return BatchResult(thread_id=where, run_id="", status="failed", error=problem, **which)

    async def _reply(self, text: str, thread: str, principal: Principal) -> JsonObject:
        async with aclosing(self._turns.once(text, thread, principal)) as events:
            async for event in events:
                if event.kind == "reply":
                    return event.data
        raise PodiumError("the run ended without a reply", hint="Look at it with 'podium threads history'.")


def _place(file: Path, out: Path | None) -> Path:
    place = results_path(file) if out is None else out
    if place.exists() and file.exists() and place.samefile(file):
        raise InputError(f"{place} holds the requests", hint="Name another file with --out.")
    return place


def results_path(file: Path) -> Path:
    """Where the results of a file of requests go: `list.jsonl` gives `list.results.jsonl`."""
    return file.with_name(f"{file.stem}.results.jsonl")


class _Work:
    """What one call of `Batches.run` goes through."""

    def __init__(
        self,
        batch: str,
        file: Path,
        results: ResultFile,
        total: int,
        options: BatchOptions,
        progress: BatchProgress | None,
    ) -> None:
        self.results = results
        self.options = options
        self.done = 0
        self._batch = batch
        self._file = file
        self._total = total
        self._progress = progress

    def left(self) -> Iterator[Line]:
        """The lines without a result, up to the limit."""
        taken = 0
        for line in read_lines(self._file):
            if self.results.holds(line):
                self.tell(line)
            elif self.options.limit is None or taken < self.options.limit:
                taken += 1
                yield line

    def thread_of(self, line: Line) -> str:
        """The thread of a line."""
        return derived_id(self._batch, str(line.id), line.digest, str(line.occurrence))

    def tell(self, line: Line) -> None:
        """Count a line that has a result."""
        self.done += 1
        if self._progress is not None:
            self._progress(self.done, self._total, str(line.id))
