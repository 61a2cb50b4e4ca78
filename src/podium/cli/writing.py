"""Writing what a command made into a file that the user names."""

from __future__ import annotations

from pathlib import Path

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
