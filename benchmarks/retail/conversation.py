"""A task as a conversation with Podium: what is asked for, turn by turn, and taking all of it back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks.retail.reference import Call
from benchmarks.retail.reference.tasks import Task

from podium.app.podium import Podium
from podium.app.results import Decision, EffectView, Reply

READS = ("find_", "get_", "list_", "calculate", "transfer_")


def turns_of(task: Task) -> tuple[tuple[Call, ...], ...]:
    """The calls of a task by turn: a customer asks for one change at a time, and looks come first."""
    found: list[tuple[Call, ...]] = []
    turn: list[Call] = []
    for call in task.calls:
        turn.append(call)
        if not call.name.startswith(READS):
            found.append(tuple(turn))
            turn = []
    return (*found, tuple(turn)) if turn else tuple(found)


def converse(folder: Path, task: Task) -> tuple[EffectView, ...]:
    """Have the conversation, or go on with it wherever an earlier process was stopped.

    Every approval is granted.

    Args:
        folder: The project.
        task: The task.

    Returns:
        The ledger at the end.
    """
    with Podium.from_project(folder) as app:
        thread_id, turns = _where(app)
        if thread_id is not None and _is_open(app, thread_id):
            _settle(app, _gone_on(app, thread_id))
        for turn in turns_of(task)[turns:]:
            reply = app.ask_sync(script(turn), thread_id=thread_id)
            thread_id = reply.thread_id
            _settle(app, reply)
        return app.effects_sync(thread_id) if thread_id is not None else ()


def roll_back(folder: Path) -> bool:
    """Take back whatever the conversation has changed, or go on with that; whether all of it is undone."""
    with Podium.from_project(folder) as app:
        thread_id, _ = _where(app)
        if thread_id is None:
            return True
        first = app.history_sync(thread_id)[-1]
        return app.rollback_sync(thread_id, to=first.checkpoint_id).complete


def script(turn: Sequence[Call]) -> str:
    """The message that asks for calls; the scripted planner reads it."""
    return json.dumps([{"name": call.name, "arguments": dict(call.arguments)} for call in turn])


def _where(app: Podium) -> tuple[str | None, int]:
    """The thread of the conversation, if it has begun, and how many turns of it were taken up."""
    threads = app.threads_sync()
    if not threads:
        return None, 0
    (thread,) = threads
    said = app.transcript_sync(thread.thread_id)
    return thread.thread_id, sum(role == "user" for role, _ in said)


def _is_open(app: Podium, thread_id: str) -> bool:
    history = app.history_sync(thread_id)
    return bool(history) and bool(history[0].next)


def _gone_on(app: Podium, thread_id: str) -> Reply:
    waits = app.pending_sync(thread_id)
    return app.resume_sync(thread_id, Decision(kind="approve") if waits else None)


def _settle(app: Podium, reply: Reply) -> None:
    while reply.status == "interrupted":
        reply = app.resume_sync(reply.thread_id, Decision(kind="approve"))
