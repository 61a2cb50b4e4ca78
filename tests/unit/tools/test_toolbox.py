"""From a call to an outcome: previewed, approved, done once, undone."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from podium.core.errors import ActionError, ConfigError, GrantError, NotFound
from podium.core.tool import ToolCall
from podium.tools import ActionContext, Toolbox, action


class Shelf:
    """A world: numbered rows that are there or not."""

    def __init__(self) -> None:
        self.rows: list[str] = []
        self.log: list[str] = []
        self.keys: list[str] = []


def shelf(ctx: ActionContext) -> Shelf:
    found = ctx.handle("shelf")
    assert isinstance(found, Shelf)
    return found


def show(ctx: ActionContext, args: Any) -> dict[str, Any]:
    return {"before": len(shelf(ctx).rows), "after": len(shelf(ctx).rows) + 1}


def take_off(ctx: ActionContext, args: Any, result: Any) -> None:
    shelf(ctx).log.append(f"undo {args.name}")
    shelf(ctx).rows.remove(args.name)
    shelf(ctx).keys.append(ctx.idempotency_key)


def stands(ctx: ActionContext, args: Any, result: Any) -> bool:
    return args.name in shelf(ctx).rows


@action(
    "reversible",
    target="shelf",
    preview=show,
    compensate=take_off,
    verify=stands,
    cost=lambda ctx, args: len(args.name),
)
def put(ctx: ActionContext, name: str) -> dict[str, Any]:
    """Put something on the shelf."""
    if name == "heavy":
        raise ActionError("too heavy", hint="Take two.")
    shelf(ctx).log.append(f"put {name}")
    shelf(ctx).keys.append(ctx.idempotency_key)
    shelf(ctx).rows.append(name)
    return {"name": name}


@action("read")
def look(ctx: ActionContext, place: int = 0) -> str:
    """Look at the shelf."""
    return shelf(ctx).rows[place]


@pytest.fixture
def world() -> Shelf:
    return Shelf()


@pytest.fixture
def desk(desk_of: Callable[..., Any], world: Shelf) -> Any:
    return desk_of(put, look, handles={"shelf": world})


async def test_proposing_previews_and_changes_nothing(desk: Any, world: Shelf) -> None:
    effect = await desk.propose("put", name="box")
    assert effect.status == "proposed"
    assert effect.preview == {"before": 0, "after": 1}
    assert effect.estimated_cost == 3.0
    assert effect.target == "shelf"
    assert effect.envelope.digest == effect.digest
    assert world.rows == []


async def test_an_approved_action_is_done_once_and_read_back(desk: Any, world: Shelf) -> None:
    done = await desk.do("put", name="box")
    assert (done.status, done.result, done.attempts) == ("verified", {"name": "box"}, 1)
    (again,) = await desk.commit(done.digest)
    assert again == done
    assert world.rows == ["box"]
    assert await desk.trail(done) == ["proposed", "approved", "started", "succeeded", "verified"]


async def test_the_same_call_of_a_turn_is_the_same_effect(desk: Any, world: Shelf) -> None:
    done = await desk.do("put", name="box")
    again = await desk.propose("put", name="box")
    assert again == done
    other_turn = await desk.propose("put", desk.at(turn_id="next"), name="box")
    assert other_turn.effect_id != done.effect_id


async def test_without_approval_nothing_is_done(desk: Any, world: Shelf) -> None:
    effect = await desk.propose("put", name="box")
    (after,) = await desk.commit(effect.digest)
    assert after.status == "proposed"
    assert world.rows == []


async def test_a_rejected_action_is_closed(desk: Any, world: Shelf) -> None:
    effect = await desk.propose("put", name="box")
    await desk.toolbox.reject([effect.digest], principal="local:bo", reason="no room")
    with pytest.raises(GrantError, match="is rejected"):
        await desk.approve(effect.digest)
    (after,) = await desk.commit(effect.digest)
    assert (after.status, after.principal) == ("rejected", "local:bo")
    assert world.rows == []


async def test_a_policy_approves_what_waits_and_leaves_the_rest(desk: Any) -> None:
    one = await desk.propose("put", name="one")
    two = await desk.propose("put", desk.at(step_id="2"), name="two")
    await desk.toolbox.reject([one.digest], principal="local:ada")
    after = await desk.approve(one.digest, two.digest, principal="policy:1")
    assert [effect.status for effect in after] == ["rejected", "approved"]
    after = await desk.commit(one.digest, two.digest)
    assert [effect.status for effect in after] == ["rejected", "verified"]


async def test_an_edit_makes_a_new_envelope_and_the_old_approval_is_void(desk: Any, world: Shelf) -> None:
    old = await desk.propose("put", name="box")
    new = await desk.toolbox.edit(old.digest, {"name": "bag"}, desk.scope)
    assert new.digest != old.digest
    assert new.provenance["name"]["origin"] == "person"
    with pytest.raises(GrantError, match="is superseded"):
        await desk.approve(old.digest)
    with pytest.raises(ActionError, match="no argument 'size'"):
        await desk.toolbox.edit(new.digest, {"name": "bag", "size": 1}, desk.scope)
    await desk.approve(new.digest)
    await desk.commit(old.digest, new.digest)
    assert world.rows == ["bag"]


async def test_an_edit_may_go_back_to_what_was_proposed_first(desk: Any, world: Shelf) -> None:
    first = await desk.propose("put", name="box")
    bag = await desk.toolbox.edit(first.digest, {"name": "bag"}, desk.scope)
    again = await desk.toolbox.edit(bag.digest, {"name": "box"}, desk.scope)
    assert (again.effect_id, again.status) == (first.effect_id, "proposed")
    await desk.approve(again.digest)
    await desk.commit(bag.digest, again.digest)
    assert world.rows == ["box"]


async def test_the_same_edit_again_finds_what_it_made(desk: Any) -> None:
    old = await desk.propose("put", name="box")
    new = await desk.toolbox.edit(old.digest, {"name": "bag"}, desk.scope)
    assert await desk.toolbox.edit(old.digest, {"name": "bag"}, desk.scope) == new
    with pytest.raises(GrantError, match="is superseded and cannot be edited"):
        await desk.toolbox.edit(old.digest, {"name": "cup"}, desk.scope)


async def test_an_edit_into_what_was_done_is_refused_and_goes_on_waiting(desk: Any, world: Shelf) -> None:
    await desk.do("put", name="box")
    waits = await desk.propose("put", name="bag")
    with pytest.raises(GrantError, match="with these arguments is verified in this turn already"):
        await desk.toolbox.edit(waits.digest, {"name": "box"}, desk.scope)
    assert [effect.status for effect in await desk.toolbox.effects([waits.digest])] == ["proposed"]


async def test_an_approval_expires_before_and_after_it_is_given(desk: Any, world: Shelf) -> None:
    late = await desk.propose("put", name="late")
    desk.clock.move(61)
    with pytest.raises(GrantError, match="is expired"):
        await desk.approve(late.digest)
    fresh = await desk.propose("put", name="late")
    assert (fresh.effect_id, fresh.status) == (late.effect_id, "proposed")
    await desk.approve(fresh.digest)
    desk.clock.move(61)
    (after,) = await desk.commit(fresh.digest)
    assert after.status == "expired"
    assert after.error is not None
    assert "has expired" in after.error
    assert world.rows == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"principal": "local:eve"}, "given by local:ada, not by local:eve"),
        ({"policy_version": "2"}, "under another policy"),
        ({"tenant": "other"}, "another tenant"),
        ({"thread_id": "other"}, "another thread"),
    ],
)
async def test_a_foreign_grant_is_refused(
    desk: Any, world: Shelf, change: dict[str, str], reason: str
) -> None:
    effect = await desk.propose("put", name="box")
    await desk.approve(effect.digest)
    (after,) = await desk.toolbox.commit([effect.digest], desk.at(**change))
    assert after.status == "expired"
    assert reason in (after.error or "")
    assert world.rows == []


async def test_an_approval_under_a_changed_policy_is_refused(desk: Any) -> None:
    effect = await desk.propose("put", name="box")
    with pytest.raises(GrantError, match="policy has changed"):
        await desk.approve(effect.digest, policy_version="2")
    with pytest.raises(GrantError, match="no action"):
        await desk.approve("0" * 64)


async def test_a_target_that_changed_since_is_not_touched(desk: Any, world: Shelf) -> None:
    effect = await desk.propose("put", name="box")
    await desk.approve(effect.digest)
    world.rows.append("somebody else's")
    (after,) = await desk.commit(effect.digest)
    assert after.status == "expired"
    assert "shelf has changed since" in (after.error or "")
    again = await desk.propose("put", name="box")
    assert again.status == "proposed"
    assert again.preview == {"before": 1, "after": 2}
    assert again.digest != effect.digest
    with pytest.raises(NotFound):
        await desk.toolbox.ledger.get(effect.digest)


async def test_two_actions_of_one_turn_may_share_a_target(desk: Any, world: Shelf) -> None:
    effects = [await desk.propose("put", desk.at(step_id=name), name=name) for name in ("a", "b")]
    digests = [effect.digest for effect in effects]
    await desk.approve(*digests)
    assert [effect.status for effect in await desk.commit(*digests)] == ["verified", "verified"]


async def test_two_commits_at_once_act_once(desk: Any, world: Shelf) -> None:
    effect = await desk.propose("put", name="box")
    await desk.approve(effect.digest)
    await asyncio.gather(*(desk.commit(effect.digest) for _ in range(8)))
    assert world.rows == ["box"]


async def test_when_one_fails_the_others_are_undone_newest_first(desk: Any, world: Shelf) -> None:
    names = ["a", "b", "heavy", "c"]
    digests = [(await desk.propose("put", desk.at(step_id=name), name=name)).digest for name in names]
    await desk.approve(*digests)
    after = await desk.commit(*reversed(digests))
    assert [(e.args["name"], e.status) for e in reversed(after)] == [
        ("a", "compensated"),
        ("b", "compensated"),
        ("heavy", "failed"),
        ("c", "skipped"),
    ]
    assert world.log == ["put a", "put b", "undo b", "undo a"]
    assert after[1].error == "too heavy"
    assert await desk.commit(*reversed(digests)) == after


async def test_an_independent_action_stays_done(desk: Any, world: Shelf) -> None:
    digests = [(await desk.propose("put", desk.at(step_id=n), name=n)).digest for n in ("a", "heavy", "b")]
    await desk.approve(*digests)
    after = await desk.commit(*digests, independent=[digests[0], digests[2]])
    assert [effect.status for effect in after] == ["verified", "failed", "verified"]
    assert world.rows == ["a", "b"]


async def test_undoing_is_done_once_and_under_a_key_of_its_own(desk: Any, world: Shelf) -> None:
    done = await desk.do("put", name="box")
    (undone,) = await desk.toolbox.compensate([done.digest], principal="local:bo")
    assert undone.status == "compensated"
    assert await desk.toolbox.compensate([done.digest], principal="local:bo") == [undone]
    assert world.log == ["put box", "undo box"]
    assert len(set(world.keys)) == 2


async def test_what_was_undone_can_be_asked_for_again(desk: Any, world: Shelf) -> None:
    done = await desk.do("put", name="box")
    await desk.toolbox.compensate([done.digest], principal="local:bo")
    again = await desk.propose("put", name="box")
    assert (again.generation, again.status) == (1, "proposed")
    assert again.idempotency_key != done.idempotency_key
    assert (await desk.do("put", name="box")).status == "verified"


async def test_a_simulated_commit_leaves_the_world_alone(desk: Any, world: Shelf) -> None:
    effect = await desk.propose("put", name="box")
    await desk.approve(effect.digest)
    (after,) = await desk.toolbox.commit([effect.digest], desk.at(simulate=True))
    assert after.status == "simulated"
    assert world.rows == []


async def test_what_a_turn_left_open_is_closed(desk: Any, world: Shelf) -> None:
    effect = await desk.propose("put", name="box")
    other = await desk.propose("put", desk.at(turn_id="other"), name="box")
    await desk.toolbox.skip_open("thread", "turn")
    statuses = [e.status for e in await desk.toolbox.effects([effect.digest, other.digest])]
    assert statuses == ["skipped", "proposed"]
    assert [e.digest for e in await desk.toolbox.ledger.pending("thread")] == [other.digest]


async def test_reading_tells_what_went_wrong(desk: Any, world: Shelf) -> None:
    world.rows.append("box")
    read = desk.toolbox.read
    assert (await read(ToolCall(tool="look"), desk.scope)).result == "box"
    missing = await read(ToolCall(tool="look", args={"place": 3}), desk.scope)
    assert (missing.ok, missing.error) == (False, "look failed: IndexError: list index out of range")
    assert (
        "'place' is not right" in (await read(ToolCall(tool="look", args={"place": "x"}), desk.scope)).error
    )
    assert "no tool 'feel'" in (await read(ToolCall(tool="feel"), desk.scope)).error
    assert "has to be proposed" in (await read(ToolCall(tool="put"), desk.scope)).error
    with pytest.raises(ActionError, match="only reads"):
        await desk.propose("look")


async def test_what_is_required_is_checked_before_anything_starts(
    desk_of: Callable[..., Any], world: Shelf
) -> None:
    @action("irreversible", requires=(lambda ctx, args: "the shop is closed" if args.late else True))
    def sell(late: bool) -> None: ...

    @action("irreversible", requires="till")
    def pay() -> None: ...

    desk = desk_of(put, sell, pay, handles={"shelf": world})
    first = await desk.propose("put", name="a")
    second = await desk.propose("sell", late=True)
    await desk.approve(first.digest, second.digest)
    after = await desk.commit(first.digest, second.digest)
    assert [(e.status, e.error) for e in after] == [
        ("skipped", "sell refused"),
        ("refused", "the shop is closed"),
    ]
    assert world.log == []
    paid = await desk.do("pay")
    assert (paid.status, paid.error) == ("refused", "pay requires till, which is not open")


async def test_calls_beyond_the_rate_wait(desk_of: Callable[..., Any]) -> None:
    @action("read", rate="2/second")
    def tick() -> float:
        return time.monotonic()

    desk = desk_of(tick)
    outputs = await asyncio.gather(*(desk.toolbox.read(ToolCall(tool="tick"), desk.scope) for _ in range(3)))
    first, second, third = sorted(output.result for output in outputs)
    assert second - first < 0.5
    assert third - first >= 0.99


async def test_an_outcome_may_be_read_back_later(desk_of: Callable[..., Any]) -> None:
    @action("irreversible", verify_after=30, verify=lambda ctx, args, result: False)
    def post() -> None: ...

    desk = desk_of(post)
    done = await desk.do("post")
    assert done.status == "verify_pending"
    (still,) = await desk.commit(done.digest)
    assert still.status == "verify_pending"
    desk.clock.move(31)
    (seen,) = await desk.commit(done.digest)
    assert (seen.status, seen.error) == ("unverified", "reading it back did not confirm it")


def test_two_tools_cannot_share_a_name(database: Any) -> None:
    with pytest.raises(
        ConfigError, match=r"test_toolbox\.py:\d+: the tool 'put' is declared at .*test_toolbox"
    ):
        Toolbox([put.tool, put.tool], database)


async def test_an_async_tool_does_not_leave_the_loop(desk_of: Callable[..., Any]) -> None:
    @action("irreversible")
    async def here() -> str:
        await asyncio.sleep(0)
        return threading.current_thread().name

    @action("irreversible")
    def elsewhere() -> str:
        return threading.current_thread().name

    desk = desk_of(here, elsewhere)
    assert (await desk.do("here")).result == threading.current_thread().name
    assert (await desk.do("elsewhere")).result == "podium-tool"
