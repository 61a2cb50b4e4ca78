"""The main job by the real command: nothing leaves the machine, or even tries to."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.timeout(300)

Run = Callable[..., subprocess.CompletedProcess[str]]
ORDER = "O-10007"
DONE, WAITS = 0, 3


@pytest.fixture
def said(desk: Path, run_podium: Run) -> Callable[..., dict[str, Any]]:
    """Runs a command in the desk and reads what it says, after a look at its exit code."""

    def run(*arguments: str, code: int = DONE) -> dict[str, Any]:
        ended = run_podium(desk, *arguments, "--json")
        assert ended.returncode == code, ended.stderr
        found: dict[str, Any] = json.loads(ended.stdout)
        return found

    return run


def refunds(desk: Path) -> list[tuple[int, str]]:
    with closing(sqlite3.connect(desk / ".podium" / "world" / "shop.db")) as shop:
        return shop.execute(
            "SELECT amount_cents, status FROM refunds WHERE order_id = ?", (ORDER,)
        ).fetchall()


def test_ask_act_approve_and_roll_back_without_a_connection(
    desk: Path, said: Callable[..., dict[str, Any]]
) -> None:
    answer = said("ask", "How long does a card refund take?")
    assert answer["status"] == "completed"
    (citation,) = answer["citations"]
    assert "refunds-policy.md" in citation["source"]
    assert citation["quote"] in answer["answer"]

    waiting = said("ask", f"Issue a refund for order {ORDER}", code=WAITS)
    thread, before = waiting["thread_id"], waiting["checkpoint_id"]
    assert [action["tool"] for action in waiting["actions"]] == ["issue_refund"]
    assert waiting["actions"][0]["preview"]["after"]["refunded"] == "£210.60"
    assert refunds(desk) == []

    done = said("resume", thread, "--approve")
    assert (done["status"], done["actions"][0]["status"]) == ("completed", "verified")
    assert refunds(desk) == [(21060, "pending")]

    undone = said("rollback", thread, "--to", before, "--yes")
    assert [effect["after"] for effect in undone["undone"]] == ["compensated"]
    assert refunds(desk) == [(21060, "voided")]

    again = said("ask", "How many days does a bank transfer take?", "--thread", answer["thread_id"])
    assert again["thread_id"] == answer["thread_id"]
    assert not (desk / "attempts").exists(), (desk / "attempts").read_text(encoding="utf-8")


def test_an_attempt_would_have_been_seen(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PODIUM_TEST_ATTEMPTS", str(desk / "attempts"))
    look_up = "import contextlib, socket\nwith contextlib.suppress(OSError): socket.getaddrinfo('a.test', 80)"
    subprocess.run([sys.executable, "-c", look_up], check=True)
    assert (desk / "attempts").read_text(encoding="utf-8") == "'a.test'\n"
