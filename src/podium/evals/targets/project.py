"""A project as a target: each case with an app, a thread and a world of its own, and one shared index."""

from __future__ import annotations

import asyncio
import platform
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from podium.app.ingests import needs_ingest
from podium.app.podium import Podium
from podium.app.project import Project
from podium.app.seams import Seams
from podium.core.model import JsonValue
from podium.core.settings import AuditSettings, StorageSettings
from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.targets.conversation import Conversation
from podium.evals.targets.differences import difference
from podium.evals.targets.fingerprint import versions_of
from podium.evals.targets.injection import Injection
from podium.evals.targets.outputs import plain
from podium.evals.targets.templates import new_template
from podium.evals.world import World
from podium.tools.mcp.servers import MCP_ORIGIN

if TYPE_CHECKING:
    from podium.app.ingests import Progress
    from podium.app.similarity import KnowledgeSimilarity
    from podium.evals.traffic.trial import Traffic
    from podium.knowledge.knowledge_base import KnowledgeBase
    from podium.tools.loader import World as WorldHook
    from podium.tools.tool import Tool


def _unaltered(_: Case, seams: Seams) -> Seams:
    return seams


class ProjectTarget:
    """Runs cases on the agents of a project.

    What is costly is shared: the index, the embedding model, a migrated database and the first state of the
    world, which are copied. Nothing that a case does reaches the project's own data, and nobody is notified.
    Actions of a project without a hook that copies its world are only simulated.

    Args:
        project: The project.
        model: Replaces the manifest's default model.
        world: `fresh` makes a world anew, `current` starts from the project's own.
        progress: Told of the documents, when they have to be read first.
        traffic: Records what trials say to the outside, or answers them from a record.
        lent: Knowledge and similarity that several targets share; whoever lends them closes them.
        alter: Given a case and its seams; gives the seams that it runs with, before its faults.
    """

    def __init__(
        self,
        project: Project,
        *,
        model: str | None = None,
        world: Literal["fresh", "current"] = "fresh",
        progress: Progress | None = None,
        traffic: Traffic | None = None,
        lent: Seams | None = None,
        alter: Callable[[Case, Seams], Seams] = _unaltered,
    ) -> None:
        self._project = project
        self._lent = lent
        self._alter = alter
        self._model = model
        self._which = world
        self._progress = progress
        self._traffic = traffic
        self._knowledge: KnowledgeBase | None = None
        self._similarity: KnowledgeSimilarity | None = None
        self._hook: WorldHook | None = None
        self._template = Path()
        self._before: object = None
        self._versions: dict[str, str] = {}
        self.name = f"project {project.manifest.project.name}"

    @property
    def versions(self) -> Mapping[str, str]:
        """Podium, Python, models, and digests of prompts, policy, graphs, tools and knowledge."""
        return self._versions

    async def open(self) -> None:
        """Read the documents if that was never done, and make what cases are copied from.

        Raises:
            ConfigError: The project is broken.
        """
        from podium.app.composition import knowledge_of
        from podium.app.similarity import KnowledgeSimilarity
        from podium.tools.loader import load_world

        if self._lent is not None and self._lent.knowledge is not None:
            self._knowledge, self._similarity = self._lent.knowledge, self._lent.similarity
        else:
            self._knowledge = knowledge_of(self._project)
        self._similarity = self._similarity or KnowledgeSimilarity(self._knowledge)
        if needs_ingest(self._project):
            async with Podium(self._project, seams=self._shared()) as app:
                await app.ingest(progress=self._progress)
        settings = self._project.manifest.tools
        if settings.world is not None:
            self._hook = load_world(self._project.path(settings.world))
        self._template = new_template()
        await asyncio.to_thread(self._make_template)
        # Opened once, so that what is wrong with the project is told before any case, and files are migrated.
        idle = self._shared() if self._traffic is None else self._traffic.idle(self._shared())
        async with Podium(self._placed(self._template), model=self._model, seams=idle) as app:
            await asyncio.to_thread(lambda: app.graph)
        await asyncio.to_thread(self._knowledge.warm)
        self._versions = {
            **versions_of(self._project, self._model, self._knowledge),
            "python": platform.python_version(),
            "world": self._which,
        }

    def lending(self) -> Seams:
        """What it holds open, for other targets to share while it is open."""
        return Seams(knowledge=self._knowledge, similarity=self._similarity)

    async def run(self, case: Case, world: World, /) -> Observation:
        """Have the case's conversation.

        Raises:
            PodiumError: The project cannot be opened, or a fault names what is not there.
        """
        folder = world.folder
        await asyncio.to_thread(self._copy, folder)
        injection = Injection(case.faults)
        seams = injection.into(self._alter(case, self._shared()))
        traffic = None if self._traffic is None else self._traffic.of(case.id, world.epoch, self._is_outside)
        if traffic is not None:
            seams = traffic.into(seams)
        try:
            async with Podium(self._placed(folder), model=self._model, seams=seams) as app:
                await asyncio.to_thread(lambda: app.graph)
                injection.check()
                observed = await Conversation(app).play(case)
        finally:
            if traffic is not None:
                traffic.end()
        return observed.model_copy(update={"world": await asyncio.to_thread(self._changed, folder)})

    async def close(self) -> None:
        """Let go of the index and delete what cases were copied from."""
        if self._knowledge is not None and (self._lent is None or self._lent.knowledge is None):
            await asyncio.to_thread(self._knowledge.close)
        self._knowledge = None
        if self._traffic is not None:
            self._traffic.close()
        if self._template != Path():
            await asyncio.to_thread(shutil.rmtree, self._template, ignore_errors=True)

    def _shared(self) -> Seams:
        # Without a hook that copies the world, the only one there is must not be changed.
        return Seams(knowledge=self._knowledge, similarity=self._similarity, simulate=self._hook is None)

    def _is_outside(self, tool: Tool) -> bool:
        """Whether a tool reaches beyond the trial's copy of the world."""
        return self._hook is None or tool.origin.startswith(MCP_ORIGIN)

    def _placed(self, folder: Path) -> Project:
        """The project with its data elsewhere, telling nobody and signing nothing."""
        changes = {
            "storage": StorageSettings(path=str(folder)),
            "notifications": {},
            "audit": AuditSettings(),
        }
        return replace(self._project, manifest=self._project.manifest.model_copy(update=changes))

    def _make_template(self) -> None:
        if self._hook is None:
            return
        place = self._placed(self._template).world
        if self._which == "current" and self._project.world.exists():
            self._hook.copy_world(self._project.world, place)
        handle = self._hook.open_world(place)
        if self._hook.read_world is not None:
            self._before = self._hook.read_world(handle)

    def _copy(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for file in self._template.glob("podium.db*"):
            if file.is_file():
                shutil.copyfile(file, folder / file.name)
        if self._hook is not None:
            self._hook.copy_world(self._placed(self._template).world, self._placed(folder).world)

    def _changed(self, folder: Path) -> JsonValue:
        if self._hook is None or self._hook.read_world is None:
            return None
        handle = self._hook.open_world(self._placed(folder).world)
        changed: JsonValue = plain(difference(self._before, self._hook.read_world(handle)))
        return changed
