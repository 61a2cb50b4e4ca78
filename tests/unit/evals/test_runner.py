from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from podium.core.errors import ConfigError
from podium.evals import runner as runner_module
from podium.evals.cache import ObservationCache
from podium.evals.case import Case
from podium.evals.log import LogWriter, TrialRecord, read_trials
from podium.evals.observation import Observation
from podium.evals.runner import Conditions, NamedScorer, Runner, Tally
from podium.evals.suite import Limits
from podium.evals.world import World
from podium.testing.trials import header


class Target:
    """Does what the case's input says."""

    name = "target"
    versions: Mapping[str, str] = {}

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.begun = asyncio.Event()
        self.active = self.most = 0
        self.folders: list[Path] = []
        self.seeds: list[int] = []

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def run(self, case: Case, world: World, /) -> Observation:
        self.calls.append(case.id)
        self.begun.set()
        self.seeds.append(world.seed)
        self.active += 1
        self.most = max(self.most, self.active)
        try:
            return await self._do(case, world)
        finally:
            self.active -= 1

    async def _do(self, case: Case, world: World) -> Observation:
        match case.input:
            case "fail":
                raise ValueError("no way")
            case "fail once" if self.calls.count(case.id) == 1:
                raise ValueError("not yet")
            case "misuse":
                raise ConfigError("not like this", hint="Otherwise.")
            case "hang":
                await asyncio.Event().wait()
            case "stubborn":
                while True:
                    try:
                        await asyncio.Event().wait()
                    except asyncio.CancelledError:
                        continue
            case "cancel":
                raise asyncio.CancelledError
            case "write":
                (world.folder / "file").write_text("x")
                self.folders.append(world.folder)
        await asyncio.sleep(0)
        return Observation(output=case.input, cost=1.0)


def echo(case: Case, observed: Observation) -> float:
    return float(case.input == observed.output)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(runner_module, "GRACE", 0.01)


async def run(
    tmp_path: Path, target: Target, *inputs: str, conditions: Conditions | None = None, **given: object
) -> tuple[list[TrialRecord], Tally]:
    log = LogWriter(tmp_path / "log.jsonl")
    log.add(header())
    cases = [Case(id=f"c{number}", input=text) for number, text in enumerate(inputs)]
    done = given.get("done", ())
    assert isinstance(done, tuple | set)
    runner = Runner(target, [NamedScorer("echo", echo)], conditions)
    tally = await runner.run(cases, log, done=done)
    log.close()
    return list(read_trials(tmp_path / "log.jsonl")), tally


async def test_every_case_has_a_record_with_its_scores(tmp_path: Path) -> None:
    records, tally = await run(tmp_path, Target(), "a", "b", "c")
    assert {one.case.id: one.value("echo") for one in records} == {"c0": 1.0, "c1": 1.0, "c2": 1.0}
    assert (tally.ran, tally.errors) == (3, 0)


@pytest.mark.parametrize(
    ("text", "code", "attempts"),
    [("fail", "case_failed", 3), ("misuse", "config_invalid", 1), ("cancel", "case_cancelled", 3)],
)
async def test_an_error_is_tried_again_and_is_never_a_score(
    tmp_path: Path, text: str, code: str, attempts: int
) -> None:
    records, tally = await run(
        tmp_path, Target(), text, "a", conditions=Conditions(limits=Limits(retries=2, concurrency=1))
    )
    assert records[0].error is not None
    assert (records[0].error.code, records[0].attempts, records[0].scores) == (code, attempts, ())
    assert records[0].observation is None
    assert records[1].value("echo") == 1.0
    assert tally.errors == 1


async def test_an_error_that_passes_leaves_a_result(tmp_path: Path) -> None:
    (record,), _ = await run(tmp_path, Target(), "fail once")
    assert (record.error, record.attempts, record.value("echo")) == (None, 2, 1.0)


@pytest.mark.parametrize("text", ["hang", "stubborn"])
async def test_a_case_that_hangs_is_an_error_and_the_run_goes_on(tmp_path: Path, text: str) -> None:
    conditions = Conditions(limits=Limits(timeout=0.05, concurrency=1, retries=3))
    began = time.monotonic()
    records, _ = await run(tmp_path, Target(), text, "a", conditions=conditions)
    assert records[0].error is not None
    assert (records[0].error.code, records[0].attempts) == ("case_timeout", 1)
    assert records[1].value("echo") == 1.0
    assert time.monotonic() - began < 5


