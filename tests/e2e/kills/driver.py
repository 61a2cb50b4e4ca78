"""Runs one turn to its end in forked processes, killing them at every crash point in turn.

`driver.py PROJECT WORK` copies the project for every crash point, and prints one JSON object: what an
undisturbed run left behind, and for every crash point what was left after the kill and the resume.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from podium.app.podium import Podium
from podium.app.results import Decision
from podium.core.crashpoints import CrashPoints, NoCrashPoints
from podium.testing.crashpoints import CountCrashPoints, KillAt

MOST_LIVES = 6


def drive(folder: Path, points: CrashPoints) -> None:
    """Ask, or go on wherever the thread stopped, until the turn is over."""
    with Podium.from_project(folder, crash_points=points) as app:
        threads = app.threads_sync()
        if not threads:
            reply = app.ask_sync("Please do the usual.")
        elif app.pending_sync():
            reply = app.resume_sync(threads[0].thread_id, Decision(kind="approve"))
        else:
            reply = app.resume_sync(threads[0].thread_id)
        while reply.status == "interrupted":
            reply = app.resume_sync(reply.thread_id, Decision(kind="approve"))


def finished(folder: Path) -> bool:
    """Whether the turn is over."""
    with Podium.from_project(folder) as app:
        threads = app.threads_sync()
        return bool(threads) and not app.history_sync(threads[0].thread_id)[0].next


def left_behind(folder: Path) -> dict[str, Any]:
    """The thread's final state, the ledger and the shop's rows, without what is random or a time."""
    with Podium.from_project(folder) as app:
        (thread,) = app.threads_sync()
        effects = app.effects_sync(thread.thread_id)
        state = app.graph.get_state({"configurable": {"thread_id": thread.thread_id}}).values
        return {
            "said": [list(pair) for pair in app.transcript_sync(thread.thread_id)],
            "status": state["outcome"]["status"],
            "plan": state["plan"],
            "review": [state["review"]["kind"], len(state["review"]["approved"])],
            "effects": [[effect.tool, effect.args, effect.status] for effect in effects],
            "world": rows(folder),
        }


def rows(folder: Path) -> dict[str, list[list[Any]]]:
    """All rows of the shop, without keys that depend on the thread's random id."""
    (file,) = (folder / ".podium" / "world").rglob("*.db")
    with closing(sqlite3.connect(file)) as db:
        tables = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")]
        found: dict[str, list[list[Any]]] = {}
        for table in tables:
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            kept = ", ".join(name for name in columns if "key" not in name and name != "reference")
            taken = [list(row) for row in db.execute(f"SELECT {kept} FROM {table}")] if kept else []
            found[table] = sorted(taken, key=repr)
        return found


def in_child(work: Callable[[], Any]) -> int:
    """Run in a forked process; its wait status."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except Exception:  # noqa: BLE001 - the parent reads what happened
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def through(folder: Path, points: CrashPoints, report: Path) -> dict[str, Any]:
    """Bring the turn to its end through any number of deaths."""
    deaths = 0
    status = in_child(lambda: drive(folder, points))
    while os.WIFSIGNALED(status):
        deaths += 1
        status = in_child(lambda: drive(folder, NoCrashPoints()) if not finished(folder) else None)
    if status != 0 or deaths > MOST_LIVES:
        raise SystemExit(f"a life ended with {status} after {deaths} deaths")
    in_child(lambda: report.write_text(json.dumps(left_behind(folder))))
    found: dict[str, Any] = json.loads(report.read_text())
    return {"deaths": deaths, **found}


def recorded(folder: Path, report: Path) -> list[tuple[str, int]]:
    """The crash points of an undisturbed run."""

    def work() -> None:
        points = CountCrashPoints()
        drive(folder, points)
        report.write_text(json.dumps(points.occurrences()))

    in_child(work)
    return [(name, number) for name, number in json.loads(report.read_text())]


def main() -> None:
    """Run all of it."""
    project, work = Path(sys.argv[1]), Path(sys.argv[2])
    report = work / "report.json"
    undisturbed = work / "undisturbed"
    shutil.copytree(project, undisturbed)
    points = recorded(undisturbed, report)
    in_child(lambda: report.write_text(json.dumps(left_behind(undisturbed))))
    results: dict[str, Any] = {"undisturbed": json.loads(report.read_text()), "killed": {}}
    for name, number in points:
        folder = work / f"{name.replace(':', '-')}-{number}"
        shutil.copytree(project, folder)
        results["killed"][f"{name}#{number}"] = through(folder, KillAt(name, number), report)
        shutil.rmtree(folder)
    sys.stdout.write(json.dumps(results))


if __name__ == "__main__":
    main()
