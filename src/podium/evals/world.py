"""What one trial may change: a folder that is its own."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp


@dataclass(slots=True)
class World:
    """A folder that is made when it is first asked for, and deleted after the trial.

    Attributes:
        seed: For what the target draws at random: the same for the same trial of every run.
        epoch: Which run of the case this is.
    """

    seed: int = 0
    epoch: int = 0
    _folder: Path | None = field(default=None, repr=False)

    @property
    def folder(self) -> Path:
        """The trial's own folder."""
        if self._folder is None:
            self._folder = Path(mkdtemp(prefix="podium-eval-"))
        return self._folder

    def close(self) -> None:
        """Delete the folder. Safe to call twice."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
