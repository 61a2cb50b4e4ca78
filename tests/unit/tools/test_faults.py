"""Tools that raise, hang, return garbage, or act and then fail; compensations that fail."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from podium.core.errors import ActionError
from podium.core.tool import ToolCall
from podium.tools import action
from podium.tools.runner import MAX_RESULT_BYTES

SECRET = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"


@pytest.mark.parametrize(
    ("error", "status", "message"),
    [
        (ActionError("sold out"), "failed", "sold out"),
        (ValueError("no such\norder"), "failed", "act failed: ValueError: no such order"),
        (KeyError("x"), "failed", "act failed: KeyError: 'x'"),
        (StopIteration(), "failed", "act failed: RuntimeError: StopIteration"),
        (SystemExit(3), "failed", "act failed: RuntimeError: SystemExit 3"),
        (ConnectionResetError("gone"), "in_doubt", "act failed: ConnectionResetError: gone"),
        (TimeoutError("slow"), "in_doubt", "act failed: TimeoutError: slow"),
        (
            ExceptionGroup("tasks", [ConnectionResetError()]),
            "in_doubt",
            "act failed: ExceptionGroup: tasks (1 sub-exception)",
        ),
        (RuntimeError(f"key {SECRET} refused"), "failed", "act failed: RuntimeError: key [secret] refused"),
    ],
)
async def test_a_tool_that_raises(
    desk_of: Callable[..., Any], error: BaseException, status: str, message: str
) -> None:
    @action("irreversible")
    def act() -> None:
        raise error

    done = await desk_of(act).do("act")
    assert (done.status, done.error) == (status, message)


async def test_a_connection_that_broke_is_found_behind_the_library_s_own_error(
    desk_of: Callable[..., Any],
) -> None:
    @action("irreversible")
    def act() -> None:
        raise RuntimeError("could not send") from BrokenPipeError()

    assert (await desk_of(act).do("act")).status == "in_doubt"


@pytest.mark.parametrize(
    ("answer", "status"), [({"id": 7}, "succeeded"), (None, "failed"), (False, "failed")]
)
async def test_a_probe_tells_whether_a_tool_acted_before_it_broke(
    desk_of: Callable[..., Any], answer: Any, status: str
) -> None:
    @action("irreversible", reconcile=lambda ctx, args: answer)
    def act() -> None:
        raise ConnectionError

    done = await desk_of(act).do("act")
    assert done.status == status
    assert done.result == (answer or None)


@pytest.mark.parametrize("later", [ValueError("status 500"), ActionError("is there already")])
async def test_an_attempt_that_may_have_acted_is_not_forgotten_when_a_later_one_fails(
    desk_of: Callable[..., Any], later: Exception
) -> None:
    acted: list[str] = []

    @action("irreversible", idempotent=True)
    def act() -> None:
        if acted:
            raise later
        acted.append("it")
        raise ConnectionError("no answer")

    done = await desk_of(act).do("act")
    assert done.status == "in_doubt"
    assert done.error.endswith("; an earlier call may have acted")


async def test_a_refusal_after_a_crash_tells_nothing_about_the_call_that_broke_off(
    desk_of: Callable[..., Any],
) -> None:
    @action("irreversible", idempotent=True)
    def act() -> None:
        raise ActionError("is there already")

    desk = desk_of(act)
    effect = await desk.propose("act")
    await desk.approve(effect.digest)
    await desk.toolbox.ledger.start(effect.digest, desk.scope)  # and then the process ended
    (after,) = await desk.commit(effect.digest)
    assert (after.status, after.error) == ("in_doubt", "is there already; an earlier call may have acted")


@pytest.mark.parametrize("waits", ["sync", "async"])
async def test_a_tool_that_hangs_is_in_doubt_and_holds_nothing_up(
    desk_of: Callable[..., Any], waits: str
) -> None:
    release = threading.Event()

    @action("irreversible", timeout=0.05)
    def sync() -> None:
        release.wait(30)

    async def forever() -> None:
        await asyncio.Event().wait()

    hanging = sync if waits == "sync" else action("irreversible", timeout=0.05)(forever)
    desk = desk_of(hanging)
    done = await desk.do(hanging.tool.name)
    release.set()
    assert done.status == "in_doubt"
    assert "did not return within 0.05 s" in done.error
    (still,) = await desk.commit(done.digest)
    assert still.status == "in_doubt"


async def test_a_person_settles_what_is_in_doubt(desk_of: Callable[..., Any]) -> None:
    @action("irreversible")
    def act() -> None:
        raise ConnectionError

    desk = desk_of(act)
    doubt = await desk.do("act")
    known = await desk.toolbox.resolve(doubt.digest, happened=True, principal="local:bo", result={"id": 1})
    assert (known.status, known.result) == ("succeeded", {"id": 1})


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ("x" * 10_000_000, "10,000,002 bytes"),
        (float("nan"), "not a finite number"),
        ({"n": 2**60}, "2\\^53"),
        (object(), "cannot be stored"),
        ("\ud800", "cannot be stored"),
    ],
    ids=["10 MB", "NaN", "huge integer", "object", "surrogate"],
)
async def test_garbage_is_not_stored_but_the_effect_has_happened(
    desk_of: Callable[..., Any], result: Any, reason: str
) -> None:
    @action("irreversible")
    def act() -> Any:
        return result

    @action("read")
    def read() -> Any:
        return result

    desk = desk_of(act, read)
    done = await desk.do("act")
    assert done.status == "succeeded"
    assert list(done.result) == ["omitted"]
    output = await desk.toolbox.read(ToolCall(tool="read"), desk.scope)
    assert not output.ok
    assert done.result["omitted"].replace("act", "read") == output.error
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(output.error)


@pytest.mark.parametrize("nested", [False, True])
async def test_a_result_without_end_is_not_waited_for(desk_of: Callable[..., Any], nested: bool) -> None:
    @action("irreversible")
    def act() -> Any:
        endless = itertools.repeat("x")
        return {"pages": [endless]} if nested else endless

    done = await desk_of(act).do("act")
    assert done.status == "succeeded"
    assert "another iterator" in done.result["omitted"]


async def test_a_tool_that_gives_up_by_itself_is_in_doubt_and_cancels_nobody_else(
    desk_of: Callable[..., Any],
) -> None:
    @action("irreversible")
    async def act() -> None:
        raise asyncio.CancelledError

    done = await desk_of(act).do("act")
    assert (done.status, done.error) == ("in_doubt", "act failed: CancelledError")


async def test_a_result_just_within_the_limit_is_kept(desk_of: Callable[..., Any]) -> None:
    @action("irreversible")
    def act() -> str:
        return "x" * (MAX_RESULT_BYTES - 2)

    assert len((await desk_of(act).do("act")).result) == MAX_RESULT_BYTES - 2


async def test_a_success_that_cannot_be_read_back_is_no_success(desk_of: Callable[..., Any]) -> None:
    def broken(*_: object) -> bool:
        raise RuntimeError("down")

    @action("irreversible", verify=lambda ctx, args, result: False)
    def claims() -> str:
        return "done"

    @action("irreversible", verify=broken)
    def unseen() -> str:
        return "done"

    desk = desk_of(claims, unseen)
    assert (await desk.do("claims")).status == "unverified"
    assert (await desk.do("unseen")).status == "unverified"


async def test_a_preview_that_refuses_stops_the_proposal(desk_of: Callable[..., Any]) -> None:
    def refuse(*_: object) -> None:
        raise ActionError("sold out")

    @action("irreversible", preview=refuse)
    def act() -> None: ...

    with pytest.raises(ActionError, match="sold out"):
        await desk_of(act).propose("act")


async def test_a_compensation_that_fails_can_be_tried_again(desk_of: Callable[..., Any]) -> None:
    problems: list[Exception] = [ActionError("spent already"), ValueError("down")]

    def undo(*_: object) -> None:
        if problems:
            raise problems.pop(0)

    @action("compensable", compensate=undo)
    def act() -> None: ...

    desk = desk_of(act)
    done = await desk.do("act")
    statuses = []
    for _ in range(4):
        (after,) = await desk.toolbox.compensate([done.digest], principal="local:ada")
        statuses.append((after.status, after.error))
    assert statuses == [
        ("compensation_failed", "spent already"),
        ("compensation_failed", "act failed: ValueError: down"),
        ("compensated", None),
        ("compensated", None),
    ]


async def test_what_may_be_undone_already_is_not_undone_twice(desk_of: Callable[..., Any]) -> None:
    undone: list[str] = []

    def undo(*_: object) -> None:
        undone.append("once")
        if len(undone) == 1:
            raise ConnectionError("no answer")

    @action("compensable", compensate=undo)
    def act() -> None: ...

    desk = desk_of(act)
    done = await desk.do("act")
    for _ in range(2):
        (after,) = await desk.toolbox.compensate([done.digest], principal="local:ada")
        assert (after.status, undone) == ("compensation_in_doubt", ["once"])
    await desk.toolbox.resolve(done.digest, happened=False, principal="local:ada")
    (after,) = await desk.toolbox.compensate([done.digest], principal="local:ada")
    assert (after.status, undone) == ("compensated", ["once", "once"])


async def test_an_undoing_in_doubt_goes_on_where_the_tool_can_read_back(desk_of: Callable[..., Any]) -> None:
    there = set[str]()
    readable = [True]

    def verify(*_: object) -> bool:
        if not readable[0]:
            raise ConnectionError("down")
        return bool(there)

    def undo(*_: object) -> None:
        readable[0] = False

    @action("compensable", compensate=undo, verify=verify)
    def act() -> None:
        there.add("it")

    desk = desk_of(act)
    done = await desk.do("act")
    (after,) = await desk.toolbox.compensate([done.digest], principal="local:ada")
    assert after.status == "compensation_in_doubt"
    assert "could not be read back" in after.error
    readable[0] = True
    there.clear()
    (after,) = await desk.toolbox.compensate([done.digest], principal="local:ada")
    assert after.status == "compensated"


async def test_a_compensation_that_claims_to_have_worked_is_read_back(desk_of: Callable[..., Any]) -> None:
    @action("compensable", compensate=lambda *_: None, verify=lambda *_: True)
    def act() -> None: ...

    desk = desk_of(act)
    done = await desk.do("act")
    (after,) = await desk.toolbox.compensate([done.digest], principal="local:ada")
    assert (after.status, after.error) == (
        "compensation_failed",
        "reading it back showed that it is still there",
    )


async def test_what_cannot_be_undone_says_so_and_does_not_keep_others_from_it(
    desk_of: Callable[..., Any],
) -> None:
    @action("compensable", compensate=lambda *_: None)
    def act() -> None: ...

    @action("irreversible")
    def send() -> None: ...

    desk = desk_of(act, send)
    done = [await desk.do("act"), await desk.do("send")]
    after = await desk.toolbox.compensate([effect.digest for effect in done], principal="local:ada")
    assert [(effect.tool, effect.status) for effect in after] == [
        ("send", "irreversible"),
        ("act", "compensated"),
    ]


async def test_a_cancelled_commit_still_records_what_was_done(desk_of: Callable[..., Any]) -> None:
    began, release = threading.Event(), threading.Event()

    @action("irreversible")
    def act() -> str:
        began.set()
        release.wait(30)
        return "done"

    desk = desk_of(act)
    effect = await desk.propose("act")
    await desk.approve(effect.digest)
    commit = asyncio.create_task(desk.commit(effect.digest))
    await asyncio.to_thread(began.wait, 30)
    commit.cancel()
    with pytest.raises(asyncio.CancelledError):
        await commit
    release.set()
    (after,) = await desk.commit(effect.digest)
    assert (after.status, after.attempts) == ("succeeded", 1)
