"""Tools that go wrong, each in its way, and one that works."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, Field

from podium import ActionContext, action


class Nothing(BaseModel):
    """No arguments."""


class Note(BaseModel):
    """What to write down."""

    text: str = Field(max_length=200)
    times: int = Field(default=1, ge=1, le=10)


@action("read")
def look_raises(ctx: ActionContext, args: Nothing) -> str:
    """Raise."""
    raise RuntimeError("the shelf broke\npassword=hunter22hunter22")


@action("read", timeout=0.2)
def look_hangs(ctx: ActionContext, args: Nothing) -> str:
    """Never come back."""
    threading.Event().wait(60)
    return "late"


@action("read")
def look_long(ctx: ActionContext, args: Nothing) -> str:
    """Return ten megabytes."""
    return "x" * 10_000_000


@action("read")
def look_nan(ctx: ActionContext, args: Nothing) -> dict[str, Any]:
    """Return what JSON cannot hold."""
    return {"value": float("nan")}


@action("read")
def look_exits(ctx: ActionContext, args: Nothing) -> str:
    """Try to end the process."""
    raise SystemExit(7)


@action("read")
def look_object(ctx: ActionContext, args: Nothing) -> Any:
    """Return what has no JSON form."""
    return object()


@action("read", timeout=60)
def look_waits(ctx: ActionContext, args: Nothing) -> str:
    """Say that the call has begun, and stay until the file is gone."""
    notes = cast("Path", ctx.handle("world"))
    gate = notes.parent / "busy"
    gate.touch()
    while gate.exists():
        threading.Event().wait(0.01)
    return "done"


def unwrite(ctx: ActionContext, args: Note, result: dict[str, Any]) -> None:
    notes = cast("Path", ctx.handle("world"))
    notes.write_text("".join(notes.read_text().splitlines(keepends=True)[: -args.times]))


@action("compensable", compensate=unwrite)
def write_note(ctx: ActionContext, args: Note) -> dict[str, Any]:
    """Write a line down, once or several times."""
    notes = cast("Path", ctx.handle("world"))
    with notes.open("a") as file:
        file.write(f"{args.text}\n" * args.times)
    return {"written": args.times}


@action("irreversible")
def send_raises(ctx: ActionContext, args: Note) -> str:
    """Raise after a person has approved."""
    raise RuntimeError("no stamps")
