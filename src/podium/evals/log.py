"""The log of a run: JSON Lines, only ever appended to, read as a stream.

The first line is the header, then comes one line for each trial, and `end` when a run ended by itself. A line
is written whole; the last one may be cut when the machine stopped, and is then no line at all.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, TypeAdapter, ValidationError

from podium.core.errors import InputError, StorageError
from podium.core.model import JsonObject, Model
from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.score import Score
from podium.evals.suite import Threshold
from podium.storage.files import sync_folder

SCHEMA_VERSION = 1
_TAIL = 65_536
"""Bytes in which the last line lies, where it is an end."""


class LogHeader(Model):
    """What was run."""

    kind: Literal["header"]
    schema_version: int
    suite: str
    description: str = ""
    digest: str
    """SHA-256 of what decides what is measured."""
    target: str
    versions: dict[str, str] = {}
    """Of Podium, Python, and of what the target is made of."""
    seed: int = 0
    epochs: int = 1
    planned: int
    """Trials that the run is to hold."""
    primary: str = ""
    thresholds: tuple[Threshold, ...] = ()
    allowed_errors: float = 0.0
    """The share of trials that may end in an error."""
    selection: JsonObject = {}
    """The tags, limit, shard and ids that the cases were chosen by."""
    configuration: JsonObject = {}
    """The suite as it was."""
    created_at: str


class TrialError(Model):
    """Why a trial gave no result."""

    code: str
    message: str
    hint: str = ""


class TrialRecord(Model):
    """One run of a case. An error is never a score: with it there are none."""

    kind: Literal["trial"]
    case: Case
    epoch: int = 0
    digest: str
    """Of what decides the trial's outcome, so that runs are only paired on the same thing."""
    cluster: str = ""
    observation: Observation | None = None
    scores: tuple[Score, ...] = ()
    error: TrialError | None = None
    seconds: float = 0.0
    attempts: int = 1
    cached: bool = False

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from all others of the run."""
        return self.case.id, self.epoch

    def value(self, metric: str) -> float | None:
        """The value of a metric; None where it has none."""
        return next((score.value for score in self.scores if score.name == metric), None)


class LogEnd(Model):
    """How a run ended."""

    kind: Literal["end"]
    finished_at: str
    seconds: float
    stopped: str = ""
    """Why it ended early; empty when every trial has a record."""


Line: TypeAlias = Annotated[LogHeader | TrialRecord | LogEnd, Field(discriminator="kind")]
_LINE: TypeAdapter[LogHeader | TrialRecord | LogEnd] = TypeAdapter(Line)


def line_of(entry: LogHeader | TrialRecord | LogEnd) -> bytes:
    """An entry as a line of the log."""
    return entry.model_dump_json(exclude_defaults=True).encode() + b"\n"


def read_header(path: Path) -> LogHeader:
    """What a log says of itself.

    Raises:
        InputError: It is no log.
    """
    for entry in read_entries(path):
        if isinstance(entry, LogHeader):
            return entry
        break
    raise InputError(f"{path} is no log of an evaluation", hint="Name a file that 'podium eval run' wrote.")


def read_end(path: Path) -> LogEnd | None:
    """How a run ended, from the log's last line alone; None where it goes on, or was cut off.

    Raises:
        InputError: The log cannot be read, or its last line is damaged.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL))
            tail = file.read()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", hint="Check its permissions.") from None
    line = tail.removesuffix(b"\n").rpartition(b"\n")[2]
    if not tail.endswith(b"\n") or not line.startswith(b'{"kind":"end"'):
        return None
    entry = _entry(line, str(path))
    return entry if isinstance(entry, LogEnd) else None


def read_trials(path: Path) -> Iterator[TrialRecord]:
    """The trials of a log, one at a time.

    Raises:
        InputError: It is no log, or a line in it is damaged.
    """
    return (entry for entry in read_entries(path) if isinstance(entry, TrialRecord))


def read_entries(path: Path) -> Iterator[LogHeader | TrialRecord | LogEnd]:
    """All lines of a log; a last line that is cut is left out.

    Raises:
        InputError: A line is damaged; the message names file and line.
    """
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.endswith(b"\n"):
                    yield _entry(line, f"{path}:{number}")
    except FileNotFoundError:
        raise InputError(f"there is no log {path}", hint="Look into the folder given as --out.") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}", hint="Check its permissions.") from None


def _entry(line: bytes, place: str) -> LogHeader | TrialRecord | LogEnd:
    try:
        return _LINE.validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{place}: no line of a log: {f'{where}: ' if where else ''}{first['msg']}",
            hint="Name a log that 'podium eval run' wrote and nobody has changed.",
        ) from None


def cut_off(path: Path) -> int:
    """Take a last line away that was not written whole; how many bytes it had."""
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        keep = size
        while keep:
            start = max(0, keep - 65_536)
            file.seek(start)
            found = file.read(keep - start).rfind(b"\n")
            if found >= 0:
                keep = start + found + 1
                break
            keep = start
        if keep < size:
            file.truncate(keep)
            os.fsync(file.fileno())
        return size - keep


class LogWriter:
    """Appends lines to a log from a thread of its own; lines that wait together share one sync.

    A killed process loses at most what had not reached the file yet, and never half of a trial.

    Args:
        path: The log; its folder is made when missing.

    Raises:
        StorageError: It cannot be written, or another run writes it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
            sync_folder(path.parent)
        except OSError as error:
            raise StorageError(
                f"{path} cannot be written: {error.strerror}", hint="Name another folder with --out."
            ) from None
        if not _alone(self._file):
            os.close(self._file)
            raise StorageError(f"another run writes {path}", hint="Wait until it is done.")
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._failure: OSError | None = None
        self._thread = Thread(target=self._work, name="podium-eval-log", daemon=True)
        self._thread.start()

    def add(self, entry: LogHeader | TrialRecord | LogEnd) -> None:
        """Append an entry; it is on the disk once `close` has returned.

        Raises:
            StorageError: An earlier one could not be written.
        """
        self._check()
        self._lines.put(line_of(entry))

    def close(self) -> None:
        """Wait until everything is on the disk.

        Raises:
            StorageError: Something could not be written.
        """
        if self._file < 0:
            return
        self._lines.put(None)
        self._thread.join()
        os.close(self._file)
        self._file = -1
        self._check()

    def _check(self) -> None:
        if self._failure is not None:
            raise StorageError(
                f"{self.path} cannot be written: {self._failure.strerror}",
                hint="Make room, then go on with --resume: what is in the log is kept.",
            )

    def _work(self) -> None:
        ended = False
        while not ended:
            lines = [self._lines.get()]
            try:
                while True:
                    lines.append(self._lines.get_nowait())
            except Empty:
                ended = lines[-1] is None
            if self._failure is None:
                self._write(b"".join(line for line in lines if line is not None))

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        try:
            while left:
                left = left[os.write(self._file, left) :]
            os.fsync(self._file)
        except OSError as error:
            self._failure = error


def _alone(descriptor: int) -> bool:
    try:
        import fcntl
    except ImportError:  # Windows: two runs are kept apart by their files' names
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
