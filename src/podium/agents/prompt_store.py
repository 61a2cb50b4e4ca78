"""Every prompt that a run has used, by its hash, so that it can be read and compared later."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from threading import Lock

from podium.agents.contracts import Role
from podium.agents.prompts import Prompt, parse_prompt
from podium.core.errors import InputError, NotFound, StorageError
from podium.core.ids import digest_of
from podium.storage.files import write_whole


class PromptStore:
    """Prompts as files: `ROLE/HASH.md` in a folder.

    Args:
        folder: Made with the first prompt.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: set[tuple[Role, str]] = set()
        self._lock = Lock()

    def keep(self, prompts: Iterable[Prompt]) -> None:
        """Keep the prompts that are not kept yet.

        Raises:
            StorageError: One cannot be written.
        """
        with self._lock:
            for prompt in prompts:
                if (prompt.role, prompt.hash) not in self._kept:
                    self._write(prompt)
                    self._kept.add((prompt.role, prompt.hash))

    def list(self, role: Role) -> tuple[Prompt, ...]:
        """The prompts that a role has had, the one used first at the beginning.

        Raises:
            StorageError: A file was changed.
        """
        files = sorted(
            (self._folder / role).glob("[0-9a-f]*.md"), key=lambda file: (file.stat().st_mtime_ns, file.name)
        )
        return tuple(self._read(role, file) for file in files)

    def find(self, role: Role, prefix: str) -> Prompt:
        """The prompt whose hash starts so.

        Raises:
            NotFound: None was kept.
            InputError: Several were.
            StorageError: The file was changed.
        """
        kept = (self._folder / role).glob("[0-9a-f]*.md")
        files = [file for file in kept if prefix and file.stem.startswith(prefix)]
        if not files:
            raise NotFound(
                f"no prompt of the {role} with the hash {prefix!r} was kept",
                hint="'podium prompts list --all' shows those that runs have used.",
            )
        if len(files) > 1:
            raise InputError(f"{len(files)} hashes start with {prefix!r}", hint="Give more of the hash.")
        return self._read(role, files[0])

    def _write(self, prompt: Prompt) -> None:
        path = self._folder / prompt.role / f"{prompt.hash}.md"
        if path.exists():
            return
        try:
            write_whole(path, prompt.file.encode())
        except OSError as error:
            raise StorageError(
                f"{path} cannot be written: {error.strerror}", hint="Check the permissions of the project."
            ) from None

    def _read(self, role: Role, path: Path) -> Prompt:
        try:
            data = path.read_bytes()
        except OSError as error:
            raise StorageError(
                f"{path} cannot be read: {error.strerror}", hint="Check its permissions."
            ) from None
        if digest_of(data) != path.stem:
            raise StorageError(f"{path} was changed since it was kept", hint="Restore it, or delete it.")
        return parse_prompt(data.decode(), role, str(path))
