"""A case changes nothing that is not its own, whatever it approves."""

from __future__ import annotations

import asyncio
from pathlib import Path

from podium.app.project import Project
from podium.evals.case import Case, Turn
from podium.evals.observation import Observation
from podium.evals.targets.project import ProjectTarget
from podium.evals.world import World

CASE = Case(
    id="ring",
    turns=(
        Turn(user='[{"name": "ring_bell", "arguments": {"name": "Ada"}}]'),
        Turn(decision="approve"),
    ),
)


async def played(folder: Path, case: Case) -> Observation:
    target = ProjectTarget(Project.open(folder))
    world = World()
    await target.open()
    try:
        return await target.run(case, world)
    finally:
        world.close()
        await target.close()


def test_actions_of_a_project_that_cannot_copy_its_world_are_simulated(tower: Path, heard: Path) -> None:
    seen = asyncio.run(played(tower, CASE))
    assert [(one.tool, one.status) for one in seen.actions] == [("ring_bell", "simulated")]
    assert not heard.exists()
