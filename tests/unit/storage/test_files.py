"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from podium.core.ids import new_id
from podium.models.key_store import KeyStore
from podium.storage.files import write_whole


def test_a_file_is_made_with_its_folder_and_replaced(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "file"
    for data in (b"old", b"new"):
        write_whole(path, data)
        assert path.read_bytes() == data
    assert list(path.parent.iterdir()) == [path]


def test_what_cannot_be_written_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_whole(path, b"old")

    def refused(self: Path, target: Path) -> Path:
        raise PermissionError(13, "no", str(target))

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises(PermissionError):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


KILLED = """
import os, signal, sys
from pathlib import Path
from podium.storage import files
os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
files.write_whole(Path(sys.argv[1]), b"half", mode=0o600)
"""


def kill_in_mid_write(path: Path) -> Path:
    """What a process leaves that is killed while it writes."""
    before = set(path.parent.iterdir())
    done = subprocess.run([sys.executable, "-c", KILLED, str(path)], check=False)
    assert done.returncode == -signal.SIGKILL
    (left,) = set(path.parent.iterdir()) - before
    return left


def test_what_a_killed_process_left_is_swept_by_the_next(tmp_path: Path) -> None:
    path, other = tmp_path / "file", tmp_path / ".file.backup"
    write_whole(path, b"old")
    other.write_text("somebody's own", encoding="utf-8")
    left = kill_in_mid_write(path)
    assert left.stat().st_mode & 0o777 == 0o600
    assert path.read_bytes() == b"old"
    write_whole(path, b"new")
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {
        "file": b"new",
        ".file.backup": b"somebody's own",
    }


def test_a_key_that_is_forgotten_is_gone_with_what_was_left_of_it(tmp_path: Path) -> None:
    store = KeyStore(tmp_path)
    store.put("SOME_KEY", "sk-secret")
    kill_in_mid_write(tmp_path / "SOME_KEY")
    store.remove("SOME_KEY")
    assert list(tmp_path.iterdir()) == []


def test_those_who_write_at_once_do_not_take_each_others_files(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(write_whole, path, b"%d" % number) for number in range(200)]:
            done.result()
    assert list(tmp_path.iterdir()) == [path]


def test_a_pipe_among_what_is_left_holds_nobody_up(tmp_path: Path) -> None:
    path = tmp_path / "file"
    os.mkfifo(tmp_path / f".file.{new_id()}")
    said = "import sys; from pathlib import Path; from podium.storage.files import write_whole;"
    said += "write_whole(Path(sys.argv[1]), b'new')"
    subprocess.run([sys.executable, "-c", said, str(path)], check=True, timeout=60)
    assert path.read_bytes() == b"new"
