"""A restore that is killed anywhere leaves what was there, or what the backup holds, never both."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from podium.app.backup import back_up
from podium.app.encryption import open_database
from podium.app.project import Project
from podium.core.audit import AuditEntry
from podium.storage.audit import AuditFilter, AuditLog, select

WORLD = """
import shutil

def open_world(path):
    return path

def copy_world(source, target):
    shutil.copytree(source, target)

def destroy_world(path):
    shutil.rmtree(path, ignore_errors=True)
"""
RESTORE = """
import os, signal, sys
from pathlib import Path
from podium.app import restoring, unfinished, encryption  # noqa
from podium.app.project import Project

steps = 0

def count(frame, event, argument):
    global steps
    if event not in ("call", "c_call", "return", "c_return"):
        return
    name = frame.f_code.co_filename
    if not name.endswith(("restoring.py", "unfinished.py", "copying.py", "shutil.py", "backup.py")):
        return
    steps += 1
    if steps == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

project = Project.open(sys.argv[1])
check = restoring._check

def checked(*given):
    check(*given)
    sys.setprofile(count)  # only now is anything touched

restoring._check = checked
restoring.restore(project, Path(sys.argv[2]), who="local:ada", over=True)
sys.setprofile(None)
print(steps)
"""
ENTRY = AuditEntry("run", "2026-01-31T12:00:00.000000Z", "clock", {"n": 1})


def fill(project: Project, text: str) -> None:
    with open_database(project) as database:
        AuditLog(database).append([AuditEntry("run", "2026-01-31T12:00:00Z", "clock", {"of": text})])
    for name in ("world", "audit"):
        (project.data / name).mkdir(exist_ok=True)
        (project.data / name / "stock").write_text(text, encoding="utf-8")


def state(project: Project) -> tuple[list[str], str, str]:
    """What the database, the world and the archive say."""
    with open_database(project) as database:
        found = database.read(lambda connection: select(connection, AuditFilter(), None))
        assert AuditLog(database).check().fault is None
    said = [str(one.data.get("of", "")) for one in found if one.kind == "run"]
    restored = [one for one in found if one.kind == "restored"]
    assert len(restored) == ("new" not in said)  # of the restore there is one record, or none
    texts = [(project.data / name / "stock").read_text(encoding="utf-8") for name in ("world", "audit")]
    return said, texts[0], texts[1]


def desk(folder: Path) -> tuple[Project, Path]:
    folder.mkdir()
    (folder / "world.py").write_text(WORLD, encoding="utf-8")
    (folder / "podium.toml").write_text(
        '[project]\nname = "desk"\n\n[tools]\nworld = "world.py"\n', encoding="utf-8"
    )
    project = Project.open(folder)
    fill(project, "old")
    made = back_up(project, folder / "b.zip").file
    fill(project, "new")
    return project, made


def killed_at(project: Project, made: Path, step: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", RESTORE, str(project.folder), str(made), str(step)],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


OLD = (["old"], "old", "old")
NEW = (["old", "new"], "new", "new")


def walk(tmp_path: Path, shares: int) -> set[str]:
    project, made = desk(tmp_path / "whole")
    template = Path(shutil.copytree(project.folder, tmp_path / "template"))
    done = killed_at(project, made, 0)
    assert done.returncode == 0, done.stderr
    assert state(project) == OLD
    total, seen = int(done.stdout), set[str]()
    for number in range(shares):
        project = Project.open(shutil.copytree(template, tmp_path / f"desk{number}"))
        step = 1 + number * total // shares
        assert killed_at(project, made, step).returncode == -signal.SIGKILL, step
        found = state(project)
        assert found in (OLD, NEW), step
        assert state(project) == found  # and so it stays
        assert not (project.data / "restoring").exists()
        seen.add("old" if found == OLD else "new")
    return seen


def test_a_restore_that_is_killed_leaves_one_of_both(tmp_path: Path) -> None:
    assert walk(tmp_path, 8) == {"old", "new"}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_restore_that_is_killed_at_any_step_leaves_one_of_both(tmp_path: Path) -> None:
    assert walk(tmp_path, 30) == {"old", "new"}


def test_a_restore_after_one_that_was_killed_is_whole(tmp_path: Path) -> None:
    project, made = desk(tmp_path / "desk")
    total = int(killed_at(*desk(tmp_path / "whole"), 0).stdout)
    killed_at(project, made, total // 2)
    assert killed_at(project, made, 0).returncode == 0
    assert state(project) == OLD
    assert [path.name for path in project.world.iterdir()] == ["stock"]
