"""Reading the policy and the prompts of an open project again when their files have changed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from podium.agents.prompt_store import PromptStore
from podium.app.prompts import store_folder
from podium.runtime.runs import RunVersions

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from podium.agents.contracts import Role
    from podium.app.project import Project
    from podium.core.pinned import Pinned
    from podium.graphs.in_force import InForce

Stamp: TypeAlias = tuple[tuple[str, int, int, int], ...]
"""Path, time of change in nanoseconds, bytes and inode of each file."""


class Renewal:
    """Keeps what is in force up to date, between runs only.

    A run holds what it began with; a broken file refuses the next run, since an older policy might let
    through what the new one was written to stop.

    Args:
        project: Names the files.
        in_force: What they said last.
        read: Reads them.
        models: Model by role.
    """

    def __init__(
        self,
        project: Project,
        in_force: Pinned[InForce],
        read: Callable[[], InForce],
        models: Mapping[Role, str],
    ) -> None:
        self._project = project
        self._in_force = in_force
        self._read = read
        self._models = models
        self._graph = next(iter(project.manifest.graphs), project.manifest.project.name)
        self._store = PromptStore(store_folder(project))
        self._stamp = self._now()

    async def refresh(self) -> None:
        """Read the files again if one of them has changed.

        Raises:
            ConfigError: One is broken; the message names file and line.
        """
        stamp = self._now()
        if stamp != self._stamp:
            self._in_force.renew(await asyncio.to_thread(self._read))
            self._stamp = stamp

    def versions(self) -> RunVersions:
        """What is in force for the run."""
        held = self._in_force.value
        return RunVersions(
            graph=self._graph,
            models=self._models,
            prompts={role: prompt.label for role, prompt in held.prompts.prompts.items()},
            policy=held.policy.version,
        )

    def keep(self) -> Callable[[], None]:
        """What keeps the prompts in force for the run, so that they can be read later."""
        return partial(self._store.keep, self._in_force.value.prompts.prompts.values())

    def _now(self) -> Stamp:
        return tuple(_stamps(sorted(self._files())))

    def _files(self) -> Iterator[Path]:
        project, policy = self._project, self._in_force.value.policy
        yield from project.path(project.manifest.agents.path).glob("*.md")
        named = [project.path(file) for file in project.manifest.policy.files]
        yield from named
        if policy.calibration and named:
            yield named[-1].parent / policy.calibration
        for rule in policy.rules:
            place = rule.validator.partition(":")[0]
            if place.endswith(".py"):
                yield project.path(place)


def _stamps(files: list[Path]) -> Iterator[tuple[str, int, int, int]]:
    for file in files:
        try:
            found = file.stat()
        except OSError:
            yield str(file), 0, 0, 0
        else:
            yield str(file), found.st_mtime_ns, found.st_size, found.st_ino
