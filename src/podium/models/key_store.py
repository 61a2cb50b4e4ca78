"""Keys that were entered by hand: a file each, which only its owner may read.

They stand beside the environment, under the name of the variable in whose place they are; the variable goes
before. Nothing here tells a key to anybody but those who look it up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from podium.core.errors import InputError, StorageError
from podium.models.keys import MAX_KEY
from podium.storage.files import sweep, write_whole

FOLDER: Final = "keys"
"""In the project's data."""
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_OWN: Final = 0o600
_OWN_FOLDER: Final = 0o700


class KeyStore(Mapping[str, str]):
    """The keys that a project keeps.

    Args:
        folder: Where they are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, name: str) -> str:
        if _NAME.fullmatch(name) is None:
            raise KeyError(name)
        try:
            with (self._folder / name).open(encoding="utf-8") as file:
                return file.read(MAX_KEY + 2).strip()
        except (OSError, ValueError):
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        if self._folder.is_dir():
            yield from sorted(path.name for path in self._folder.iterdir() if _NAME.fullmatch(path.name))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def put(self, name: str, key: str) -> None:
        """Keep a key.

        Args:
            name: The variable in whose place it is.
            key: The key.

        Raises:
            InputError: That is no variable's name.
            StorageError: It cannot be written.
        """
        path = self._path(name)
        try:
            self._folder.mkdir(mode=_OWN_FOLDER, parents=True, exist_ok=True)
            write_whole(path, key.encode(), mode=_OWN)
        except OSError as error:
            raise _unwritable(path, error) from None

    def remove(self, name: str) -> None:
        """Keep a key no longer; one that is not there is none.

        Raises:
            InputError: That is no variable's name.
            StorageError: It cannot be removed.
        """
        path = self._path(name)
        try:
            sweep(path)
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from None

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise InputError(
                f"{name!r} is no name of an environment variable", hint="Correct api_key_env in podium.toml."
            )
        return self._folder / name


class WithKeys(Mapping[str, str]):
    """An environment, and behind it the keys that a project keeps.

    Args:
        environ: The environment.
        kept: The keys.
    """

    def __init__(self, environ: Mapping[str, str], kept: KeyStore) -> None:
        self._environ = environ
        self._kept = kept

    def __getitem__(self, name: str) -> str:
        given = self._environ.get(name, "")
        if not given.strip() and name in self._kept:
            return self._kept[name]
        return self._environ[name]

    def __iter__(self) -> Iterator[str]:
        yield from dict.fromkeys((*self._environ, *self._kept))

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _unwritable(path: Path, error: OSError) -> StorageError:
    return StorageError(f"{path} cannot be written: {error.strerror}", hint="Check its permissions.")
