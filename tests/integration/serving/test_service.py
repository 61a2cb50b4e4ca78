"""Runs are taken on, carried out once, cancelled, and gone on with after a restart."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

import pytest

from podium.core.errors import Conflict, NotFound, Overloaded
from podium.core.principal import Access
from podium.runtime.serving.accepting import Multitask, Offer
from podium.runtime.serving.service import MAX_BREAKS
from podium.runtime.serving.streams import Told
from podium.storage.run_requests import RunRequest
from podium.testing.run_desk import ANYBODY, RunDesk

Open = Callable[..., AbstractAsyncContextManager[RunDesk]]


async def events(desk: RunDesk, run: RunRequest, after: int = 0) -> list[str]:
    return [event.event async for event in desk.runs.follow(run, after)]


async def test_a_run_ends_and_what_it_streamed_can_be_read_again(serve: Open) -> None:
    async with serve() as desk:
        run = await desk.ask()
        told = await events(desk, run)
        end = await desk.runs.stored_end(run)
    assert told == ["metadata", "values", "updates", "values"]
    assert end.values == b'{"log":["in","first"]}'
    async with serve() as desk:
        assert await events(desk, desk.now(run)) == told
        assert (desk.now(run).status, desk.thread(run)) == ("success", ("idle", None))


async def test_a_run_that_fails_says_how(serve: Open) -> None:
    async with serve() as desk:
        run = await desk.ask("fails")
        told = [(event.event, event.data) async for event in desk.runs.follow(run)]
        assert told[-1] == ("error", b'{"error":"ValueError","message":"no such luck"}')
        now = desk.now(run)
        assert (now.status, now.error) == ("error", {"error": "ValueError", "message": "no such luck"})
        assert desk.thread(run)[0] == "error"


async def test_a_run_that_waits_for_a_person_is_answered_in_the_next_one(serve: Open) -> None:
    async with serve() as desk:
        run = await desk.ask("asks")
        end = await desk.runs.ended(run)
        assert end is not None
        assert (end.status, desk.thread(run)[0]) == ("interrupted", "interrupted")
        assert "go on?" in desk.thread(run)[1]
        answer = await desk.ask("asks", run.thread_id, command={"resume": "yes"})
        end = await desk.runs.ended(answer)
        assert end is not None
        assert (end.status, end.values) == ("success", b'{"log":["in","first","yes"]}')
        assert desk.thread(run) == ("idle", None)


async def test_an_answer_to_what_does_not_wait_fails_where_that_is_asked_for(serve: Open) -> None:
    async with serve() as desk:
        run = await desk.ask("asks")
        await desk.runs.ended(run)
        wrong = await desk.ask("asks", run.thread_id, command={"resume": {"0" * 32: 1}}, strict_resume=True)
        end = await desk.runs.ended(wrong)
        assert end is not None
        assert end.error is not None
        assert end.error["error"] == "UnknownInterruptError"


async def test_runs_of_one_thread_take_turns_in_their_order(serve: Open) -> None:
    async with serve() as desk:
        first = await desk.ask("held")
        await desk.gate.reached.wait()
        later = [await desk.ask("plain", first.thread_id) for _ in range(3)]
        assert [desk.now(run).status for run in (first, *later)] == ["running"] + ["pending"] * 3
        desk.gate.opened.set()
        for run in later:
            await desk.runs.ended(run)
        done = [desk.now(run) for run in (first, *later)]
        assert [run.status for run in done] == ["success"] * 4
        assert [run.ended_at for run in done] == sorted(run.ended_at or "" for run in done)


async def test_a_run_is_refused_while_another_is_active(serve: Open) -> None:
    async with serve() as desk:
        first = await desk.ask("held")
        with pytest.raises(Conflict):
            await desk.ask("plain", first.thread_id, "reject")
        desk.gate.opened.set()


async def test_interrupting_keeps_what_the_run_before_did(serve: Open) -> None:
    async with serve() as desk:
        first = await desk.ask("held")
        await desk.gate.reached.wait()
        second = await desk.ask("plain", first.thread_id, "interrupt")
        end = await desk.runs.ended(second)
        assert end is not None
        assert desk.now(first).status == "interrupted"
        assert end.values == b'{"log":["in","first","in","first"]}'


async def test_rolling_back_takes_the_run_before_away(serve: Open) -> None:
    async with serve() as desk:
        first = await desk.ask("held")
        await desk.gate.reached.wait()
        second = await desk.ask("plain", first.thread_id, "rollback")
        end = await desk.runs.ended(second)
        assert end is not None
        assert end.values == b'{"log":["in","first"]}'
        with pytest.raises(NotFound):
            desk.now(first)


async def test_a_run_that_has_not_begun_can_be_cancelled(serve: Open) -> None:
    async with serve() as desk:
        first = await desk.ask("held")
        waits = await desk.ask("plain", first.thread_id)
        await desk.runs.cancel(waits)
        assert desk.now(waits).status == "interrupted"
        assert await events(desk, desk.now(waits)) == []
        desk.gate.opened.set()
        await desk.runs.ended(first)
        assert desk.thread(first)[0] == "idle"


async def test_beyond_the_bound_runs_are_refused_at_once(serve: Open) -> None:
    async with serve(max_running=1, max_waiting=2) as desk:
        first = await desk.ask("held")
        await desk.gate.reached.wait()
        waiting = [await desk.ask() for _ in range(2)]
        with pytest.raises(Overloaded) as refused:
            await desk.ask()
        assert refused.value.retry_after >= 1
        desk.gate.opened.set()
        for run in (first, *waiting):
            await desk.runs.ended(run)
        assert (await desk.runs.ended(await desk.ask())) is not None


async def test_another_owners_thread_is_not_there(serve: Open) -> None:
    async with serve() as desk:
        mine = await desk.ask()
        run = RunRequest("1", mine.thread_id, "plain", "plain", "default", "key:eve")
        for access in (Access("default", "key:eve"), Access("other")):
            with pytest.raises(NotFound):
                await desk.runs.accept(Offer(run, access, creates=True))
            with pytest.raises(NotFound):
                desk.requests.get(mine.run_id, access)
            assert desk.requests.latest(access) == []
        assert len(desk.requests.latest(ANYBODY)) == 1


async def test_a_server_that_stops_leaves_its_runs_to_the_next(serve: Open) -> None:
    async with serve(drain_seconds=0.0) as desk:
        run = await desk.ask("held")
        waits = await desk.ask("plain", run.thread_id)
        await desk.gate.reached.wait()
        seen = [event async for event in _until(desk, run, "updates")]
    async with serve() as desk:
        assert desk.now(run).status in ("pending", "running")
        desk.gate.opened.set()
        rest = [event async for event in desk.runs.follow(desk.now(run), seen[-1].seq)]
        assert [event.event for event in rest][-2:] == ["updates", "values"]
        assert b'"first","held"' in rest[-1].data
        await desk.runs.ended(desk.now(waits))
        assert (desk.now(run).attempt, desk.now(waits).status) == (2, "success")


async def test_stopping_in_good_order_is_not_held_against_a_run(serve: Open) -> None:
    async with serve(drain_seconds=0.0) as desk:
        run = await desk.ask("held")
        await desk.gate.reached.wait()
    for _ in range(MAX_BREAKS + 1):
        async with serve(drain_seconds=0.0) as desk:
            await desk.gate.reached.wait()
    async with serve() as desk:
        desk.gate.opened.set()
        end = await desk.runs.ended(desk.now(run))
        assert (end.status, desk.now(run).attempt) == ("success", MAX_BREAKS + 3)
        assert "left" not in desk.now(run).told_kwargs


@pytest.mark.parametrize(("attempts", "status"), [(MAX_BREAKS - 1, "success"), (MAX_BREAKS, "error")])
async def test_a_run_whose_process_breaks_off_again_and_again_ends_with_an_error(
    serve: Open, tmp_path: Path, attempts: int, status: str
) -> None:
    async with serve(drain_seconds=0.0) as desk:
        run = await desk.ask("held")
        await desk.gate.reached.wait()
    with closing(sqlite3.connect(tmp_path / "podium.db")) as connection, connection:
        killed = "UPDATE run_requests SET status='running', holder=?, attempt=?, kwargs='{}' WHERE run_id=?"
        connection.execute(killed, (f"{socket.gethostname()}:4194303:0", attempts, run.run_id))
    async with serve() as desk:
        desk.gate.opened.set()
        assert (await desk.runs.ended(desk.now(run))).status == status


@pytest.mark.parametrize("action", ["interrupt", "rollback"])
@pytest.mark.parametrize("status", ["running", "pending"])
async def test_a_run_that_was_cancelled_stays_so_when_its_process_is_killed_before_it_ends(
    serve: Open, tmp_path: Path, status: str, action: str
) -> None:
    async with serve(drain_seconds=0.0) as desk:
        run = await desk.ask("held")
        await desk.gate.reached.wait()
    with closing(sqlite3.connect(tmp_path / "podium.db")) as connection, connection:
        killed = "UPDATE run_requests SET status=?, holder=?, wanted=?, kwargs='{}' WHERE run_id=?"
        holder = f"{socket.gethostname()}:4194303:0" if status == "running" else ""
        connection.execute(killed, (status, holder, action, run.run_id))
    async with serve() as desk:
        end = await desk.runs.ended(run)
        assert not desk.gate.reached.is_set()  # it did not go on
        later = await desk.ask("plain", run.thread_id)
        assert (await desk.runs.ended(later)).status == "success"
        if action == "rollback":
            with pytest.raises(NotFound):
                desk.now(run)
        else:
            assert (end.status, desk.now(run).status) == ("interrupted", "interrupted")


async def test_cancelling_a_run_that_has_just_ended_changes_nothing(serve: Open) -> None:
    async with serve() as desk:
        run = await desk.ask("plain")
        assert (await desk.runs.ended(run)).status == "success"
        await desk.runs.cancel(run)  # as it was read before it ended
        assert (await desk.runs.ended(run)).status == "success"
        assert desk.now(run).status == "success"


async def test_who_waits_for_a_run_is_told_that_the_server_stops(serve: Open) -> None:
    async with serve(drain_seconds=0.0) as desk:
        run = await desk.ask("held")
        await desk.gate.reached.wait()
        queued = await desk.ask("plain", run.thread_id)
        waiting = [asyncio.ensure_future(desk.runs.ended(one)) for one in (run, queued)]
        await asyncio.sleep(0)
    for one in waiting:
        with pytest.raises(Overloaded, match="stopping"):
            await one
    with pytest.raises(Overloaded, match="stopping"):
        await desk.runs.ended(run)


async def test_a_run_that_is_called_off_before_it_has_begun_ends(serve: Open) -> None:
    async with serve() as desk:
        thread = "019ab000-0000-7000-8000-000000000000"
        ways: tuple[Multitask, ...] = ("enqueue", "interrupt")
        offers = [
            Offer(
                RunRequest(
                    str(one), thread, "plain", "plain", "default", "local:ada", kwargs={"input": {"log": []}}
                ),
                ANYBODY,
                strategy=way,
                creates=True,
            )
            for one, way in enumerate(ways)
        ]
        runs = await desk.runs.accept_all(offers)
        assert [(await desk.runs.ended(run)).status for run in runs] == ["interrupted", "success"]


async def test_a_run_that_is_due_later_begins_then(serve: Open) -> None:
    async with serve() as desk:
        late = RunRequest(
            "late", "thread", "plain", "plain", "default", "local:ada", due_at="2999-01-01T00:00:00.000000Z"
        )
        await desk.runs.accept(Offer(late, ANYBODY, creates=True))
        first = await desk.ask("plain", "thread")
        await desk.runs.ended(first)
        assert desk.now(late).status == "pending"
        await desk.runs.cancel(late)


async def _until(desk: RunDesk, run: RunRequest, name: str) -> AsyncIterator[Told]:
    async for event in desk.runs.follow(run):
        yield event
        if event.event == name:
            return


async def test_many_runs_at_once_all_end_once(serve: Open) -> None:
    async with serve(max_running=8) as desk:
        runs = await asyncio.gather(*(desk.ask() for _ in range(100)))
        ends = await asyncio.gather(*(desk.runs.ended(run) for run in runs))
        assert all(desk.now(run).status == "success" for run in runs)
        assert all(end is None or end.status == "success" for end in ends)
        assert {desk.now(run).attempt for run in runs} == {1}


async def test_what_was_told_before_a_restart_is_not_told_again(serve: Open) -> None:
    async with serve(drain_seconds=0.0) as desk:
        run = await desk.ask("held")
        await desk.gate.reached.wait()
        before = [event async for event in _until(desk, run, "updates")]
        before += [event async for event in _some(desk.runs.follow(run, before[-1].seq), 1)]
    async with serve() as desk:
        desk.gate.opened.set()
        rest = [event async for event in desk.runs.follow(desk.now(run), before[-1].seq)]
    assert [(event.event, event.data) for event in before[1:]] == [
        ("values", b'{"log":["in"]}'),
        ("updates", b'{"first":{"log":["first"]}}'),
        ("values", b'{"log":["in","first"]}'),
    ]
    assert [(event.event, event.data) for event in rest] == [
        ("metadata", b'{"run_id":"%b","attempt":2}' % run.run_id.encode()),
        ("updates", b'{"held":{"log":["held"]}}'),
        ("values", b'{"log":["in","first","held"]}'),
    ]


async def _some(events: AsyncIterator[Told], count: int) -> AsyncIterator[Told]:
    async for event in events:
        yield event
        count -= 1
        if not count:
            return
