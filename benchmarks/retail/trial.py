"""One task on a shop of its own, judged by the reference: what it leaves, and what taking it back leaves."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.retail.conversation import READS, converse, roll_back
from benchmarks.retail.lives import live
from benchmarks.retail.project.tools.store import export
from benchmarks.retail.reference import replay
from benchmarks.retail.reference.tasks import Task

from podium.core.effects import HAPPENED

STORE = Path(".podium") / "world" / "store.db"


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one task.

    Attributes:
        task: Its number.
        faults: What is wrong at the end of the conversation, in words; empty when all is right.
        undo_faults: What is wrong after the rollback.
        refused: Expected calls that break the policy.
        lost: Effects that should be there and are not.
        repeated: Effects that are there once too often.
        kills: Lives that were killed in the conversation.
        undo_kills: Lives that were killed in the rollback.
        seconds: Time of the last life of each.
    """

    task: str
    faults: tuple[str, ...]
    undo_faults: tuple[str, ...]
    refused: int
    lost: int
    repeated: int
    kills: int
    undo_kills: int
    seconds: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Bench:
    """What trials start from.

    Attributes:
        template: The project with its shop filled.
        database: The shop as `db.json` has it.
        work: Where the copies go.
    """

    template: Path
    database: dict[str, Any]
    work: Path

    def run(self, task: Task, delays: Iterable[float] = (), undo_delays: Iterable[float] = ()) -> Trial:
        """Have the conversation of a task, compare, roll all of it back, and compare again."""
        folder = self.work / f"task-{task.task_id}"
        shutil.copytree(self.template, folder)
        ledger = folder / "ledger.json"
        kills, seconds = live(lambda: _converse(folder, task, ledger), delays)
        judged = replay(self.database, task.calls)
        due = [one.call.name for one in judged.outcomes if one.ok and not one.call.name.startswith(READS)]
        refused = sum(not one.ok for one in judged.outcomes)
        found = _changes(folder / STORE)
        faults = [
            *differences(judged.database, export(folder / STORE)),
            *([] if json.loads(ledger.read_text()) == due else ["the ledger tells another story"]),
        ]
        undo_kills, undo_seconds = live(lambda: _roll_back(folder), undo_delays)
        undone = differences(self.database, export(folder / STORE))
        trial = Trial(
            task=task.task_id,
            faults=tuple(faults),
            undo_faults=tuple(undone),
            refused=refused,
            lost=(Counter(due) - Counter(found)).total(),
            repeated=(Counter(found) - Counter(due)).total(),
            kills=kills,
            undo_kills=undo_kills,
            seconds=(seconds, undo_seconds),
        )
        shutil.rmtree(folder)
        return trial


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Where two shops differ; amounts are compared to the cent."""
    if isinstance(expected, dict) and isinstance(found, dict):
        keys = sorted({*expected, *found})
        missing = [f"{path}/{key} is on one side only" for key in keys if (key in expected) != (key in found)]
        both = [(key, expected[key], found[key]) for key in keys if key in expected and key in found]
        return missing + [line for key, a, b in both for line in differences(a, b, f"{path}/{key}")]
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        pairs = enumerate(zip(expected, found, strict=True))
        return [line for number, (a, b) in pairs for line in differences(a, b, f"{path}/{number}")]
    numbers = isinstance(expected, int | float) and isinstance(found, int | float)
    if expected == found or (numbers and round(expected, 2) == round(found, 2)):
        return []
    return [f"{path}: {expected!r} is expected and {found!r} was found"]


def _converse(folder: Path, task: Task, ledger: Path) -> None:
    effects = converse(folder, task)
    ledger.write_text(json.dumps([effect.tool for effect in effects if effect.status in HAPPENED]))


def _roll_back(folder: Path) -> None:
    if not roll_back(folder):
        raise RuntimeError("the rollback left something undone")


def _changes(file: Path) -> Sequence[str]:
    with closing(sqlite3.connect(file)) as db:
        return [tool for (tool,) in db.execute("SELECT tool FROM changes ORDER BY number")]
