"""The results of a batch: one line each, appended so that no finished one is lost."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from threading import Lock
from typing import Final

from pydantic import BaseModel, ValidationError

from podium.app.batch_lines import Line
from podium.app.results import EXIT_CODES, SCHEMA_VERSION, Reply, Status
from podium.core.errors import InputError, StorageError
from podium.core.model import Model
from podium.storage.files import sync_folder, write_whole

RETRIED: Final[frozenset[Status]] = frozenset({"failed", "cancelled"})
_BEGINNING: Final = b'{"schema_version":'


class BatchResult(Reply):
    """What became of one line: the reply, and which line it answers."""

    id: str | int
    line: int
    request: str
    """SHA-256 of the line."""


class _Finished(BaseModel):
    """What has to be known of a result that is there; an earlier Podium may have written it."""

    id: str | int
    request: str
    status: Status


class BatchReport(Model):
    """How a batch stands.

    Attributes:
        schema_version: Of this object.
        file: The requests.
        out: The results.
        total: Lines with a request.
        done: Lines that have a result.
        ran: Of these, the ones that were run now.
        statuses: How many results there are by status.
    """

    schema_version: int = SCHEMA_VERSION
    file: str
    out: str
    total: int
    done: int
    ran: int
    statuses: dict[Status, int]

    @property
    def exit_code(self) -> int:
        """What the command line exits with: the gravest of what its lines would."""
        codes = {EXIT_CODES[status] for status in self.statuses}
        return next((code for code in (1, 3, 4) if code in codes), 0)


class ResultFile:
    """A file of results, held open while a batch runs.

    Args:
        path: The file; made when it does not exist. A last line that was cut off is taken away.
        retry: Whether results that failed are taken away too, so that their lines run again.

    Raises:
        InputError: The file holds something else.
        StorageError: It cannot be written.
    """

    def __init__(self, path: Path, *, retry: bool = False) -> None:
        self.path = path
        self.statuses: Counter[Status] = Counter()
        self._finished: Counter[tuple[str, str]] = Counter()
        self._lock = Lock()
        try:
            self._take_stock(retry=retry)
            self._file = path.open("ab")
            sync_folder(path.parent)
        except OSError as error:
            raise _unwritable(path, error) from None

    def holds(self, line: Line) -> bool:
        """Whether the line has a result."""
        return line.occurrence < self._finished[str(line.id), line.digest]

    def add(self, result: BatchResult) -> None:
        """Append a result; it is on the disk when this returns.

        Raises:
            StorageError: It cannot be written.
        """
        values = result.model_dump(mode="json")
        first = {name: values[name] for name in ("schema_version", "id", "line", "request")}
        data = json.dumps({**first, **values}, ensure_ascii=False).encode() + b"\n"
        with self._lock:
            try:
                self._file.write(data)
                self._file.flush()
                os.fsync(self._file.fileno())
            except OSError as error:
                raise _unwritable(self.path, error) from None
            self._count(result)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def _take_stock(self, *, retry: bool) -> None:
        if not self.path.exists():
            return
        kept = whole = 0
        lines: list[bytes] = []
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n") and _BEGINNING.startswith(line[: len(_BEGINNING)]):
                    break
                result = self._parsed(line, number)
                whole += len(line)
                if retry and result.status in RETRIED:
                    continue
                lines.append(line)
                kept += len(line)
                self._count(result)
        if kept != whole:
            write_whole(self.path, b"".join(lines))
        elif kept != self.path.stat().st_size:
            os.truncate(self.path, kept)

    def _parsed(self, line: bytes, number: int) -> _Finished:
        try:
            return _Finished.model_validate_json(line)
        except ValidationError:
            raise InputError(
                f"{self.path}:{number}: this is no result of a batch", hint="Name another file with --out."
            ) from None

    def _count(self, result: BatchResult | _Finished) -> None:
        self.statuses[result.status] += 1
        self._finished[str(result.id), result.request] += 1


def _unwritable(path: Path, error: OSError) -> StorageError:
    return StorageError(f"{path} cannot be written: {error.strerror}", hint="Name another file with --out.")
