"""Writing what a command made into a file that the user names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from podium.core.errors import InputError


def write_file(path: Path, data: bytes) -> None:
    """Write a file.

    Raises:
        InputError: It cannot be written.
    """
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written: {error.strerror}", hint="Name another file with --output."
        ) from None


@contextmanager
def text_output(path: Path | None) -> Iterator[IO[str]]:
    """A new file for text, for this user alone; the standard output where none is named.

    Raises:
        InputError: It cannot be written.
    """
    if path is None:
        yield sys.stdout
        return
    try:
        file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8")
    except OSError as error:
        raise _cannot(path, error) from None
    with file:
        yield file


def write_private(path: Path, text: str) -> None:
    """Write a new file that only this user can read.

    Raises:
        InputError: It is there already, or cannot be written.
    """
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    except OSError as error:
        raise _cannot(path, error) from None


def _cannot(path: Path, error: OSError) -> InputError:
    return InputError(f"{path} cannot be written: {error.strerror}", hint="Name another file.")
