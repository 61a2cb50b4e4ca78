"""The traffic of a run in one file: a line for each trial, found by its place and read when it is needed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from pydantic import ValidationError

from podium.core.errors import InputError, NotRecorded, StorageError
from podium.evals.traffic.exchange import Tape


class TrafficWriter:
    """Appends the tapes of a run.

    Args:
        path: The file; its folder is made when missing.
        secrets: Texts that must never be stored.

    Raises:
        StorageError: It cannot be written.
    """

    def __init__(self, path: Path, secrets: Iterable[str] = ()) -> None:
        self.path = path
        self._secrets = [secret for secret in secrets if secret]
        self._lock = Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError as error:
            raise _not_written(path, error) from None

    def add(self, tape: Tape) -> None:
        """Keep the traffic of a trial; of two of one trial the later counts.

        Raises:
            StorageError: It could not be written whole.
        """
        text = tape.model_dump_json(exclude_defaults=True)
        for secret in self._secrets:
            text = text.replace(json.dumps(secret)[1:-1], "[secret]")
        line = text.encode() + b"\n"
        try:
            with self._lock:
                if os.write(self._file, line) != len(line):
                    raise StorageError(f"{self.path} could not be written whole", hint="Make room.")
        except OSError as error:
            raise _not_written(self.path, error) from None

    def close(self) -> None:
        """Sync and let go of the file. Safe to call twice."""
        if self._file >= 0:
            os.fsync(self._file)
            os.close(self._file)
            self._file = -1


class TrafficFile:
    """The tapes of an earlier run.

    Args:
        path: The file.

    Raises:
        InputError: It is not there, or a line of it is damaged.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[tuple[str, int], int] = {}
        try:
            with path.open("rb") as file:
                place = 0
                for line in file:
                    if line.endswith(b"\n"):
                        tape = self._tape(line)
                        self._places[tape.case, tape.epoch] = place
                    place += len(line)
        except OSError as error:
            hint = "Record one with 'podium eval run --record FILE'."
            raise InputError(f"{path} cannot be read: {error.strerror}", hint=hint) from None

    def tape(self, case: str, epoch: int) -> Tape:
        """The traffic of a trial.

        Raises:
            NotRecorded: It was not recorded.
        """
        place = self._places.get((case, epoch))
        if place is None:
            raise NotRecorded(
                f"{self._path} holds nothing of case {case}, epoch {epoch}",
                hint="Record it with --record, or leave the case out.",
            )
        with self._path.open("rb") as file:
            file.seek(place)
            return self._tape(file.readline())

    def _tape(self, line: bytes) -> Tape:
        try:
            return Tape.model_validate_json(line)
        except ValidationError as error:
            what = error.errors()[0]["msg"]
            raise InputError(
                f"{self._path}: no line of recorded traffic: {what}", hint="Record it anew."
            ) from None


def _not_written(path: Path, error: OSError) -> StorageError:
    return StorageError(
        f"{path} cannot be written: {error.strerror}", hint="Make room, or name another file."
    )
