"""The file that a backup is: a zip archive whose first entry says what is in it."""

from __future__ import annotations

import shutil
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Final, Literal

from pydantic import Field, ValidationError

from podium.core.errors import InputError, StorageError
from podium.core.model import Model

BACKUP_FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "podium.db"
_CHUNK: Final = 1 << 20
_FAST: Final = 1
_MOST_MANIFEST: Final = 64_000_000
_HALF: Final = ".archive.part"
_WORK: Final = ".podium-at-work-"
_LEFT_S: Final = 86_400.0
"""Seconds after which nobody is still at work on a copy."""


class BackupEntry(Model):
    """One file in the archive."""

    name: str
    size: int = Field(ge=0)
    sha256: str


class BackupAudit(Model):
    """The audit chain in the backup."""

    records: int
    """How many records it holds."""
    seq: int
    """The number of its last record."""
    hash: str
    """That record's hash."""
    fault: str = ""
    """What was wrong with it when the backup was made; empty where nothing was."""


class BackupPart(Model):
    """What lies beside the database."""

    state: Literal["included", "none", "left_out"]
    """`none`: there is nothing of the kind; `left_out`: there is, and it is not in the backup."""
    note: str = ""
    version: str = ""
    """For the knowledge base its generation."""


class BackupManifest(Model):
    """What a backup holds, and of when."""

    podium_backup: int = BACKUP_FORMAT
    made_at: str
    """The moment that the database is of, ISO 8601 in UTC."""
    podium: str
    """The version that made it."""
    project: str
    schema_of_database: int
    audit: BackupAudit
    knowledge: BackupPart
    world: BackupPart
    segments: BackupPart
    """Files of audit records that were put away."""
    uploads: BackupPart = BackupPart(state="none")
    """Documents that were sent to the knowledge base."""
    encryption_keys: tuple[str, ...] = ()
    """The ids of the keys that the database is encrypted with; a restore needs them."""
    files: tuple[BackupEntry, ...]


def write_archive(file: Path, manifest: BackupManifest, folder: Path) -> int:
    """Write an archive whole or not at all; its size.

    Args:
        file: The archive, which is not there.
        manifest: What it holds.
        folder: With the files that the manifest names, on the same disk.

    Raises:
        OSError: It cannot be written.
    """
    from podium.storage.files import sync_folder

    scratch = folder / _HALF
    scratch.touch(mode=0o600)
    with zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED, compresslevel=_FAST) as archive:
        archive.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        for entry in manifest.files:
            archive.write(folder / entry.name, entry.name)
    _sync(scratch)
    scratch.replace(file)
    sync_folder(file.parent)
    return file.stat().st_size


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """A folder in another, for a copy that is being made; what killed processes left of theirs goes with it.

    Args:
        folder: Where it is, on the disk that the copy is for.
    """
    for left in folder.glob(f"{_WORK}????????"):
        with suppress(OSError):  # it is gone, or another's
            if time.time() - left.stat().st_mtime > _LEFT_S:
                shutil.rmtree(left)
    with TemporaryDirectory(dir=folder, prefix=_WORK) as made:
        yield Path(made)


def entries_of(folder: Path) -> tuple[BackupEntry, ...]:
    """What lies in a folder, with checksums."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple(
        BackupEntry(
            name=path.relative_to(folder).as_posix(), size=path.stat().st_size, sha256=_checksum(path)
        )
        for path in found
    )


def read_manifest(file: Path) -> BackupManifest:
    """What an archive says that it holds.

    Raises:
        InputError: It is no backup, or one of a later Podium.
    """
    with _opened(file) as archive, archive.open(MANIFEST) as entry:
        return _manifest(entry.read(_MOST_MANIFEST), file)


def unpack(file: Path, manifest: BackupManifest, folder: Path) -> None:
    """Write what an archive holds into a folder, and check every byte.

    Raises:
        InputError: It is damaged, or holds something that leads out of the folder.
        OSError: It cannot be written.
    """
    with _opened(file) as archive:
        for entry in manifest.files:
            target = folder / _safe(entry.name, file)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            target.touch(mode=0o600)
            with archive.open(entry.name) as packed, target.open("wb") as written:
                found, size = _copy(packed, written, entry.size)
            if (found, size) != (entry.sha256, entry.size):
                raise _damaged(file, f"{entry.name} is not as it was written")


def _copy(source: IO[bytes], target: IO[bytes], most: int) -> tuple[str, int]:
    """Copy up to a byte more than there should be; checksum and size."""
    digest, size = sha256(), 0
    while size <= most and (chunk := source.read(min(_CHUNK, most + 1 - size))):
        digest.update(chunk)
        size += len(chunk)
        target.write(chunk)
    return digest.hexdigest(), size


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, KeyError, EOFError, zlib.error, NotImplementedError) as error:
        raise _damaged(file, str(error)) from None
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise InputError(f"{file}: {error.strerror}", hint="Name a file of 'podium backup'.") from None


def _manifest(text: bytes, file: Path) -> BackupManifest:
    try:
        found = BackupManifest.model_validate_json(text)
    except ValidationError:
        raise _damaged(file, "its manifest cannot be read") from None
    if found.podium_backup != BACKUP_FORMAT:
        raise InputError(
            f"{file} is a backup of format {found.podium_backup}, and this Podium knows {BACKUP_FORMAT}",
            hint="Restore it with the Podium that made it, or a later one.",
        )
    return found


def _safe(name: str, file: Path) -> Path:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name or not path.parts:
        raise _damaged(file, f"it holds {name!r}, which leads out of it")
    return Path(*path.parts)


def _checksum(path: Path) -> str:
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    import os

    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _damaged(file: Path, what: str) -> InputError:
    return InputError(f"{file} is no whole backup: {what}", hint="Take another backup.")


def room_for(folder: Path, needed: int) -> None:
    """Make sure that a folder's disk has room.

    Raises:
        StorageError: It has not.
    """
    from podium.core.errors import DiskFull

    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise StorageError(f"{folder}: {error.strerror}", hint="Name another folder.") from None
    if free < needed:
        raise DiskFull(
            f"{folder} has {free:,} bytes left, and {needed:,} are needed", hint="Free some space, try again."
        )
