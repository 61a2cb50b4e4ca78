"""What earlier runs observed, kept by all that decides it: case, target, model, prompts and policy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from podium.core.canonical import canonical_digest
from podium.evals.observation import Observation
from podium.storage.files import write_whole


class ObservationCache:
    """Observations in a folder, a file each.

    Args:
        folder: Where they are kept; made when missing.
        target: What the target is called.
        versions: What it is made of.
    """

    def __init__(self, folder: Path, target: str, versions: Mapping[str, str]) -> None:
        self._folder = folder
        self._of = canonical_digest({"target": target, "versions": dict(versions)})

    def get(self, case: str, epoch: int) -> Observation | None:
        """What was observed; None where that is not known, or cannot be read any more.

        Args:
            case: The case's digest.
            epoch: Which run of it.
        """
        try:
            return Observation.model_validate_json(self._file(case, epoch).read_bytes())
        except (OSError, ValidationError):
            return None

    def put(self, case: str, epoch: int, observation: Observation) -> None:
        """Keep what was observed.

        Raises:
            OSError: It cannot be written.
        """
        data = observation.model_dump_json(exclude_defaults=True).encode()
        write_whole(self._file(case, epoch), data)

    def _file(self, case: str, epoch: int) -> Path:
        key = canonical_digest([self._of, case, epoch])
        return self._folder / key[:2] / f"{key[2:]}.json"
