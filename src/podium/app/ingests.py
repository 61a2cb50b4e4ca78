"""Filling and searching the knowledge base of a project."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from podium.app.project import Project
from podium.core.errors import InputError, UnknownName
from podium.core.evidence import Evidence
from podium.core.labels import reads_of
from podium.core.principal import Principal
from podium.knowledge.documents import IngestProgress, IngestReport
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.knowledge.sources.source import Found
from podium.knowledge.sources.sources import Sources

Progress: TypeAlias = Callable[[int, int, str], None]
"""Told how many documents are done, of how many, and which was the last."""

DEFAULT_COLLECTION = "default"


def uploads_of(project: Project, collection: str) -> Path:
    """The folder of files that were sent to a collection; they belong to it as declared ones do."""
    return project.uploads / collection


class Ingests:
    """Reads a project's documents into its knowledge base.

    Args:
        project: Declares the collections.
        base: The knowledge base.
        sources: What is searched beside it; None for nothing.
        tenant: The project's own.
    """

    def __init__(
        self, project: Project, base: KnowledgeBase, sources: Sources | None = None, *, tenant: str
    ) -> None:
        self._project = project
        self._base = base
        self._sources = sources
        self._tenant = tenant

    async def ingest(
        self,
        paths: Sequence[str | Path],
        collection: str | None,
        progress: Progress | None,
        principal: Principal,
    ) -> IngestReport:
        """Bring collections in step with their files.

        Args:
            paths: Files and folders; the collection's own when empty.
            collection: Which one; all that are declared when None and no paths are given.
            progress: Told after every document.
            principal: Who does it.

        Raises:
            InputError: A path does not exist, or there is nothing to read.
            UnknownName: Nobody declared the collection.
        """
        declared = self._project.manifest.knowledge.collections
        if paths:
            name = collection or next(iter(declared), DEFAULT_COLLECTION)
            given = {name: [_existing(Path(path)) for path in paths]}
            return await self._run(given, progress, principal.id, prune=False)
        if collection is not None and collection not in declared:
            raise UnknownName(
                f"no collection {collection!r}; there are: {', '.join(declared) or 'none'}",
                hint="Declare it under [knowledge.collections].",
            )
        named = declared if collection is None else {collection: declared[collection]}
        wanted = [name for name in named if self._declared(name)]
        if not wanted:
            raise InputError(
                "there is nothing to ingest",
                hint="Name files or folders, or set paths of a collection in podium.toml.",
            )
        all_of = {name: self._declared(name) for name in wanted}
        return await self._run(all_of, progress, principal.id, prune=True)

    async def search(
        self,
        text: str,
        k: int,
        collection: str | None,
        principal: Principal,
        failed: Callable[[str], None] | None = None,
        as_of: str = "",
    ) -> tuple[Evidence, ...]:
        """Search documents and sources; best first.

        Args:
            text: A question or words.
            k: How many passages at most.
            collection: Name of a collection or of a source; None for all.
            principal: Who searches: nothing is that they may not read.
            failed: Told of each source that could not be asked.
            as_of: An ISO date: documents as they were in force on that day; now when empty.

        Raises:
            InputError: There is nothing to search for.
            UnknownName: There is no such collection.
        """
        if not text.strip():
            raise InputError("there is nothing to search for", hint="Give a question, or words.")
        only, reads = None if collection is None else [collection], reads_of(principal, self._tenant)
        found = (
            Found() if self._sources is None else await self._sources.search(text, k, only=only, reads=reads)
        )
        if failed is not None:
            for name in found.failed:
                failed(name)
        if self._sources is not None and collection in self._sources.readable(reads):
            return found.evidence
        passages = await self._base.asearch(text, k, collections=only, as_of=as_of, reads=reads)
        return tuple(sorted([*passages, *found.evidence], key=lambda item: -item.score)[:k])

    def _declared(self, name: str) -> list[Path]:
        settings = self._project.manifest.knowledge.collections[name]
        sent = uploads_of(self._project, name)
        paths = [_existing(self._project.path(path)) for path in settings.paths]
        return [*paths, sent] if sent.is_dir() else paths

    async def _run(
        self, wanted: dict[str, list[Path]], progress: Progress | None, by: str, *, prune: bool
    ) -> IngestReport:
        """Ingest collections one after another; `prune` when the paths are all that they hold."""
        report: IngestReport | None = None
        for name, paths in wanted.items():
            done = await asyncio.to_thread(
                self._base.ingest,
                paths,
                name,
                prune=prune,
                progress=_told(progress) if progress else None,
                by=by,
            )
            report = done if report is None else _together(report, done)
        if report is None:
            raise InputError("there is nothing to ingest")
        return report


def _told(progress: Progress) -> Callable[[IngestProgress], None]:
    return lambda item: progress(item.done, item.total, item.source)


def _existing(path: Path) -> Path:
    if not path.exists():
        raise InputError(f"{path} does not exist", hint="Check the path.")
    return path


def _together(a: IngestReport, b: IngestReport) -> IngestReport:
    return replace(
        a,
        collection=f"{a.collection}, {b.collection}",
        added=a.added + b.added,
        updated=a.updated + b.updated,
        unchanged=a.unchanged + b.unchanged,
        removed=a.removed + b.removed,
        failed=a.failed + b.failed,
        chunks=a.chunks + b.chunks,
        seconds=a.seconds + b.seconds,
    )


def needs_ingest(project: Project) -> bool:
    """Whether documents are declared and none were ever read."""
    if not any(settings.paths for settings in project.manifest.knowledge.collections.values()):
        return False
    from podium.knowledge.catalog import Catalog

    catalog = Catalog(project.knowledge / "catalog.db")
    try:
        return not catalog.exists() or not catalog.documents()
    finally:
        catalog.close()
