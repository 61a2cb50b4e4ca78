"""Running cases: several at a time, each in time, tried again after an error, and on record when done."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from podium.core.ids import digest_of
from podium.evals.case import Case
from podium.evals.failing import TrialFailed, failed, too_slow
from podium.evals.log import LogWriter, TrialError, TrialRecord
from podium.evals.observation import Observation
from podium.evals.score import Score, Scorer
from podium.evals.scorers.judging import judge
from podium.evals.suite import Limits
from podium.evals.targets.target import Target
from podium.evals.world import World
from podium.telemetry.langsmith import untraced

if TYPE_CHECKING:
    from podium.evals.cache import ObservationCache

Told: TypeAlias = Callable[[TrialRecord], None]
"""Told of every trial that has ended."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 20.0
"""Seconds before a further attempt: twice as long each time, with jitter."""
GRACE = 5.0
"""Seconds that a case which was too slow gets to end by itself."""


@dataclass(frozen=True, slots=True)
class NamedScorer:
    """A scorer as a suite uses it.

    Attributes:
        name: What its metric is called.
        scorer: The scorer.
        tags: Only cases with one of these are judged; all when empty.
    """

    name: str
    scorer: Scorer
    tags: frozenset[str] = frozenset()

    def judges(self, case: Case) -> bool:
        """Whether it is asked about the case."""
        return not self.tags or not self.tags.isdisjoint(case.tags)


def _alone(case: Case) -> str:
    return case.cluster


@dataclass(frozen=True, slots=True)
class Conditions:
    """How cases are run.

    Attributes:
        limits: Concurrency, time, attempts.
        epochs: How often each case is run.
        seed: Decides what targets draw at random.
        cluster: The family that a case belongs to.
        cache: What earlier runs observed; None to run everything.
        max_cost: Money after which no further case is begun.
    """

    limits: Limits = field(default_factory=Limits)
    epochs: int = 1
    seed: int = 0
    cluster: Callable[[Case], str] = _alone
    cache: ObservationCache | None = None
    max_cost: float | None = None


@dataclass(slots=True)
class Tally:
    """What a run came to.

    Attributes:
        ran: Trials that ended now.
        errors: Those of them without a result.
        cost: Money spent, as far as it is known.
        stopped: Why the run ended early; empty when it did not.
    """

    ran: int = 0
    errors: int = 0
    cost: float = 0.0
    stopped: str = ""


