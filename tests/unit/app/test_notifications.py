"""What a project's channels are told when there is no app at work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from podium.app.audit import AuditTrail
from podium.app.notifications import Notifications, status_of
from podium.app.project import Project
from podium.core.audit import AuditEntry
from podium.core.audit_check import Fault
from podium.core.errors import InputError, UnknownName
from podium.core.signing import new_key
from podium.runtime.notifications.channel import Notification
from podium.storage.audit import AuditLog
from podium.storage.database import Database

MANIFEST = """
[project]
name = "desk"

[audit]
signing_key_env = "KEY"

[notifications.file]
kind = "command"
command = ["sh", "-c", "cat >> told.jsonl; echo >> told.jsonl"]

[notifications.chain]
kind = "command"
command = ["sh", "-c", "cat >> chain.jsonl; echo >> chain.jsonl"]
events = ["chain_broken"]
"""
FAULT = Fault("changed", 7, "record 7 was changed")


class Moved:
    def __init__(self) -> None:
        self.moment = datetime(2026, 1, 31, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.moment


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    monkeypatch.setenv("KEY", new_key())
    (tmp_path / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    return Project.open(tmp_path)


@pytest.fixture
def database(project: Project) -> Iterator[Database]:
    with Database.open(project.database) as opened:
        yield opened


def told(project: Project, name: str = "told") -> list[dict[str, Any]]:
    file = project.folder / f"{name}.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def unverified(database: Database) -> None:
    data: Any = {"effect": "e", "digest": "d1", "tool": "pay", "from": "succeeded", "to": "unverified"}
    at = "2026-01-31T12:00:00.000000Z"
    AuditLog(database).append([AuditEntry("effect", at, "clock", data, None, "thread", "run")])


def test_what_was_put_away_before_it_was_read_is_told_all_the_same(
    project: Project, database: Database, tmp_path: Path
) -> None:
    notifications = Notifications(project, database)
    notifications.deliver()  # the channels are known
    unverified(database)
    until = datetime(2027, 1, 1, tzinfo=UTC)
    AuditTrail(project, database).close_before(until, tmp_path / "old.jsonl", who="local:ada")
    notifications.deliver()
    assert [(one["event"], one["thread_id"]) for one in told(project)] == [("outcome_unverified", "thread")]
    assert told(project, "chain") == []


def test_a_fault_is_told_once_a_day_to_who_wants_it(project: Project, database: Database) -> None:
    clock = Moved()
    notifications = Notifications(project, database, clock=clock)
    for day in (31, 31, 30):
        clock.moment = clock.moment.replace(day=day)
        notifications.chain_broken(FAULT)
    notifications.chain_broken(Fault("removed", 3, "record 3 is not there"))
    notifications.deliver()
    for name in ("told", "chain"):
        assert sorted(one["data"]["record"] for one in told(project, name)) == [3, 7, 7]


def test_one_notification_has_one_id_on_all_channels(project: Project, database: Database) -> None:
    notifications = Notifications(project, database)
    notifications.chain_broken(FAULT)
    notifications.deliver()
    assert [one["id"] for one in told(project)] == [one["id"] for one in told(project, "chain")]


def test_what_is_posted_is_made_fit_to_leave(project: Project, database: Database) -> None:
    notifications = Notifications(project, database)
    at = "2026-01-31T12:00:00.000000Z"
    notifications.post(
        Notification("a1", "alert", at, "desk", "s\x1b[31m", "password=hunter22\x07", "t"), ["file"]
    )
    with pytest.raises(ValueError, match="no plain name"):
        notifications.post(Notification("a\nb", "alert", at, "desk", "s", "t"), ["file"])
    notifications.deliver()
    (one,) = told(project)
    assert "hunter22" not in str(one)
    assert "\x1b" not in one["subject"]
    assert "\x07" not in one["text"]


def test_who_names_no_channel_is_told_how(tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text('[project]\nname = "desk"\n', encoding="utf-8")
    project = Project.open(tmp_path)
    with Notifications.opened(project) as notifications:
        notifications.chain_broken(FAULT)
        notifications.deliver()
        assert notifications.letters() == []
        with pytest.raises(InputError, match="names no channel"):
            notifications.post(Notification("a1", "alert", "", "desk", "s", "t"), ["file"])


def test_a_channel_that_nobody_declared_is_refused(project: Project, database: Database) -> None:
    with pytest.raises(UnknownName) as caught:
        Notifications(project, database).post(Notification("a1", "alert", "", "", "", ""), ["fax"])
    assert caught.value.hint == "There are: file, chain."


def test_a_status_is_one_of_four() -> None:
    assert status_of("") == ()
    assert status_of("failed") == ("failed",)
    with pytest.raises(InputError):
        status_of("lost")
