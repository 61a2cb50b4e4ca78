"""SIGKILL at every named place of an action, then the same again: done once, undone once, or in doubt."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

CHILD = Path(__file__).with_name("crash_child.py")
PLACES = ("proposed", "approved", "tool:before", "tool:inside", "tool:after", "done")
UNDO_PLACES = ("compensate:before", "compensate:inside", "compensate:after", "done")


def run(folder: Path, tool: str, phase: str, place: str = "") -> str:
    """The status that the child printed; empty when it was killed."""
    done = subprocess.run(
        [sys.executable, str(CHILD), str(folder), tool, phase, place],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if place:
        assert done.returncode == -signal.SIGKILL, done.stderr
        return ""
    assert done.returncode == 0, done.stderr
    return done.stdout.split()[-1]


def bookings(folder: Path) -> list[int]:
    """How often each booking was undone."""
    with closing(sqlite3.connect(folder / "world.db")) as db:
        return [undone for (undone,) in db.execute("SELECT undone FROM bookings")]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("tool", ["idempotent", "probed"])
def test_an_action_that_can_tell_is_done_exactly_once(tmp_path: Path, tool: str, place: str) -> None:
    run(tmp_path, tool, "commit", place)
    assert run(tmp_path, tool, "commit") == "verified"
    assert bookings(tmp_path) == [0]


@pytest.mark.parametrize("place", PLACES)
def test_an_action_that_cannot_tell_is_never_repeated(tmp_path: Path, place: str) -> None:
    run(tmp_path, "neither", "commit", place)
    status = run(tmp_path, "neither", "commit")
    begun = place.startswith("tool:")
    assert status == ("in_doubt" if begun else "succeeded")
    assert bookings(tmp_path) == ([] if place == "tool:before" else [0])


@pytest.mark.parametrize("place", UNDO_PLACES)
@pytest.mark.parametrize("tool", ["idempotent", "probed"])
def test_undoing_goes_on_where_it_stopped(tmp_path: Path, tool: str, place: str) -> None:
    run(tmp_path, tool, "commit")
    run(tmp_path, tool, "undo", place)
    if place != "done":  # a new proposal would follow what is undone for good
        assert run(tmp_path, tool, "undo") == "compensated"
    assert bookings(tmp_path) == [1]


def test_an_undoing_that_cannot_tell_is_left_to_a_person(tmp_path: Path) -> None:
    run(tmp_path, "neither", "commit")
    run(tmp_path, "neither", "undo", "compensate:inside")
    assert run(tmp_path, "neither", "undo") == "compensation_in_doubt"
    assert bookings(tmp_path) == [1]


def test_killed_again_and_again(tmp_path: Path) -> None:
    for place in ("tool:before", "tool:inside", "tool:after", "tool:after"):
        run(tmp_path, "idempotent", "commit", place)
    assert run(tmp_path, "idempotent", "commit") == "verified"
    assert bookings(tmp_path) == [0]


def test_two_processes_at_once_act_once(tmp_path: Path) -> None:
    command = [sys.executable, str(CHILD), str(tmp_path), "neither", "commit"]
    children = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    outputs = [child.communicate(timeout=60) for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], outputs
    assert {out.split()[-1] for out, _ in outputs} == {"succeeded"}
    assert bookings(tmp_path) == [0]
