"""Wrappers that keep a source from holding a turn up: in time, tried again, and left alone once it failed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from podium.core.errors import PodiumError, SourceError, SourceUnavailable
from podium.core.evidence import Evidence
from podium.knowledge.sources.source import Source
from podium.models.secrets import one_line

FIRST_WAIT = 0.1
LONGEST_WAIT = 1.0
"""Seconds before a further attempt: twice as long each time, with full jitter."""


class Bounded:
    """Gives a source so many seconds for an attempt, and a failure that may pass so many further attempts.

    Args:
        source: The source.
        timeout: Seconds for one attempt.
        retries: Further attempts.
    """

    def __init__(self, source: Source, *, timeout: float, retries: int) -> None:
        self.name = source.name
        self._source = source
        self._timeout = timeout
        self._retries = retries

    async def fetch(self, query: str, k: int) -> Sequence[Evidence]:
        """What the source gives.

        Raises:
            SourceUnavailable: It failed in each attempt.
            SourceError: It failed in a way that another attempt would not mend.
        """
        from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt
        from tenacity.wait import wait_random_exponential

        attempts = AsyncRetrying(
            retry=retry_if_exception_type(SourceUnavailable),
            stop=stop_after_attempt(1 + self._retries),
            wait=wait_random_exponential(multiplier=FIRST_WAIT, max=LONGEST_WAIT),
            reraise=True,
        )
        return await attempts(self._attempt, query, k)

    async def _attempt(self, query: str, k: int) -> Sequence[Evidence]:
        limit = asyncio.timeout(self._timeout)
        try:
            async with limit:
                return await self._source.fetch(query, k)
        except SourceError:
            raise
        except PodiumError as error:
            raise SourceError(f"{self.name}: {error.message}", hint=error.hint) from error
        except TimeoutError as error:
            late = f"did not answer within {self._timeout:g} s" if limit.expired() else one_line(str(error))
            raise SourceUnavailable(f"{self.name}: {late or 'timed out'}") from None
        except OSError as error:
            raise SourceUnavailable(f"{self.name}: {one_line(str(error))}") from None
        except Exception as error:
            said = one_line(f"{type(error).__name__}: {error}")
            raise SourceError(f"{self.name}: {said}", hint="Mend the source.") from error


class Rested:
    """Leaves a source that failed alone for a while, so that every question does not wait for it again.

    Args:
        source: The source.
        seconds: How long.
        now: A clock that never goes back, in seconds.
    """

    def __init__(self, source: Source, seconds: float, *, now: Callable[[], float] = time.monotonic) -> None:
        self.name = source.name
        self._source = source
        self._seconds = seconds
        self._now = now
        self._failed: tuple[float, SourceError] | None = None

    async def fetch(self, query: str, k: int) -> Sequence[Evidence]:
        """What the source gives.

        Raises:
            SourceError: It failed, now or a moment ago.
        """
        if self._failed is not None and self._now() < self._failed[0] + self._seconds:
            failed = self._failed[1]
            raise SourceUnavailable(f"{failed.message} (not asked again yet)", hint=failed.hint)
        try:
            found = await self._source.fetch(query, k)
        except SourceError as error:
            self._failed = (self._now(), error)
            raise
        self._failed = None
        return found
