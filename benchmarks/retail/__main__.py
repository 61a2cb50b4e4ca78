"""The 114 retail tasks of tau2-bench through Podium: right at the end, undone by rollback, also when killed.

The expected calls of each task are replayed as a conversation on a shop of its own: a scripted planner asks
for them, every approval is granted, `project/tools` carry them out. `reference` judges the shop: written from
policy, data and tasks alone, by somebody who had not seen the tools. A call that breaks the policy has to
fail in both. After that the thread is rolled back to its first checkpoint, and the shop has to be the
initial one.

Then the same again and again with SIGKILL at random moments, in the conversation and in the rollback, until
there were enough; the seed of each round is printed. No effect may be lost or repeated: the shop itself
notes each change that it makes.

`--tasks N` takes the first N tasks only, `--kills N` asks for another number of kills, `--seed N` begins at
another seed. The data is found through `PODIUM_DATA`.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.report import not_here, report
from benchmarks.retail.conversation import converse
from benchmarks.retail.project.tools.store import fill
from benchmarks.retail.reference.tasks import Task, load_database, load_tasks, retail_folder
from benchmarks.retail.trial import STORE, Bench, Trial

NAME = "retail"
PROJECT = Path(__file__).resolve().parent / "project"
KILLS = 500
LIVES = 5
"""Most lives of a conversation, and of a rollback, that are killed in one round."""


def prepare(work: Path, data: Path) -> Bench:
    """The project with its shop; one conversation imports what the forked processes need, and ends."""
    template = work / "template"
    shutil.copytree(PROJECT, template)
    (template / STORE).parent.mkdir(parents=True)
    fill(template / STORE, data / "db.json")
    first = work / "first"
    shutil.copytree(template, first)
    converse(first, load_tasks(data)[0])
    return Bench(template, load_database(data), work)


def delays(chance: random.Random, seconds: float) -> Iterator[float]:
    """Moments within what an undisturbed life takes."""
    return iter([chance.uniform(0, seconds) for _ in range(LIVES)])


def undisturbed(bench: Bench, tasks: Sequence[Task]) -> list[Trial]:
    """Every task once."""
    return [_told(bench.run(task)) for task in tasks]


def killed(bench: Bench, tasks: Sequence[Task], calm: Sequence[Trial], kills: int, seed: int) -> list[Trial]:
    """The tasks again, round by round, until there were enough kills."""
    found: list[Trial] = []
    done = 0
    while done < kills:
        print(f"seed {seed}: {done} of {kills} kills so far", flush=True)
        chance = random.Random(seed)
        for task, before in zip(tasks, calm, strict=True):
            talk, undo = (delays(chance, seconds) for seconds in before.seconds)
            trial = _told(bench.run(task, talk, undo))
            found.append(trial)
            done += trial.kills + trial.undo_kills
        seed += 1
    return found


def _told(trial: Trial) -> Trial:
    for fault in (*trial.faults[:3], *trial.undo_faults[:3]):
        print(f"task {trial.task}: {fault}", flush=True)
    return trial


def main() -> int:
    """Run and report; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.retail")
    parser.add_argument("--tasks", type=int, default=None)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    data = retail_folder()
    if not data.is_dir():
        not_here(NAME, "tau2_bench/retail under PODIUM_DATA")
        return 0
    tasks = load_tasks(data)[: options.tasks]
    with tempfile.TemporaryDirectory() as name:
        bench = prepare(Path(name), data)
        calm = undisturbed(bench, tasks)
        rough = killed(bench, tasks, calm, options.kills, options.seed)
    figures = {
        "right": sum(not trial.faults for trial in calm),
        "rolled_back": sum(not trial.undo_faults for trial in calm),
        "refused_calls": sum(trial.refused for trial in calm),
        "kills": sum(trial.kills for trial in rough),
        "rollback_kills": sum(trial.undo_kills for trial in rough),
        "killed_wrong": sum(bool(trial.faults) for trial in rough),
        "killed_rollback_wrong": sum(bool(trial.undo_faults) for trial in rough),
        "lost_effects": sum(trial.lost for trial in rough),
        "repeated_effects": sum(trial.repeated for trial in rough),
        "all_kills": sum(trial.kills + trial.undo_kills for trial in rough),
        "task_ms": sum(sum(trial.seconds) for trial in calm) / len(calm) * 1000,
    }
    reference = {"tasks": len(tasks), "expected_calls": sum(len(task.calls) for task in tasks)}
    bars = {
        "right": ("==", len(tasks)),
        "rolled_back": ("==", len(tasks)),
        "all_kills": (">=", options.kills),
        "killed_wrong": ("==", 0),
        "killed_rollback_wrong": ("==", 0),
        "lost_effects": ("==", 0),
        "repeated_effects": ("==", 0),
    }
    return 0 if report(NAME, figures, reference, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
