"""A conversation reads lines, runs turns, asks for approval and goes on after mistakes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any, cast

import pytest

from podium.app.podium import Podium
from podium.app.results import ActionView, CheckpointView, Decision, InterruptView, Reply, StreamEvent
from podium.cli.chat.conversation import Conversation
from podium.cli.chat.slash import before_last_turn
from podium.core.errors import InputError, NotFound

ACTION = ActionView(digest="d" * 64, tool="move", args={"id": 7}, effect="reversible", status="proposed")
WAITS = InterruptView(
    id="i", thread_id="t1", digests=(ACTION.digest,), actions=(ACTION,), question="Move it?"
)


class Said:
    """Lines that a test has written down; a missing one means that the user leaves."""

    def __init__(self, *lines: str | type[BaseException]) -> None:
        self._lines = iter(lines)

    def read(self) -> str:
        line = next(self._lines, EOFError)
        if isinstance(line, str):
            return line
        raise line

    def answer(self, question: str) -> str:
        return self.read()


class App:
    """Stands in for `Podium`: answers, and waits when it is told to move something."""

    graph = None

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.decisions: list[Decision] = []

    async def stream(self, text: str, *, thread_id: str | None = None) -> AsyncIterator[StreamEvent]:
        self.asked.append((text, thread_id))
        if text == "stop me":
            raise KeyboardInterrupt
        if text == "broken":
            raise InputError("that is broken", hint="Mend it.")
        yield StreamEvent(kind="node", thread_id="t1", run_id="r", node="plan", data={"phase": "start"})
        if text == "move":
            yield reply(status="interrupted", interrupts=(WAITS,))
        else:
            yield StreamEvent(kind="token", thread_id="t1", run_id="r", data={"text": f"about {text}"})
            yield reply(status="completed", answer=f"about {text}")

    async def resume_stream(self, thread_id: str, decision: Decision) -> AsyncIterator[StreamEvent]:
        self.decisions.append(decision)
        yield reply(status="completed", answer="moved")

    async def pending(self, thread_id: str | None = None) -> tuple[InterruptView, ...]:
        return (WAITS,)


def reply(**fields: Any) -> StreamEvent:
    found = Reply(thread_id="t1", run_id="r", **fields)
    return StreamEvent(kind="reply", thread_id="t1", run_id="r", data=found.model_dump(mode="json"))


@pytest.fixture
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


def talk(runner: asyncio.Runner, *lines: str | type[BaseException]) -> App:
    app = App()
    Conversation(cast("Podium", app), Said(*lines), runner).run()
    return app


def test_a_second_turn_goes_on_in_the_same_thread(
    runner: asyncio.Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    app = talk(runner, "one", "", "two", "/new", "three")
    assert app.asked == [("one", None), ("two", "t1"), ("three", None)]
    assert capsys.readouterr().out.count("about one") == 1


@pytest.mark.parametrize(
    ("answers", "kind"),
    [(["y"], "approve"), (["maybe", "n", "wrong one"], "reject"), (["r", "no"], "respond")],
)
def test_approval_is_asked_inline(runner: asyncio.Runner, answers: list[str], kind: str) -> None:
    (decision,) = talk(runner, "move", *answers).decisions
    assert (decision.kind, decision.digests, decision.interrupt_id) == (kind, (ACTION.digest,), "i")


def test_an_edit_that_is_no_json_is_asked_again(runner: asyncio.Runner) -> None:
    (decision,) = talk(runner, "move", "e", "{", "", "e", '{"id": 8}').decisions
    assert decision.args == {"id": 8}


def test_later_leaves_it_waiting_and_a_command_decides(runner: asyncio.Runner) -> None:
    app = talk(runner, "move", "l", '/edit {"id": 9}')
    assert [decision.kind for decision in app.decisions] == ["edit"]


def test_a_mistake_costs_one_line(runner: asyncio.Runner, capsys: pytest.CaptureFixture[str]) -> None:
    app = talk(runner, "/nonsense", "/why", "/approve", "broken", "fine")
    shown = capsys.readouterr()
    assert [line.partition(":")[0] for line in shown.err.splitlines()] == [
        "error[input_invalid]", "error[not_found]", "error[not_found]", "error[input_invalid]",
    ]  # fmt: skip
    assert app.asked[-1][0] == "fine"


def test_ctrl_c_stops_the_run_and_not_the_conversation(
    runner: asyncio.Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    app = talk(runner, KeyboardInterrupt, "stop me", "fine")
    assert app.asked[-1][0] == "fine"
    assert "Stopped" in capsys.readouterr().out


def test_quit_leaves(runner: asyncio.Runner) -> None:
    assert talk(runner, "/quit", "unheard").asked == []


def point(name: str, parent: str, *after: str) -> CheckpointView:
    return CheckpointView(checkpoint_id=name, parent_id=parent, next=after)


POINTS = (
    point("two-end", "two"),
    point("two", "one-end", "plan"),
    point("one-end", "one"),
    point("one", "", "plan"),
)


def test_undo_goes_to_the_end_of_the_turn_before() -> None:
    assert before_last_turn(POINTS).checkpoint_id == "one-end"
    assert before_last_turn(POINTS[1:]).checkpoint_id == "one-end"


def test_undo_of_the_first_turn_goes_to_its_start() -> None:
    assert before_last_turn(POINTS[2:]).checkpoint_id == "one"
    with pytest.raises(NotFound):
        before_last_turn(())


def test_undo_stays_on_the_branch_that_is_followed() -> None:
    forked = (point("new-end", "new"), point("new", "one", "plan"), *POINTS)
    assert before_last_turn(forked).checkpoint_id == "one"
