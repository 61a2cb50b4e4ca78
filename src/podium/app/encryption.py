"""The key of a project's database: where it is, and the database opened with it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from podium.core.errors import ConfigError, Conflict, InputError
from podium.core.secrets import read_secret
from podium.storage.database import Database

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.storage.encryption.cipher import Cipher

REPLIES: Final = "replies.db"
RESTORING: Final = "restoring"
"""In the project's data: what a restore is about to put in place."""
_PURPOSE: Final = "encryption"
_COMMAND_S: Final = 30.0


def open_database(
    project: Project, path: Path | None = None, *, environ: Mapping[str, str] | None = None
) -> Database:
    """A project's database, opened with its key.

    Args:
        project: The project.
        path: Another file in its place.
        environ: The environment, for the key.

    Raises:
        ConfigError: The key is named and not there, or is none.
        StorageError: The database cannot be used; `EncryptionKeyMissing` and `EncryptionKeyWrong` where it
            is encrypted and the key is not at hand.
    """
    cipher = cipher_of(project, environ)
    if path not in (None, project.database) or not (project.data / RESTORING).is_dir():
        return Database.open(path or project.database, cipher=cipher)
    from podium.app.unfinished import put_on_record, settle

    settle(project)
    database = Database.open(project.database, cipher=cipher)
    put_on_record(project, database)
    return database


def cipher_of(project: Project, environ: Mapping[str, str] | None = None) -> Cipher | None:
    """What encrypts a project's database; None where the manifest names no key.

    Raises:
        ConfigError: A key is named and not there, or is none.
    """
    settings = project.manifest.storage
    if settings.encryption_key is None:
        return None
    from podium.storage.encryption.cipher import Cipher, key_of

    given = os.environ if environ is None else environ
    places = (settings.encryption_key, *settings.former_keys)
    return Cipher([key_of(_secret(place, given, project.folder), place) for place in places])


@dataclass(frozen=True, slots=True)
class Encrypted:
    """What came of encrypting what a project has stored.

    Attributes:
        key: The id of the key that all is encrypted with.
        rows: How many rows were written anew.
        former: Ids of keys that are needed no longer.
        is_final: Whether nothing plain, and nothing of another key, is left in the file; False where another
            process has it open.
        plain: Copies of the database beside it that are not encrypted.
    """

    key: str
    rows: int
    former: tuple[str, ...]
    is_final: bool
    plain: tuple[Path, ...]


def encrypt(project: Project, *, environ: Mapping[str, str] | None = None) -> Encrypted:
    """Encrypt all that a project has stored with its key, whatever key it had before.

    A server with the same keys goes on working meanwhile; whoever is killed in the middle loses nothing, and
    the next call does what is left. Only where nobody else has the file open, it is also written anew, so
    that nothing is left of what was deleted, and former keys are let go of.

    Args:
        project: The project.
        environ: The environment, for the key.

    Raises:
        InputError: Nothing is stored, or no key is named.
        ConfigError: The key is named and not there, or is none.
        Conflict: It is to be encrypted with a new key, and a process that does not know it has it open.
        StorageError: The database cannot be used, or another key is needed.
    """
    from podium.storage.encryption.rewriting import finish, rewrite

    cipher = cipher_of(project, environ)
    if cipher is None:
        raise InputError(
            "no encryption key is configured",
            hint="Name one in podium.toml: encryption_key under [storage]; --new-key makes one.",
        )
    if not project.database.exists():
        raise InputError(f"nothing is stored in {project.folder}", hint="What is stored will be encrypted.")
    with Database.open(project.database, cipher=cipher) as database:
        rows = rewrite(database, cipher)
    former: tuple[str, ...] = ()
    is_final = True
    try:
        former = finish(project.database, cipher)
    except Conflict:
        is_final = False
    else:
        for name in (REPLIES, f"{REPLIES}-wal", f"{REPLIES}-shm"):
            (project.data / name).unlink(missing_ok=True)
    return Encrypted(cipher.key_id.hex(), rows, former, is_final, _plain_copies(project))


def _plain_copies(project: Project) -> tuple[Path, ...]:
    from podium.storage.copying import snapshot
    from podium.storage.encryption.keys import needed_keys

    found = []
    kept = project.data / "backups"
    for path in (*project.data.glob("podium.db.schema-*.bak"), *kept.glob("*/podium.db")):
        with snapshot(path) as connection:
            if not needed_keys(connection):
                found.append(path)
    return tuple(sorted(found))


def _secret(place: str, environ: Mapping[str, str], folder: Path) -> str:
    kind, _, where = place.partition(":")
    if kind == "command":
        return _printed(where, folder)
    file, variable = (where, None) if kind == "file" else (None, where)
    return read_secret(_PURPOSE, file=file, variable=variable, environ=environ, folder=folder)


def _printed(command: str, folder: Path) -> str:
    import subprocess

    hint = "Run it by hand, or mend encryption_key under [storage]."
    try:
        done = subprocess.run(  # noqa: S603 - the manifest's own program, without a shell
            shlex.split(command),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_COMMAND_S,
            check=False,
        )
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ConfigError(
            f"encryption needs a key and its command cannot be run: {reason}", hint=hint
        ) from None
    if done.returncode:
        # What it printed may hold the key, so it is not shown.
        raise ConfigError(
            f"encryption needs a key and its command ended with status {done.returncode}", hint=hint
        )
    return done.stdout.decode("utf-8", "replace").strip()
