"""Thread leases: one holder, rising tokens, takeover from the dead and the late."""

from __future__ import annotations

import subprocess
import sys
from typing import Protocol

import pytest

from podium.core.errors import LeaseLost, ThreadBusy
from podium.storage import Database, ThreadLeases
from podium.storage.leases import is_alive, this_process


class Clock(Protocol):
    def now(self) -> object: ...
    def move(self, seconds: float) -> None: ...


def dead_process() -> str:
    code = "from podium.storage.leases import this_process; print(this_process())"
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=20
    ).stdout.strip()


@pytest.fixture
def leases(database: Database, clock: Clock) -> ThreadLeases:
    return ThreadLeases(database, clock)  # type: ignore[arg-type]  # the test's clock


def test_a_held_thread_is_busy_until_released(leases: ThreadLeases) -> None:
    lease = leases.acquire("t")
    with pytest.raises(ThreadBusy) as caught:
        leases.acquire("t")
    assert caught.value.hint
    leases.acquire("other")
    leases.release(lease)
    assert leases.acquire("t").token > lease.token


def test_tokens_rise_over_release_and_takeover(leases: ThreadLeases, clock: Clock) -> None:
    tokens = []
    for _ in range(3):
        lease = leases.acquire("t", ttl=10)
        tokens.append(lease.token)
        clock.move(11)
        tokens.append(leases.acquire("t").token)
        leases.release(lease)  # lost already: must not free the new holder's
        with pytest.raises(ThreadBusy):
            leases.acquire("t")
        clock.move(61)
    assert tokens == sorted(set(tokens))


def test_an_expired_lease_can_be_taken_and_its_holder_learns_it(leases: ThreadLeases, clock: Clock) -> None:
    late = leases.acquire("t", ttl=10)
    clock.move(10.5)
    taken = leases.acquire("t")
    with pytest.raises(LeaseLost):
        leases.renew(late)
    assert leases.renew(taken).token == taken.token


def test_renewing_keeps_the_thread(leases: ThreadLeases, clock: Clock) -> None:
    lease = leases.acquire("t", ttl=10)
    clock.move(9)
    lease = leases.renew(lease, ttl=10)
    clock.move(9)
    with pytest.raises(ThreadBusy):
        leases.acquire("t")
    assert lease.expires_at > "2026-01-02T03:04:20"


def test_a_lease_of_a_dead_process_is_taken_over_at_once(database: Database, clock: Clock) -> None:
    dead = ThreadLeases(database, clock, holder=dead_process())  # type: ignore[arg-type]  # the test's clock
    lost = dead.acquire("t", ttl=3600)
    alive = ThreadLeases(database, clock)  # type: ignore[arg-type]  # the test's clock
    assert alive.acquire("t").token == lost.token + 1


def test_a_stale_lease_stops_a_write(database: Database, leases: ThreadLeases, clock: Clock) -> None:
    stale = leases.acquire("t", ttl=1)
    database.write(lambda connection: leases.check(connection, stale))
    clock.move(2)
    leases.acquire("t")
    with pytest.raises(LeaseLost):
        database.write(lambda connection: leases.check(connection, stale))


async def test_async_twins(leases: ThreadLeases) -> None:
    lease = await leases.aacquire("t")
    assert (await leases.arenew(lease)).token == lease.token
    await leases.arelease(lease)
    assert (await leases.aacquire("t")).token == lease.token + 1


def test_who_is_alive() -> None:
    me = this_process()
    host, pid, started = me.rsplit(":", 2)
    assert is_alive(me)
    assert not is_alive(f"{host}:{pid}:{int(started) + 1}"), "another process with the same id"
    assert is_alive(f"elsewhere:{pid}:{started}"), "nothing is known of other hosts"
    assert not is_alive(dead_process())