class Runner:
    """Runs cases against an open target.

    Args:
        target: What is evaluated.
        scorers: Who judges it.
        conditions: How.
    """

    def __init__(
        self, target: Target, scorers: Sequence[NamedScorer], conditions: Conditions | None = None
    ) -> None:
        self._target = target
        self._scorers = tuple(scorers)
        self._conditions = conditions or Conditions()
        self._left_behind: list[asyncio.Task[Observation]] = []

    async def run(
        self,
        cases: Iterable[Case],
        log: LogWriter,
        *,
        done: Collection[tuple[str, int]] = (),
        told: Told | None = None,
    ) -> Tally:
        """Run what has no record yet.

        Args:
            cases: The cases; read only as fast as they are run.
            log: Where trials are recorded.
            done: Ids and epochs that are in the log already.
            told: Told of every trial.

        Raises:
            StorageError: The log cannot be written.
        """
        tally = Tally()
        trials = self._trials(cases, done)

        async def slot() -> None:
            for case, epoch, digest in trials:
                if self._is_spent(tally):
                    break
                record = await self._trial(case, epoch, digest)
                log.add(record)
                tally.ran += 1
                tally.errors += record.error is not None
                if record.observation is not None and not record.cached:
                    tally.cost += record.observation.cost or 0.0
                if told is not None:
                    told(record)

        with untraced():
            slots = [asyncio.create_task(slot()) for _ in range(self._conditions.limits.concurrency)]
        try:
            await asyncio.gather(*slots)
        finally:
            for one in slots:
                one.cancel()
            await asyncio.gather(*slots, return_exceptions=True)
        return tally

    def _trials(
        self, cases: Iterable[Case], done: Collection[tuple[str, int]]
    ) -> Iterator[tuple[Case, int, str]]:
        for case in cases:
            digest = digest_of_case(case)
            for epoch in range(self._conditions.epochs):
                if not done or (case.id, epoch) not in done:
                    yield case, epoch, digest

    def _is_spent(self, tally: Tally) -> bool:
        most = self._conditions.max_cost
        if most is not None and tally.cost >= most:
            tally.stopped = f"the limit of {most:g} for the cost is reached"
        return bool(tally.stopped)

    async def _trial(self, case: Case, epoch: int, digest: str) -> TrialRecord:
        began = time.perf_counter()
        attempts, cached = 0, False
        observation: Observation | None = None
        error: TrialError | None = None
        cache = self._conditions.cache
        if cache is not None:
            observation = await asyncio.to_thread(cache.get, digest, epoch)
            cached = observation is not None
        while observation is None:
            attempts += 1
            try:
                observation = await self._attempt(case, epoch)
            except TrialFailed as failed:
                error = failed.error
                if not failed.again or attempts > self._conditions.limits.retries:
                    break
                await asyncio.sleep(_pause(attempts))
        scores: tuple[Score, ...] = ()
        if observation is not None:
            error = None
            if cache is not None and not cached:
                await asyncio.to_thread(_keep, cache, digest, epoch, observation)
            scores = await self._judged(case, observation)
        return TrialRecord(
            kind="trial",
            case=case,
            epoch=epoch,
            digest=digest,
            cluster=self._conditions.cluster(case),
            observation=observation,
            scores=scores,
            error=error,
            seconds=round(time.perf_counter() - began, 6),
            attempts=attempts,
            cached=cached,
        )

    async def _attempt(self, case: Case, epoch: int) -> Observation:
        world = World(seed=_seed(self._conditions.seed, case.id, epoch), epoch=epoch)
        task = asyncio.ensure_future(self._target.run(case, world))
        try:
            ended, _ = await asyncio.wait((task,), timeout=self._conditions.limits.timeout)
            if not ended:
                await self._abandon(task)
        except asyncio.CancelledError:
            await self._abandon(task)
            raise
        finally:
            world.close()
        if not ended:
            raise too_slow(self._conditions.limits.timeout)
        try:
            return task.result()
        except asyncio.CancelledError:
            raise TrialFailed(
                TrialError(code="case_cancelled", message="it was cancelled"), again=True
            ) from None
        except Exception as error:  # noqa: BLE001 - a target may raise anything
            raise failed(error) from None

    async def _abandon(self, task: asyncio.Task[Observation]) -> None:
        """Cancel it; one that does not let itself be cancelled is left behind."""
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait((task,), timeout=GRACE)
        if not task.done():
            self._left_behind.append(task)
            # Else the loop would wait for it at its end, for ever, and then complain of it.
            asyncio.tasks._unregister_task(task)
            task._log_destroy_pending = False  # type: ignore[attr-defined] # as asyncio's own code does
        elif not task.cancelled():
            task.exception()  # else it would be told as never looked at

    async def _judged(self, case: Case, observed: Observation) -> tuple[Score, ...]:
        found: list[Score] = []
        for named in self._scorers:
            if named.judges(case):
                found += await judge(named.name, named.scorer, case, observed)
        return tuple(found)


def digest_of_case(case: Case) -> str:
    """What tells whether two trials are of the same case: all but its tags, its family and its notes."""
    text = case.model_dump_json(exclude_defaults=True, exclude={"tags", "cluster", "metadata"})
    return digest_of(text.encode())[:16]


def _keep(cache: ObservationCache, digest: str, epoch: int, observation: Observation) -> None:
    with suppress(OSError):  # it only spares a later run the work
        cache.put(digest, epoch, observation)


def _pause(attempt: int) -> float:
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** (attempt - 1))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - no secret


def _seed(seed: int, identifier: str, epoch: int) -> int:
    return int(digest_of(f"{seed}\0{identifier}\0{epoch}".encode())[:8], 16)
