"""A project's folder: its manifest and where everything in it lies."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from podium.core.errors import ConfigError, ProjectNotFound
from podium.core.settings import MANIFEST, Manifest, load_manifest


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with a manifest.

    Attributes:
        folder: The folder, absolute.
        manifest: What `podium.toml` says.
    """

    folder: Path
    manifest: Manifest

    @classmethod
    def open(cls, folder: str | Path) -> Project:
        """Read the project in a folder.

        Raises:
            ConfigError: There is no manifest, or it is broken.
        """
        path = Path(folder).expanduser().absolute()
        return cls(path, load_manifest(path))

    @property
    def data(self) -> Path:
        """Where Podium keeps what it stores for the project.

        Raises:
            ConfigError: It is a relative path that leads out of the project.
        """
        given = Path(self.manifest.storage.path)
        if given.is_absolute():
            return given  # another disk, say: named in full, so meant
        # By its words alone: a folder that the user made a link to another disk is meant as well.
        data = Path(os.path.normpath(self.folder / given))
        if not data.is_relative_to(self.folder):
            raise self._outside(self.manifest.storage.path)
        return data

    @property
    def database(self) -> Path:
        """Checkpoints, runs, events, ledger and audit."""
        return self.data / "podium.db"

    @property
    def knowledge(self) -> Path:
        """The index of the knowledge base."""
        return self.data / "knowledge"

    @property
    def uploads(self) -> Path:
        """Documents that were sent to the knowledge base, by collection."""
        return self.data / "uploads"

    @property
    def world(self) -> Path:
        """What the project's tools act on."""
        return self.data / "world"

    @property
    def tools(self) -> list[Path]:
        """Files and folders of tools; only those that the manifest names have to be there."""
        settings = self.manifest.tools
        named = "paths" in settings.model_fields_set
        return [path for path in map(self.path, settings.paths) if named or path.exists()]

    def path(self, relative: str) -> Path:
        """A path that the manifest names.

        Raises:
            ConfigError: It leads out of the project.
        """
        found = (self.folder / relative).resolve()
        if not found.is_relative_to(self.folder.resolve()):
            raise self._outside(relative)
        return found

    def _outside(self, relative: str) -> ConfigError:
        return ConfigError(
            f"{self.folder / MANIFEST}: {relative} lies outside the project",
            hint="Name files and folders inside the project.",
        )


def project_of(file: str | Path) -> Path:
    """The folder of the project that a file belongs to: the closest one above it with a manifest.

    Raises:
        ProjectNotFound: There is none.
    """
    start = Path(file).resolve()
    for folder in start.parents:
        if (folder / MANIFEST).is_file():
            return folder
    raise ProjectNotFound(f"no {MANIFEST} above {start}", hint="Put the graph file into a project.")
