"""A case changes nothing that is not its own, whatever it approves."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from podium.app.project import Project
from podium.evals.case import Case, Turn
from podium.evals.observation import Observation
from podium.evals.targets.project import ProjectTarget
from podium.evals.world import World

TOOL = '''"""A bell that everybody hears."""

from pathlib import Path

from podium import action

HEARD = Path(__file__).with_name("heard.txt")


@action("irreversible", target="bell")
def ring_bell(name: str) -> str:
    """Ring the bell for somebody."""
    with HEARD.open("a", encoding="utf-8") as heard:
        heard.write(name)
    return f"rang for {name}"
'''
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


def test_actions_of_a_project_that_cannot_copy_its_world_are_simulated(tmp_path: Path, root: Path) -> None:
    folder = tmp_path / "tower"
    (folder / "tools").mkdir(parents=True)
    (folder / "tools" / "bell.py").write_text(TOOL, encoding="utf-8")
    (folder / "podium.toml").write_text('[project]\nname = "tower"\n', encoding="utf-8")
    shutil.copytree(root / "benchmarks" / "retail" / "project" / "agents", folder / "agents")
    seen = asyncio.run(played(folder, CASE))
    assert [(one.tool, one.status) for one in seen.actions] == [("ring_bell", "simulated")]
    assert not (folder / "tools" / "heard.txt").exists()
