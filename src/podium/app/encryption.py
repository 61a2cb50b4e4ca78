"""The key of a project's database: where it is, and the database opened with it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Final

from podium.core.errors import ConfigError
from podium.core.secrets import read_secret
from podium.storage.database import Database

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.storage.encryption.cipher import Cipher

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
    return Database.open(path or project.database, cipher=cipher_of(project, environ))


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
