"""All sources of an app, asked together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from podium.core.errors import ConfigError, SourceError
from podium.core.evidence import Evidence
from podium.core.labels import Reads
from podium.knowledge.sources.bounded import Bounded, Rested
from podium.knowledge.sources.cached import Cached
from podium.knowledge.sources.labelled import Labelled, Labels
from podium.knowledge.sources.relevance import Relevance
from podium.knowledge.sources.source import Found, Source


@dataclass(frozen=True, slots=True)
class Terms:
    """How a source is used.

    Attributes:
        labels: The project's labels.
        timeout: Seconds for one attempt.
        retries: Further attempts after a passing failure.
        rest: Seconds for which it is left alone after it failed.
        cache_seconds: How long an answer is used again.
        cache_size: How many answers are kept.
    """

    labels: Labels = field(default_factory=Labels)
    timeout: float = 5.0
    retries: int = 1
    rest: float = 15.0
    cache_seconds: float = 300.0
    cache_size: int = 256


class Managed:
    """A source in its wrappers.

    Args:
        source: The source.
        terms: How it is used.
    """

    def __init__(self, source: Source, terms: Terms | None = None) -> None:
        terms = terms or Terms()
        bounded = Bounded(source, timeout=terms.timeout, retries=terms.retries)
        labelled = Labelled(Rested(bounded, terms.rest), terms.labels)
        self.name = source.name
        self.cost = terms.labels.cost
        self.access = terms.labels.access
        self.cached = Cached(labelled, seconds=terms.cache_seconds, size=terms.cache_size)
        self._source = source

    def close(self) -> None:
        """Let go of what the source holds."""
        close = getattr(self._source, "close", None)
        if callable(close):
            close()


class Sources:
    """Asks several sources at once; one that fails is named, and the others go on.

    Args:
        sources: The sources, each with a name of its own.
        relevance: Scores what they give.
        on_failure: Told of a source's name and failure.

    Raises:
        ConfigError: Two have the same name.
    """

    def __init__(
        self,
        sources: Iterable[Managed],
        relevance: Relevance,
        on_failure: Callable[[str, SourceError], None] | None = None,
    ) -> None:
        self._sources: dict[str, Managed] = {}
        for source in sources:
            if source.name in self._sources:
                raise ConfigError(
                    f"two sources are called {source.name!r}", hint="Give one of them another name."
                )
            self._sources[source.name] = source
        self._relevance = relevance
        self._on_failure = on_failure

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the sources."""
        return tuple(self._sources)

    def readable(self, reads: Reads | None) -> tuple[str, ...]:
        """The names of the sources whose access labels count.

        Args:
            reads: Which do; None for all.
        """
        return tuple(name for name, one in self._sources.items() if reads is None or reads(one.access))

    async def search(
        self, query: str, k: int, *, only: Collection[str] | None = None, reads: Reads | None = None
    ) -> Found:
        """What speaks most to the query in all sources.

        Args:
            query: A question or words.
            k: How many passages of each source at most.
            only: Names of the sources to ask; None for all.
            reads: Which access labels count; a source with another is not asked. None for all.
        """
        asked = [self._sources[name] for name in self.readable(reads) if only is None or name in only]
        if not asked or not query.strip():
            return Found()
        answers = await asyncio.gather(*(self._ask(source, query, k) for source in asked))
        evidence = [item for answer in answers for item in answer.evidence]
        return Found(
            tuple(sorted(evidence, key=lambda item: -item.score)),
            failed=tuple(name for answer in answers for name in answer.failed),
            cost=sum(answer.cost for answer in answers),
        )

    def close(self) -> None:
        """Let go of what the sources hold."""
        for source in self._sources.values():
            source.close()

    async def _ask(self, source: Managed, query: str, k: int) -> Found:
        try:
            looked_up = await source.cached.look_up(query, k)
        except SourceError as error:
            if self._on_failure is not None:
                self._on_failure(source.name, error)
            return Found(failed=(source.name,))
        best: Sequence[Evidence] = await self._relevance.best(query, looked_up.evidence, k)
        return Found(tuple(best), cost=source.cost if looked_up.fetched else 0.0)
