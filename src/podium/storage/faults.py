"""What SQLite's errors mean to a user: one clear line, a code and a hint."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path

from podium.core.errors import DatabaseBusy, DiskFull, NotADatabase, ReadOnly, StorageError, Undecipherable

_PRIMARY = 0xFF
_NO_SPACE_BYTES = 64 * 1024


def explain(error: sqlite3.Error, path: Path) -> StorageError | None:
    """The storage error that a SQLite error stands for.

    Args:
        error: What SQLite raised.
        path: The database file, for the message.

    Returns:
        None where the error is the caller's own (a constraint, wrong SQL) and should pass as it is.
    """
    match getattr(error, "sqlite_errorcode", 0) & _PRIMARY:
        case sqlite3.SQLITE_FULL:
            return DiskFull(
                f"no space left to write {path}", hint="Free some space; nothing was lost, try again."
            )
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return DatabaseBusy(
                f"another process holds {path}", hint="Wait for it to finish, or stop it, and try again."
            )
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return ReadOnly(
                f"{path} cannot be written", hint="Check the owner and mode of the file and folder."
            )
        case sqlite3.SQLITE_CANTOPEN:
            return _cannot_open(path)
        case sqlite3.SQLITE_NOTADB:
            return NotADatabase(
                f"{path} is not a SQLite database",
                hint="Move the file away, or name another one in podium.toml.",
            )
        case sqlite3.SQLITE_CORRUPT:
            return NotADatabase(
                f"{path} is damaged: {error}",
                hint="Restore it from a backup beside it (*.bak), or move it away.",
            )
        case sqlite3.SQLITE_IOERR if _is_full(path):
            return DiskFull(
                f"no space left to write {path}", hint="Free some space; nothing was lost, try again."
            )
        case sqlite3.SQLITE_IOERR:
            return StorageError(f"the disk failed on {path}: {error}", hint="Check the disk and its mount.")
        case _ if "user-defined function raised exception" in str(error):
            return Undecipherable(
                f"{path} holds an encrypted value that was changed, or is not where it was written",
                hint="Restore the database from a backup, or forget what the value belongs to.",
            )
        case _:
            return None


def translated(error: Exception, path: Path) -> Exception:
    """The error to raise in place of `error`: a storage error with its cause, or the same one."""
    if not isinstance(error, sqlite3.Error):
        return error
    explained = explain(error, path)
    if explained is None:
        return error
    explained.__cause__ = error
    return explained


def cannot_create(folder: Path, error: OSError) -> StorageError:
    """Why a folder for data cannot be made."""
    what = f"the folder {folder} cannot be created: {error.strerror or error}"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return DiskFull(what, hint="Free some space and try again.")
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return ReadOnly(what, hint="Name another folder, or change its owner or mode.")
    return StorageError(what, hint="Name another folder, or move away what stands there.")


def _is_full(path: Path) -> bool:
    """Whether the disk has no room left: SQLite calls it a failing disk when it cannot grow its index."""
    try:
        return shutil.disk_usage(path.parent).free < _NO_SPACE_BYTES
    except OSError:
        return False


def _cannot_open(path: Path) -> StorageError:
    if not path.parent.is_dir():
        return ReadOnly(f"the folder {path.parent} does not exist", hint="Create it, or name another folder.")
    if path.is_dir():
        return NotADatabase(f"{path} is a folder", hint="Name a file for the database.")
    return ReadOnly(f"{path} cannot be opened", hint="Check the owner and mode of the file and folder.")
