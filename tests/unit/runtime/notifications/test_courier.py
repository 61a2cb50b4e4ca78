"""Letters are tried again until they arrive, in their time, and no channel holds up another."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podium.core.clock import from_iso, to_iso
from podium.core.errors import NotDelivered
from podium.runtime.notifications.channel import Channel, Notification
from podium.runtime.notifications.courier import Courier
from podium.runtime.notifications.memory import Memory
from podium.runtime.notifications.route import Route
from podium.storage.database import Database
from podium.storage.outbox import Letter, Outbox

START = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)


class HandMovedClock:
    def __init__(self) -> None:
        self.moment = START

    def now(self) -> datetime:
        return self.moment

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Stuck:
    """A channel that never ends by itself."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.cancelled = threading.Event()

    async def deliver(self, notification: Notification) -> None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()


class Odd:
    async def deliver(self, notification: Notification) -> None:
        raise RuntimeError("the password is hunter2")


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    with Database.open(tmp_path / "podium.db") as database:
        yield Outbox(database)


@pytest.fixture
def clock() -> HandMovedClock:
    return HandMovedClock()


def posted(outbox: Outbox, channel: str = "ops", number: int = 1) -> None:
    told = Notification(f"ntf_{number}", "alert", to_iso(START), "desk", "subject", "text")
    outbox.post([channel], "alert", told.as_json())


def courier_of(outbox: Outbox, clock: HandMovedClock, **channels: Channel) -> Courier:
    routes = [
        Route(name, channel, (), attempts=3, first_wait=10.0, longest_wait=60.0)
        for name, channel in channels.items()
    ]
    return Courier(routes, outbox, "desk", clock=clock)


def only(outbox: Outbox) -> Letter:
    (letter,) = outbox.letters()
    return letter


def wait_of(letter: Letter, clock: HandMovedClock) -> float:
    return (from_iso(letter.due_at) - clock.now()).total_seconds()


async def test_a_letter_is_delivered_once(outbox: Outbox, clock: HandMovedClock) -> None:
    channel = Memory()
    posted(outbox)
    courier = courier_of(outbox, clock, ops=channel)
    assert await courier.deliver("ops") == 1
    clock.move(1_000_000)
    assert await courier.deliver("ops") == 0
    assert ([one.id for one in channel.arrived], only(outbox).status) == (["ntf_1"], "delivered")


async def test_what_did_not_arrive_is_tried_again_later_and_then_given_up(
    outbox: Outbox, clock: HandMovedClock
) -> None:
    channel = Memory(*(NotDelivered(f"no {number}") for number in range(9)))
    posted(outbox)
    courier = courier_of(outbox, clock, ops=channel)
    for attempt, (least, most) in enumerate([(7.5, 12.5), (15, 25)], start=1):
        assert await courier.deliver("ops") == 0
        letter = only(outbox)
        assert (letter.status, letter.attempts, letter.error) == ("waiting", attempt, f"no {attempt - 1}")
        wait = wait_of(letter, clock)
        assert least <= wait <= most
        clock.move(wait - 0.001)
        await courier.deliver("ops")
        assert only(outbox).attempts == attempt
        clock.move(0.002)
    await courier.deliver("ops")
    assert (only(outbox).status, only(outbox).attempts, only(outbox).error) == ("failed", 3, "no 2")
    clock.move(1_000_000)
    await courier.deliver("ops")
    assert len(channel.errors) == 6


async def test_what_is_refused_for_good_is_not_tried_again(outbox: Outbox, clock: HandMovedClock) -> None:
    channel = Memory(NotDelivered("gone", retryable=False))
    posted(outbox)
    await courier_of(outbox, clock, ops=channel).deliver("ops")
    assert (only(outbox).status, only(outbox).attempts) == ("failed", 1)


async def test_a_channel_that_asks_is_left_alone_as_long(outbox: Outbox, clock: HandMovedClock) -> None:
    channel = Memory(NotDelivered("busy", wait=900.0))
    posted(outbox)
    courier = courier_of(outbox, clock, ops=channel)
    await courier.deliver("ops")
    assert wait_of(only(outbox), clock) == 900
    clock.move(900)
    assert await courier.deliver("ops") == 1


