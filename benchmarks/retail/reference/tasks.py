"""The tasks' expected calls and the database they start from, from the public data."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.retail.reference.calls import Call


class Task(NamedTuple):
    """A task and the calls that are expected of an agent."""

    task_id: str
    calls: tuple[Call, ...]


def retail_folder() -> Path:
    """Where the retail data is expected: under `PODIUM_DATA`, or beside the repository."""
    named = os.environ.get("PODIUM_DATA", "")
    data = Path(named) if named else Path(__file__).resolve().parents[4] / "shared" / "data"
    return data / "tau2_bench" / "retail"


def load_database(folder: Path) -> dict[str, Any]:
    """The database every task starts from: `products`, `users` and `orders` by id."""
    database: dict[str, Any] = _json(folder / "db.json")
    return database


def load_tasks(folder: Path) -> tuple[Task, ...]:
    """All tasks in the order of the file."""
    return tuple(
        Task(
            record["id"],
            tuple(Call(one["name"], one["arguments"]) for one in record["evaluation_criteria"]["actions"]),
        )
        for record in _json(folder / "tasks.json")
    )


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))
