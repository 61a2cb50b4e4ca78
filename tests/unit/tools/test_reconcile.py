"""What was left open is settled by the tools' probes, or by a person; clocks, disks and leases that fail."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from podium.core.errors import ActionError, DiskFull, IllegalMove, LeaseLost
from podium.storage.database import Database
from podium.storage.leases import ThreadLeases
from podium.tools import action


def held(**options: Any) -> Any:
    """A tool whose connection breaks before or after it acted, with what is there."""
    there: list[str] = []

    @action("compensable", **options)
    def act(name: str, breaks: bool = True) -> str:
        """Act."""
        there.append(name)
        if breaks:
            raise ConnectionError
        return name

    return act, there


async def test_a_probe_that_answers_later_settles_a_doubt(desk_of: Callable[..., Any]) -> None:
    answers: list[Any] = [ActionError("not reachable")]

    def ask(ctx: Any, args: Any) -> Any:
        if isinstance(answers[-1], Exception):
            raise answers[-1]
        return answers[-1]

    act, _ = held(reconcile=ask, verify=lambda ctx, args, result: result == "found")
    desk = desk_of(act)
    done = await desk.do("act", name="a")
    assert done.status == "in_doubt"
    (still,) = await desk.toolbox.reconcile(principal="local:ada")
    assert not still.changed
    answers.append("found")
    (settled,) = await desk.toolbox.reconcile(principal="local:ada", thread_id=desk.scope.thread_id)
    assert (settled.before.status, settled.after.status) == ("in_doubt", "verified")
    assert await desk.toolbox.reconcile(principal="local:ada") == []


async def test_a_delayed_check_is_made_when_it_is_due(desk_of: Callable[..., Any]) -> None:
    there: list[str] = []
    act, there = held(
        verify_after=60.0,
        verify=lambda ctx, args, result: {"holds": args.name in there, "observed": list(there)},
    )
    desk = desk_of(act)
    done = await desk.do("act", name="a", breaks=False)
    assert done.status == "verify_pending"
    (early,) = await desk.toolbox.reconcile(principal="clock")
    assert not early.changed
    desk.clock.move(61)
    there[:] = ["something else"]
    (late,) = await desk.toolbox.reconcile(principal="clock")
    after = late.after
    assert (after.status, after.result, after.observed) == ("unverified", "a", ["something else"])


async def test_a_clock_that_is_set_back_puts_no_check_off_and_no_approval_on(
    desk_of: Callable[..., Any],
) -> None:
    act, _ = held(verify_after=60.0, verify=lambda ctx, args, result: True)
    desk = desk_of(act)
    assert (await desk.do("act", name="a", breaks=False)).status == "verify_pending"
    waits = await desk.propose("act", name="b", breaks=False)
    await desk.approve(waits.digest)
    desk.clock.move(-86_400)
    (checked,) = await desk.toolbox.reconcile(principal="clock")
    assert checked.after.status == "verified"
    (after,) = await desk.commit(waits.digest)
    assert after.status == "expired"
    assert "the clock was set back" in after.error


async def test_a_person_settles_what_nobody_else_can(desk_of: Callable[..., Any]) -> None:
    def cannot(ctx: Any, args: Any, result: Any) -> None:
        raise ConnectionError

    act, _ = held(compensate=cannot)
    desk = desk_of(act)
    resolve = desk.toolbox.resolve
    doubt = await desk.do("act", name="a")
    assert (await desk.toolbox.reconcile(principal="local:ada"))[0].after.status == "in_doubt"
    done = await resolve(doubt.digest, happened=True, principal="local:ada", result="a")
    assert (done.status, done.result) == ("succeeded", "a")
    (undone,) = await desk.toolbox.compensate([doubt.digest], principal="local:ada")
    assert undone.status == "compensation_in_doubt"
    failed = await resolve(doubt.digest, happened=False, principal="local:ada")
    assert failed.status == "compensation_failed"
    assert (await resolve(doubt.digest, happened=False, principal="local:ada")) == failed
    by_hand = await resolve(doubt.digest, happened=True, principal="local:ada")
    assert by_hand.status == "compensated"
    with pytest.raises(IllegalMove, match="nobody has to decide"):
        await resolve(doubt.digest, happened=True, principal="local:ada")


async def test_whoever_watches_hears_of_each_move(desk_of: Callable[..., Any]) -> None:
    seen: list[str] = []
    act, _ = held()
    desk = desk_of(act, watch=lambda effect: seen.append(effect.status))
    await desk.do("act", name="a")
    assert seen == ["proposed", "approved", "started", "in_doubt"]


def fill(database: Database, sql: str) -> None:
    """Run the statement until the disk is full."""
    with suppress(DiskFull):
        while True:
            database.execute(sql)


async def test_on_a_full_disk_nothing_is_done(desk_of: Callable[..., Any], database: Database) -> None:
    act, there = held()
    desk = desk_of(act)
    effect = await desk.propose("act", name="a", breaks=False)
    await desk.approve(effect.digest)

    database.execute("CREATE TABLE ballast(data BLOB)")
    writer = database._writer._connection
    (pages,) = writer.execute("PRAGMA page_count").fetchone()
    writer.execute(f"PRAGMA max_page_count={pages}")
    fill(database, "INSERT INTO ballast VALUES (zeroblob(200))")
    fill(
        database, f"INSERT INTO effect_moves(effect_id, to_status, at) VALUES ('{effect.effect_id}', '', '')"
    )
    with pytest.raises(DiskFull):
        await desk.commit(effect.digest)
    assert there == []
    writer.execute("PRAGMA max_page_count=1000000")
    (after,) = await desk.commit(effect.digest)
    assert (after.status, there) == ("succeeded", ["a"])


async def test_who_lost_the_thread_starts_nothing(desk_of: Callable[..., Any], database: Database) -> None:
    act, there = held()
    desk = desk_of(act)
    leases = ThreadLeases(database)
    first = leases.acquire(desk.scope.thread_id)
    effect = await desk.propose("act", desk.at(fence=first.token), name="a", breaks=False)
    await desk.approve(effect.digest)
    leases.release(first)
    second = leases.acquire(desk.scope.thread_id)
    with pytest.raises(LeaseLost):
        await desk.toolbox.commit([effect.digest], desk.at(fence=first.token))
    assert there == []
    (done,) = await desk.toolbox.commit([effect.digest], desk.at(fence=second.token))
    assert (done.status, there) == ("succeeded", ["a"])
    leases.release(second)
