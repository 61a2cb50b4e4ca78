"""What a durable step of an action costs in the effect ledger, beside a bare SQLite insert with fsync.

A durable step is one that is synced to disk before anything goes on: `approved`, `started` with the grant
that it spends, and the outcome. The reference inserts a row of about the size of an effect, in WAL mode
with `synchronous=FULL`, on the same disk and in turns with the steps. A ratio is taken within each of
several stretches, because the machine is shared, and the middle one counts. Bars: a step takes at most 2.5
times as long, and an action (proposed, approved, carried out, read back) has at most four.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from benchmarks.report import report
from pydantic import BaseModel

from podium.core.tool import ToolCall
from podium.storage.database import Database
from podium.tools import ActionContext, EffectScope, Toolbox, action

ROUNDS = 400
STRETCH = 50
WARM_UP = 40
SCOPE = EffectScope("default", "local:ada", "thread", "run", "turn", "step", "checkpoint", "1")
_TABLE = "CREATE TABLE bare(id INTEGER PRIMARY KEY, key TEXT UNIQUE, at TEXT, args TEXT)"
_ROW = "INSERT INTO bare(key, at, args) VALUES (?, ?, ?)"
_PAYLOAD = "x" * 800


class Page(BaseModel):
    """What to write, and where."""

    page: str
    words: str


def show(_: ActionContext, args: Page) -> dict[str, str]:
    """What would stand there."""
    return {"before": "", "after": args.words}


def stands(_: ActionContext, args: Page, result: dict[str, str]) -> bool:
    """Whether it was written as it was given."""
    return result["words"] == args.words


@action("irreversible", target="book/{page}", preview=show, verify=stands, idempotent=True)
async def write_down(ctx: ActionContext, args: Page) -> dict[str, str]:
    """Write something down."""
    return {"page": args.page, "words": args.words, "key": ctx.idempotency_key}


async def timed(work: Coroutine[Any, Any, object]) -> float:
    """Seconds that the work takes."""
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def measure(folder: Path) -> tuple[dict[str, list[float]], float]:
    """Seconds of each kind of step and of a whole action, and the durable steps of an action."""
    bare = sqlite3.connect(folder / "bare.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL")
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute(_TABLE)
    taken: dict[str, list[float]] = {"bare": [], "approved": [], "started": [], "succeeded": [], "action": []}
    syncs = 0
    with Database.open(folder / "podium.db") as database:
        toolbox = Toolbox([write_down.tool], database)
        ledger = toolbox.ledger
        for number in range(WARM_UP + ROUNDS):
            began = time.perf_counter()
            bare.execute(_ROW, (f"key-{number}", "2026-06-30T12:00:00.000000Z", _PAYLOAD))
            taken["bare"].append(time.perf_counter() - began)
            args = {"page": str(number), "words": _PAYLOAD[:200]}
            effect = await toolbox.propose(ToolCall(tool="write_down", args=dict(args)), SCOPE)
            digest = effect.digest
            taken["approved"].append(await timed(ledger.approve([digest], SCOPE.principal, "1")))
            taken["started"].append(await timed(ledger.start(digest, SCOPE)))
            outcome = ledger.move(digest, "succeeded", actor="tool", result=dict(args))
            taken["succeeded"].append(await timed(outcome))
            before = database.stats.syncs
            began = time.perf_counter()
            whole = {**args, "page": f"whole {number}"}
            effect = await toolbox.propose(ToolCall(tool="write_down", args=dict(whole)), SCOPE)
            await toolbox.approve([effect.digest], principal=SCOPE.principal, policy_version="1")
            (done,) = await toolbox.commit([effect.digest], SCOPE)
            taken["action"].append(time.perf_counter() - began)
            syncs = max(syncs, database.stats.syncs - before)
            assert done.status == "verified"
    bare.close()
    return taken, float(syncs)


def stretches(values: list[float]) -> list[float]:
    """The median of each stretch of the rounds, without the first ones."""
    kept = values[WARM_UP:]
    return [statistics.median(kept[start : start + STRETCH]) for start in range(0, len(kept), STRETCH)]


def main() -> int:
    """Measure and report."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        taken, syncs = asyncio.run(measure(Path(name)))
    found = {kind: stretches(values) for kind, values in taken.items()}
    figures: dict[str, float] = {}
    for kind in ("approved", "started", "succeeded"):
        ratios = [step / bare for step, bare in zip(found[kind], found["bare"], strict=True)]
        figures[f"{kind}_ratio"] = statistics.median(ratios)
    figures["durable_steps"] = syncs
    for kind in ("approved", "started", "succeeded", "action"):
        figures[f"{kind}_ms"] = statistics.median(found[kind]) * 1000
    reference = {"bare_insert_ms": statistics.median(found["bare"]) * 1000}
    bars = {
        "approved_ratio": ("<=", 2.5),
        "started_ratio": ("<=", 2.5),
        "succeeded_ratio": ("<=", 2.5),
        "durable_steps": ("<=", 4.0),
    }
    return 0 if report("ledger", figures, reference, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
