"""A value that changes between runs and not within one."""

from __future__ import annotations

import asyncio

from podium.core.pinned import Pinned


def test_work_in_progress_keeps_what_it_began_with() -> None:
    pinned = Pinned("first")
    with pinned.held() as held:
        pinned.renew("second")
        assert (held, pinned.value) == ("first", "first")
    assert pinned.value == "second"


def test_the_tasks_of_a_run_hold_what_it_holds_and_others_do_not() -> None:
    async def seen(pinned: Pinned[str], go: asyncio.Event) -> str:
        await go.wait()
        return pinned.value

    async def runs() -> tuple[str, str]:
        pinned, go = Pinned("first"), asyncio.Event()
        with pinned.held():
            within = asyncio.create_task(seen(pinned, go))
        pinned.renew("second")
        with pinned.held():
            later = asyncio.create_task(seen(pinned, go))
        pinned.renew("third")
        go.set()
        return await within, await later

    assert asyncio.run(runs()) == ("first", "second")


def test_two_values_are_held_apart() -> None:
    one, two = Pinned(1), Pinned(2)
    with one.held(), two.held():
        one.renew(10)
        two.renew(20)
        assert (one.value, two.value) == (1, 2)
    assert (one.value, two.value) == (10, 20)
