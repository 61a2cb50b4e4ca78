"""A rotating file that never raises and never prints."""

from __future__ import annotations

import logging
import os
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path


class QuietRotatingFile(RotatingFileHandler):
    """Loses a line that cannot be written, such as on a full disk.

    Args:
        path: The file.
        max_bytes: Size at which a new file is begun.
        backups: How many earlier files are kept.
    """

    def __init__(self, path: Path, *, max_bytes: int, backups: int) -> None:
        super().__init__(path, maxBytes=max_bytes, backupCount=backups, encoding="utf-8")

    def _open(self) -> TextIOWrapper:
        """The file, made for this user alone."""
        return open(self.baseFilename, "a", encoding="utf-8", opener=_private)

    def write(self, lines: str) -> None:
        """Append lines; the last needs no line end."""
        self.emit(logging.LogRecord("podium", logging.INFO, "", 0, lines, None, None))

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Give the line up: the default prints a traceback."""


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
