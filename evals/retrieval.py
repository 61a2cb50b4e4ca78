"""The search in the corpus as a target: which documents come for a question, best first."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING

from podium.app.ingests import needs_ingest
from podium.app.podium import Podium
from podium.app.project import Project, project_of
from podium.evals.observation import Observation, Retrieved

if TYPE_CHECKING:
    from podium.knowledge.knowledge_base import KnowledgeBase

PASSAGES = 40
"""So many are searched, so that ten documents come together."""


class Search:
    """Searches the project's corpus, without an agent before or behind it."""

    def __init__(self) -> None:
        self._knowledge: KnowledgeBase | None = None
        self._lock = Lock()

    def __call__(self, question: str) -> Observation:
        """The documents that are found for a question, each with its best passage.

        Args:
            question: What a case asks.
        """
        with self._lock:
            knowledge = self._opened()
        found: dict[str, Retrieved] = {}
        for evidence in knowledge.search(question, PASSAGES):
            name = PurePosixPath(evidence.source).name
            passage = Retrieved(id=name, source=evidence.source, text=evidence.text, score=evidence.score)
            found.setdefault(name, passage)
        return Observation(output=next(iter(found), None), retrieved=tuple(found.values()))

    def close(self) -> None:
        """Let go of the index."""
        if self._knowledge is not None:
            self._knowledge.close()

    def _opened(self) -> KnowledgeBase:
        if self._knowledge is None:
            from podium.app.composition import knowledge_of

            project = Project.open(project_of(Path(__file__)))
            if needs_ingest(project):
                with Podium(project) as app:
                    app.ingest_sync()
            self._knowledge = knowledge_of(project)
        return self._knowledge


search = Search()
"""The target; the index is opened for the first case."""