async def test_as_many_cases_run_at_a_time_as_is_allowed(tmp_path: Path) -> None:
    target = Target()
    await run(tmp_path, target, *"abcdefgh", conditions=Conditions(limits=Limits(concurrency=3)))
    assert target.most == 3


async def test_cases_are_read_only_as_fast_as_they_are_run(tmp_path: Path) -> None:
    target = Target()
    ahead: list[int] = []

    def cases() -> Iterator[Case]:
        for number in range(50):
            ahead.append(number - len(target.calls))
            yield Case(id=f"c{number}", input="a")

    log = LogWriter(tmp_path / "log.jsonl")
    await Runner(target, [], Conditions(limits=Limits(concurrency=2))).run(cases(), log)
    log.close()
    assert max(ahead) <= 2


async def test_what_has_a_record_is_not_run_again(tmp_path: Path) -> None:
    target = Target()
    conditions = Conditions(epochs=2, limits=Limits(concurrency=1))
    records, _ = await run(
        tmp_path, target, "a", "b", conditions=conditions, done={("c0", 0), ("c0", 1), ("c1", 0)}
    )
    assert [one.key for one in records] == [("c1", 1)]
    assert target.calls == ["c1"]


async def test_each_trial_has_a_folder_that_is_deleted_and_a_seed_of_its_own(tmp_path: Path) -> None:
    target = Target()
    await run(tmp_path, target, "write", "write", conditions=Conditions(epochs=2, seed=1))
    assert len({*target.folders}) == len({*target.seeds}) == 4
    assert not any(folder.exists() for folder in target.folders)
    again = Target()
    await run(tmp_path / "again", again, "write", "write", conditions=Conditions(epochs=2, seed=1))
    assert again.seeds == target.seeds


async def test_no_case_is_begun_once_the_money_is_spent(tmp_path: Path) -> None:
    conditions = Conditions(max_cost=2.0, limits=Limits(concurrency=1))
    records, tally = await run(tmp_path, Target(), *"abcd", conditions=conditions)
    assert len(records) == 2
    assert "the limit of 2 for the cost is reached" in tally.stopped


async def test_a_cached_observation_is_judged_anew_and_not_run(tmp_path: Path) -> None:
    first, second = Target(), Target()
    cache = ObservationCache(tmp_path / "cache", "target", {"model": "1"})
    await run(tmp_path, first, "a", "fail", conditions=Conditions(cache=cache, limits=Limits(retries=0)))
    records, _ = await run(
        tmp_path / "two", second, "a", "fail", conditions=Conditions(cache=cache, limits=Limits(retries=0))
    )
    assert second.calls == ["c1"]
    assert {one.case.id: (one.cached, one.value("echo")) for one in records} == {
        "c0": (True, 1.0),
        "c1": (False, None),
    }
    other = ObservationCache(tmp_path / "cache", "target", {"model": "2"})
    third = Target()
    await run(tmp_path / "three", third, "a", conditions=Conditions(cache=other))
    assert third.calls == ["c0"]


async def test_a_scorer_that_fails_is_an_error_of_the_scorer(tmp_path: Path) -> None:
    def broken(case: Case, observed: Observation) -> float:
        return float("nan") if case.input == "a" else 1 / 0

    log = LogWriter(tmp_path / "log.jsonl")
    runner = Runner(Target(), [NamedScorer("broken", broken), NamedScorer("echo", echo)])
    await runner.run([Case(id="c0", input="a"), Case(id="c1", input="b")], log)
    log.close()
    for record in read_trials(tmp_path / "log.jsonl"):
        assert record.error is None
        assert [score.value for score in record.scores] == [None, 1.0]
        assert record.scores[0].error


async def test_a_scorer_is_only_asked_about_its_tags(tmp_path: Path) -> None:
    log = LogWriter(tmp_path / "log.jsonl")
    runner = Runner(Target(), [NamedScorer("echo", echo, frozenset({"x"}))])
    cases = [Case(id="in", input="a", tags=("x", "y")), Case(id="out", input="b", tags=("y",))]
    await runner.run(cases, log)
    log.close()
    assert {one.case.id: len(one.scores) for one in read_trials(tmp_path / "log.jsonl")} == {
        "in": 1,
        "out": 0,
    }


async def test_a_run_that_is_stopped_leaves_nothing_behind(tmp_path: Path) -> None:
    target = Target()
    log = LogWriter(tmp_path / "log.jsonl")
    task = asyncio.create_task(Runner(target, []).run([Case(id="c", input="hang")], log))
    await target.begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert target.active == 0
    log.close()
