"""The contract of what is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.world import World


class Target(Protocol):
    """Something that can run cases, several at a time."""

    @property
    def name(self) -> str:
        """What it is called in logs and reports."""
        ...

    @property
    def versions(self) -> Mapping[str, str]:
        """What it is made of, by name: the same versions run the same thing. Known once it is open."""
        ...

    async def open(self) -> None:
        """Get ready; called once, before the first case.

        Raises:
            PodiumError: It cannot be used.
        """
        ...

    async def run(self, case: Case, world: World, /) -> Observation:
        """Run one case.

        Args:
            case: The case.
            world: What this trial may change; nothing else is shared with other trials.

        Raises:
            Exception: The trial has failed, which is an error and never a score.
        """
        ...

    async def close(self) -> None:
        """Let go of what is held."""
        ...
