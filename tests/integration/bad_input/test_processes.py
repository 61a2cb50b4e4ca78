"""Processes that meet, are stopped, or start in an odd place."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from podium.testing.command_line import CommandLine

PODIUM = [sys.executable, "-c", "from podium.cli.main import main; main()"]
# What a shell starts in the background ignores ctrl-c, and so would all that these tests start.
AT_A_TERMINAL = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); " + PODIUM[-1]
PATIENCE_S = 30.0
NOBODY = 65534


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_ctrl_c_stops_the_run_and_leaves_the_thread_usable(podium: CommandLine) -> None:
    thread = podium("ask", "hi", "--json").json["thread_id"]
    gate = podium.folder / ".podium" / "world" / "busy"
    running = subprocess.Popen(
        [*PODIUM[:-1], AT_A_TERMINAL, "ask", "do look_waits", "--thread", thread],
        cwd=podium.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until(gate.exists)

    second = podium("ask", "me too", "--thread", thread)
    assert (second.code, second.error()) == (1, "thread_busy")
    undone = podium("rollback", thread, "--to", "1", "--yes")
    assert undone.error() in ("thread_busy", "input_invalid")

    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 1
    assert "Traceback" not in out + err
    assert "cancelled" in out + err
    assert len(err.splitlines()) == 1

    (listed,) = podium("threads", "list", "--json").json["threads"]
    assert listed["status"] == "idle"
    gate.unlink()
    assert podium("ask", "hi again", "--thread", thread).code == 0
    said = podium("threads", "show", thread, "--json").json["transcript"]
    assert said[-2]["text"] == "hi again"


def test_two_decisions_at_once_act_once(podium: CommandLine) -> None:
    thread = podium("ask", 'do write_note {"text": "hello"}', "--json").json["thread_id"]
    both = [
        subprocess.Popen(
            [*PODIUM, "resume", thread, "--approve"],
            cwd=podium.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    ended = [(*process.communicate(timeout=PATIENCE_S), process.returncode) for process in both]
    assert sorted(code for _, _, code in ended) in ([0, 1], [0, 2])
    assert not any("Traceback" in out + err for out, err, _ in ended)
    assert (podium.folder / ".podium" / "world" / "notes.txt").read_text() == "hello\n"


def test_an_odd_place_without_a_home_or_streams(podium: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "Ünï cödé 项目"
    shutil.move(podium.folder, folder)
    bare = {"PATH": os.defpath, "LC_ALL": "C", "PYTHONPATH": os.environ["PYTHONPATH"]}
    command = 'exec "$@" <&-'
    ended = subprocess.run(
        ["sh", "-c", command, "sh", *PODIUM, "ask", "grüße", "--json"],
        cwd=folder, env=bare, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)["status"] != "failed"


AS_SOMEBODY_ELSE = """
import os, sys
from podium.cli.main import run
own, sealed, user = sys.argv[1:]
os.chdir(own)
run(["ask", "hi"])  # loads what a process without rights may not be able to read
os.chdir(sealed)
os.setuid(int(user))
sys.exit(run(["ask", "hi"]))
"""


def test_a_folder_that_may_not_be_written(podium: CommandLine, tmp_path: Path) -> None:
    own = tmp_path / "own"
    shutil.copytree(podium.folder, own)
    user = NOBODY if os.geteuid() == 0 else os.geteuid()
    for folder in (podium.folder, *podium.folder.parents[:4]):
        if folder.owner() != "nobody" and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    podium.folder.chmod(0o555)
    ended = subprocess.run(
        [sys.executable, "-B", "-c", AS_SOMEBODY_ELSE, str(own), str(podium.folder), str(user)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    podium.folder.chmod(0o755)
    assert (ended.returncode, ended.stderr[:17]) == (1, "error[read_only]:")
    assert len(ended.stderr.splitlines()) == 1
    assert not (podium.folder / ".podium").exists()
