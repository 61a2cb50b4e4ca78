"""Several actions at once: their order, what runs side by side, limits, tries, and shared targets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from podium.core.errors import ActionError
from podium.tools import ActionContext, action
from podium.tools.commit import Order
from podium.tools.gates import Gates
from podium.tools.runner import Runner


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses between attempts that a test does not notice."""
    monkeypatch.setattr("podium.tools.runner.BACKOFF_S", 0.001)
    monkeypatch.setattr(Runner.__init__, "__kwdefaults__", {"backoff": 0.001, "gates": None})


class Site:
    """Notes who begins, ends and is undone; a worker waits until as many as it wants are there."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.there = 0
        self.most = 0
        self.full = asyncio.Event()
        self.wanted = 1

    async def work(self, name: str) -> None:
        self.log.append(name)
        self.there += 1
        self.most = max(self.most, self.there)
        if self.there >= self.wanted:
            self.full.set()
        await self.full.wait()
        self.there -= 1


def builder(site: Site, **options: Any) -> Any:
    @action(
        "reversible", compensate=lambda ctx, args, result: site.log.append(f"undo {args.name}"), **options
    )
    async def build(name: str, breaks: bool = False) -> str:
        """Build something."""
        await site.work(name)
        if breaks:
            raise ActionError(f"{name} fell over")
        return name

    return build


async def proposed(desk: Any, *names: str, breaks: str = "") -> dict[str, str]:
    found = {}
    for name in names:
        effect = await desk.propose("build", desk.at(step_id=name), name=name, breaks=name == breaks)
        found[name] = effect.digest
    await desk.approve(*found.values())
    return found


async def statuses(desk: Any, digests: dict[str, str], order: Order) -> dict[str, str]:
    effects = await desk.toolbox.commit(list(digests.values()), desk.scope, order=order)
    return {effect.args["name"]: effect.status for effect in effects}


async def test_what_does_not_hang_together_runs_side_by_side(desk_of: Callable[..., Any]) -> None:
    site = Site()
    site.wanted = 3
    desk = desk_of(builder(site))
    digests = await proposed(desk, "a", "b", "c")
    async with asyncio.timeout(10):
        after = await statuses(desk, digests, Order(after={}))
    assert set(after.values()) == {"succeeded"}
    assert site.most == 3


async def test_what_is_needed_is_done_before(desk_of: Callable[..., Any]) -> None:
    site = Site()
    desk = desk_of(builder(site))
    d = await proposed(desk, "roof", "wall", "ground")
    await statuses(desk, d, Order(after={d["roof"]: [d["wall"]], d["wall"]: [d["ground"]]}))
    assert site.log == ["ground", "wall", "roof"]


async def test_what_needs_a_lost_action_is_skipped_and_what_stood_is_undone_in_reverse(
    desk_of: Callable[..., Any],
) -> None:
    site = Site()
    desk = desk_of(builder(site))
    d = await proposed(desk, "ground", "wall", "roof", "sign", breaks="roof")
    order = Order(
        after={d["wall"]: [d["ground"]], d["roof"]: [d["wall"]], d["sign"]: [d["roof"]]},
        independent=[d["sign"], d["ground"]],
    )
    after = await statuses(desk, d, order)
    assert after == {"ground": "succeeded", "wall": "compensated", "roof": "failed", "sign": "skipped"}
    effects = await desk.toolbox.effects([d["sign"]])
    assert effects[0].error == "it needs build, which is failed"
    assert site.log == ["ground", "wall", "roof", "undo wall"]
    assert await statuses(desk, d, order) == after


async def test_what_needs_something_rejected_is_skipped(desk_of: Callable[..., Any]) -> None:
    desk = desk_of(builder(Site()))
    d = await proposed(desk, "wall", "roof")
    await desk.toolbox.reject([d["wall"]], principal="local:ada")
    after = await statuses(desk, d, Order(after={d["roof"]: [d["wall"]]}))
    assert after == {"wall": "rejected", "roof": "skipped"}


async def test_low_priority_begins_when_nothing_else_is_left(desk_of: Callable[..., Any]) -> None:
    site = Site()
    desk = desk_of(builder(site))
    d = await proposed(desk, "flag", "a", "b")
    await statuses(desk, d, Order(after={d["b"]: [d["a"]]}, low=[d["flag"]]))
    assert site.log == ["a", "b", "flag"]


async def test_undoing_reverses_the_order_of_the_calls_not_of_the_proposals(
    desk_of: Callable[..., Any],
) -> None:
    site = Site()
    desk = desk_of(builder(site))
    d = await proposed(desk, "flag", "a")
    await statuses(desk, d, Order(after={}, low=[d["flag"]]))
    await desk.toolbox.compensate(list(d.values()), principal="local:ada")
    assert site.log == ["a", "flag", "undo flag", "undo a"]


async def test_no_more_calls_at_a_time_than_the_tool_allows(desk_of: Callable[..., Any]) -> None:
    site = Site()
    desk = desk_of(builder(site, concurrency=1))
    await statuses(desk, await proposed(desk, "a", "b", "c"), Order(after={}))
    assert site.most == 1


async def test_one_target_is_changed_by_one_at_a_time_and_the_later_one_is_told(
    desk_of: Callable[..., Any],
) -> None:
    stock = {"left": 10, "at once": 0, "most": 0}

    @action("irreversible", target="stock", preview=lambda ctx, args: {"before": stock["left"]})
    async def take(count: int) -> int:
        """Take some."""
        stock["at once"] += 1
        stock["most"] = max(stock["most"], stock["at once"])
        await asyncio.sleep(0)
        stock["left"] -= count
        stock["at once"] -= 1
        return stock["left"]

    desk = desk_of(take)
    places = [desk.at(thread_id=name) for name in ("one", "two")]
    digests = [(await desk.propose("take", place, count=4)).digest for place in places]
    await desk.approve(*digests)
    done = await asyncio.gather(
        *(desk.toolbox.commit([digest], place) for digest, place in zip(digests, places, strict=True))
    )
    assert sorted(effects[0].status for effects in done) == ["expired", "succeeded"]
    assert (stock["left"], stock["most"]) == (6, 1)


@pytest.mark.parametrize(("attempts", "status"), [(None, "succeeded"), (2, "failed"), (1, "failed")])
async def test_an_idempotent_tool_that_breaks_is_called_again_with_the_same_key(
    desk_of: Callable[..., Any], attempts: int | None, status: str
) -> None:
    keys: list[str] = []

    @action("irreversible", idempotent=True, attempts=attempts)
    def ring(ctx: ActionContext) -> None:
        """Ring."""
        keys.append(ctx.idempotency_key)
        if len(keys) < 3:
            raise RuntimeError("no line")

    done = await desk_of(ring).do("ring")
    assert done.status == status
    assert done.attempts == len(keys) == (attempts or 3)
    assert len(set(keys)) == 1


async def test_a_tool_that_may_act_twice_is_called_again_only_when_its_probe_says_that_it_did_not_act(
    desk_of: Callable[..., Any],
) -> None:
    calls: list[str] = []

    @action("irreversible", reconcile=lambda ctx, args: None)
    def probed() -> None:
        """Ring."""
        calls.append("probed")
        raise ConnectionError("no line")

    @action("irreversible")
    def blind() -> None:
        """Ring."""
        calls.append("blind")
        raise ConnectionError("no line")

    desk = desk_of(probed, blind)
    assert (await desk.do("probed")).status == "failed"
    assert (await desk.do("blind")).status == "in_doubt"
    assert calls == ["probed"] * 3 + ["blind"]


async def test_a_refusal_is_not_asked_for_again(desk_of: Callable[..., Any]) -> None:
    calls: list[int] = []

    @action("irreversible", idempotent=True)
    def refuse() -> None:
        """Say no."""
        calls.append(1)
        raise ActionError("no")

    assert (await desk_of(refuse).do("refuse")).status == "failed"
    assert calls == [1]


async def test_a_tool_that_keeps_breaking_is_left_alone_for_a_while(
    desk_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Gates.__init__, "__defaults__", (2, 60.0))
    calls: list[int] = []

    @action("irreversible")
    def dead(number: int) -> None:
        """Break."""
        calls.append(number)
        raise RuntimeError("dead")

    desk = desk_of(dead)
    done = [await desk.do("dead", number=number) for number in range(4)]
    assert [effect.status for effect in done] == ["failed", "failed", "refused", "refused"]
    assert calls == [0, 1]
    assert "left alone" in done[-1].error


async def test_undoing_that_breaks_is_tried_again(desk_of: Callable[..., Any]) -> None:
    tries: list[str] = []

    def undo(ctx: ActionContext, args: Any, result: Any) -> None:
        tries.append(ctx.idempotency_key)
        if len(tries) < 3:
            raise ConnectionError

    @action("compensable", compensate=undo, idempotent=True)
    def act() -> None:
        """Act."""

    desk = desk_of(act)
    done = await desk.do("act")
    (undone,) = await desk.toolbox.compensate([done.digest], principal="local:ada")
    assert (undone.status, len(tries), len(set(tries))) == ("compensated", 3, 1)