async def test_what_a_channel_of_ones_own_raises_is_kept_by_its_class_alone(
    outbox: Outbox, clock: HandMovedClock
) -> None:
    posted(outbox)
    await courier_of(outbox, clock, ops=Odd()).deliver("ops")
    assert (only(outbox).status, only(outbox).error) == ("waiting", "RuntimeError")


async def test_couriers_of_several_processes_deliver_a_letter_once(
    outbox: Outbox, clock: HandMovedClock
) -> None:
    channel = Memory()
    for number in range(20):
        posted(outbox, number=number)
    couriers = [courier_of(outbox, clock, ops=channel) for _ in range(4)]
    arrived = await asyncio.gather(*(courier.deliver("ops") for courier in couriers))
    assert sum(arrived) == 20
    assert len({one.id for one in channel.arrived}) == len(channel.arrived) == 20


async def test_a_letter_whose_courier_died_is_sent_again_under_its_id(
    outbox: Outbox, clock: HandMovedClock
) -> None:
    posted(outbox)
    until = to_iso(clock.now() + timedelta(seconds=15))
    assert outbox.claim("ops", now=to_iso(clock.now()), until=until, horizon="9999")
    channel = Memory()
    courier = courier_of(outbox, clock, ops=channel)
    assert await courier.deliver("ops") == 0
    clock.move(15)
    assert await courier.deliver("ops") == 1
    assert [one.id for one in channel.arrived] == ["ntf_1"]


def delivered(outbox: Outbox, channel: str, within: float = 10.0) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if any(letter.status == "delivered" for letter in outbox.letters(channel=channel)):
            return True
        time.sleep(0.01)
    return False


def test_a_channel_that_hangs_holds_up_no_other(outbox: Outbox) -> None:
    stuck = Stuck()
    posted(outbox, "bad")
    posted(outbox, "good")
    courier = Courier([Route("bad", stuck, ()), Route("good", Memory(), ())], outbox, "desk")
    courier.start()
    assert stuck.begun.wait(10)
    assert delivered(outbox, "good")
    begun = time.monotonic()
    courier.close(0.2)
    assert time.monotonic() - begun < 5
    assert stuck.cancelled.is_set()
    (letter,) = outbox.letters(channel="bad")
    assert letter.status == "waiting"
    assert from_iso(letter.due_at) <= datetime.now(UTC)  # the next courier tries at once


def test_closing_gives_what_is_due_a_chance(outbox: Outbox) -> None:
    channel = Memory()
    courier = Courier([Route("ops", channel, ())], outbox, "desk")
    courier.start()
    posted(outbox)  # nobody nudges
    courier.close()
    assert [one.id for one in channel.arrived] == ["ntf_1"]


def test_a_nudge_wakes_it_and_a_retry_comes_by_itself(outbox: Outbox) -> None:
    channel = Memory(NotDelivered("no"))
    courier = Courier([Route("ops", channel, (), first_wait=0.05)], outbox, "desk")
    courier.start()
    posted(outbox)
    courier.nudge()
    assert delivered(outbox, "ops")
    courier.close()
    assert only(outbox).attempts == 2


def test_without_channels_nothing_runs(outbox: Outbox) -> None:
    before = threading.active_count()
    courier = Courier([], outbox, "desk")
    courier.start()
    courier.nudge()
    assert threading.active_count() == before
    courier.close()


def test_a_database_that_was_closed_ends_it_quietly(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "podium.db")
    courier = Courier([Route("ops", Memory(), ())], Outbox(database), "desk")
    courier.start()
    database.close()
    courier.nudge()
    courier.close()
    assert not any(thread.name == "podium-courier" for thread in threading.enumerate())


async def test_a_clock_that_was_set_back_does_not_put_a_letter_off(
    outbox: Outbox, clock: HandMovedClock
) -> None:
    channel = Memory(NotDelivered("no"))
    posted(outbox)
    courier = courier_of(outbox, clock, ops=channel)
    await courier.deliver("ops")
    clock.move(-365 * 86_400)
    assert await courier.deliver("ops") == 1
