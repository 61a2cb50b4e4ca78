"""Commands as real processes: what they get, and that nothing of them is left."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import psutil
import pytest

from podium.core.errors import NotDelivered
from podium.runtime.notifications.channel import Notification
from podium.runtime.notifications.command import Command

FORK = (
    "import os, subprocess, sys, time\n"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
    "open('new', 'w').write(f'{os.getpid()} {child.pid}')\n"
    "os.rename('new', 'pids')\n"
    "time.sleep(600)\n"
)
ENVIRON = {"PATH": "/usr/bin:/bin", "HOME": "/root", "LANG": "C.UTF-8", "TOKEN": "t0ken", "CITY": "York"}
SHOW = (
    "import json, os, sys; json.dump([sys.argv[1:], dict(os.environ), json.load(sys.stdin)], open('x', 'w'))"
)


async def test_it_gets_the_notification_its_arguments_and_few_variables(
    tmp_path: Path, notification: Notification
) -> None:
    command = (sys.executable, "-c", SHOW, "$HOME; echo", "*")
    await Command(command, folder=tmp_path, environ=ENVIRON, passed=("CITY",)).deliver(notification)
    arguments, environ, told = json.loads((tmp_path / "x").read_text())
    assert arguments == ["$HOME; echo", "*"]
    assert told == notification.as_json()
    assert "t0ken" not in str(environ)
    assert (
        environ.items()
        >= {
            "CITY": "York",
            "HOME": "/root",
            "PODIUM_EVENT": "approval_waiting",
            "PODIUM_NOTIFICATION_ID": "ntf_1",
        }.items()
    )


@pytest.mark.parametrize(
    ("code", "limit", "reason"),
    [
        ("import sys; sys.exit(3)", 30.0, "ended with status 3"),
        ("import os; os.kill(os.getpid(), 9)", 30.0, "ended with status -9"),
        ("import time; time.sleep(60)", 0.5, "did not end within 0.5 seconds"),
    ],
)
async def test_what_is_no_success_is_tried_again(
    code: str, limit: float, reason: str, tmp_path: Path, notification: Notification
) -> None:
    channel = Command((sys.executable, "-c", code), folder=tmp_path, environ=ENVIRON, timeout=limit)
    with pytest.raises(NotDelivered, match=reason) as caught:
        await channel.deliver(notification)
    assert caught.value.retryable


async def test_a_command_that_reads_nothing_is_no_error(tmp_path: Path, notification: Notification) -> None:
    await Command(("true",), folder=tmp_path, environ=ENVIRON).deliver(notification)


async def test_what_a_command_prints_is_not_kept(
    tmp_path: Path, notification: Notification, capfd: pytest.CaptureFixture[str]
) -> None:
    code = "import sys; print('secret'); print('secret', file=sys.stderr); sys.exit(1)"
    channel = Command((sys.executable, "-c", code), folder=tmp_path, environ=ENVIRON)
    with pytest.raises(NotDelivered) as caught:
        await channel.deliver(notification)
    assert "secret" not in caught.value.message
    assert capfd.readouterr() == ("", "")


async def test_a_command_that_hangs_is_ended_with_all_that_it_started(
    tmp_path: Path, notification: Notification
) -> None:
    channel = Command((sys.executable, "-c", FORK), folder=tmp_path, environ=ENVIRON, timeout=1.5)
    with pytest.raises(NotDelivered, match="did not end"):
        await channel.deliver(notification)
    _nothing_is_left(tmp_path)


async def test_a_command_that_is_cancelled_is_ended_with_all_that_it_started(
    tmp_path: Path, notification: Notification
) -> None:
    channel = Command((sys.executable, "-c", FORK), folder=tmp_path, environ=ENVIRON, timeout=60)
    task = asyncio.create_task(channel.deliver(notification))
    await asyncio.to_thread(_wait_for, tmp_path / "pids")
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    _nothing_is_left(tmp_path)


def _wait_for(file: Path) -> None:
    until = time.monotonic() + 20
    while not file.exists():
        assert time.monotonic() < until
        time.sleep(0.01)


def _nothing_is_left(folder: Path) -> None:
    pids = [int(pid) for pid in (folder / "pids").read_text().split()]
    assert len(pids) == 2
    until = time.monotonic() + 10
    while any(_alive(pid) for pid in pids):
        assert time.monotonic() < until


def _alive(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
