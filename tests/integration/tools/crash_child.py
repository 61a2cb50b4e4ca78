"""Does one action on a real world and may be killed at a named place; the tests run it again.

Usage: crash_child.py FOLDER TOOL PHASE [PLACE]; prints the effect's status as its last line.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, cast

from podium.core.tool import ToolCall
from podium.storage.database import Database
from podium.tools import ActionContext, EffectScope, Toolbox, action

SCOPE = EffectScope("default", "local:ada", "thread", "run", "turn", "step", "checkpoint", "1")


class Killer:
    """Ends the process, without warning, at one named place."""

    def __init__(self, place: str) -> None:
        self.place = place

    def hit(self, name: str) -> None:
        if name == self.place:
            os.kill(os.getpid(), signal.SIGKILL)


class World:
    """A table of bookings."""

    def __init__(self, path: Path, killer: Killer) -> None:
        self.path = path
        self.killer = killer
        self.change("CREATE TABLE IF NOT EXISTS bookings(key TEXT, what TEXT, undone INTEGER DEFAULT 0)")

    def change(self, sql: str, *values: str) -> int:
        with closing(sqlite3.connect(self.path, timeout=20)) as db, db:
            return db.execute(sql, values).rowcount

    def bookings(self, undone: int = 0) -> list[str]:
        with closing(sqlite3.connect(self.path, timeout=20)) as db:
            return [key for (key,) in db.execute("SELECT key FROM bookings WHERE undone=?", (undone,))]

    def book(self, key: str, what: str) -> dict[str, Any]:
        self.change("INSERT INTO bookings(key, what) VALUES (?, ?)", key, what)
        self.killer.hit("tool:inside")
        return {"key": key}


def world(ctx: ActionContext) -> World:
    return cast("World", ctx.handle("world"))


def undo(ctx: ActionContext, args: Any, result: Any) -> None:
    world(ctx).change("UPDATE bookings SET undone = undone + 1 WHERE key=?", result["key"])
    world(ctx).killer.hit("compensate:inside")


def is_there(ctx: ActionContext, args: Any, result: Any) -> bool:
    return result["key"] in world(ctx).bookings()


@action("compensable", idempotent=True, compensate=undo, verify=is_there)
def idempotent(ctx: ActionContext, what: str) -> dict[str, Any]:
    """Book once per key."""
    if ctx.idempotency_key in world(ctx).bookings():
        return {"key": ctx.idempotency_key}
    return world(ctx).book(ctx.idempotency_key, what)


@action(
    "compensable",
    compensate=undo,
    verify=is_there,
    reconcile=lambda ctx, args: (
        {"key": ctx.idempotency_key} if ctx.idempotency_key in world(ctx).bookings() else None
    ),
)
def probed(ctx: ActionContext, what: str) -> dict[str, Any]:
    """Book, twice if called twice."""
    return world(ctx).book(ctx.idempotency_key, what)


@action("compensable", compensate=undo)
def neither(ctx: ActionContext, what: str) -> dict[str, Any]:
    """Book, twice if called twice."""
    return world(ctx).book(ctx.idempotency_key, what)


async def main(folder: Path, tool: str, phase: str, place: str = "") -> str:
    """Do the phase from its beginning, as a resumed run would."""
    killer = Killer(place)
    with Database.open(folder / "podium.db") as database:
        toolbox = Toolbox(
            [idempotent.tool, probed.tool, neither.tool],
            database,
            handles={"world": World(folder / "world.db", killer)},
            crash_points=killer,
        )
        effect = await toolbox.propose(ToolCall(tool=tool, args={"what": "seat"}), SCOPE)
        killer.hit("proposed")
        if phase == "commit":
            await toolbox.approve([effect.digest], principal=SCOPE.principal, policy_version="1")
            killer.hit("approved")
            (effect,) = await toolbox.commit([effect.digest], SCOPE)
        else:
            (effect,) = await toolbox.compensate([effect.digest], principal=SCOPE.principal)
        killer.hit("done")
        return effect.status


if __name__ == "__main__":
    folder, *rest = sys.argv[1:]
    sys.stdout.write(asyncio.run(main(Path(folder), *rest)))
