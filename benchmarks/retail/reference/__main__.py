"""Prints which expected calls of the tasks are refused and why: `python -m benchmarks.retail.reference`."""

from __future__ import annotations

import sys

from benchmarks.retail.reference.replay import replay
from benchmarks.retail.reference.tasks import load_database, load_tasks, retail_folder


def main() -> int:
    """One line for each refused call and one for all; 1 when the data is not at hand."""
    folder = retail_folder()
    if not folder.is_dir():
        print("the retail data is not at hand; PODIUM_DATA names the folder of tau2_bench", file=sys.stderr)
        return 1
    database = load_database(folder)
    tasks = load_tasks(folder)
    calls = refused = 0
    for task in tasks:
        for number, outcome in enumerate(replay(database, task.calls).outcomes, start=1):
            calls += 1
            if not outcome.ok:
                refused += 1
                print(f"task {task.task_id}, call {number}, {outcome.call.name}: {outcome.reason}")
    print(f"{len(tasks)} tasks, {calls} expected calls, {refused} refused")
    return 0


if __name__ == "__main__":
    sys.exit(main())
