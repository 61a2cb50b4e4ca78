"""`podium keys` as a person and a program meet it."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.storage.api_keys import ApiKeys
from podium.storage.database import Database
from podium.testing.command_line import CommandLine

pytestmark = pytest.mark.filterwarnings("default")  # of libraries that the command loads


@pytest.fixture
def podium(tmp_path: Path) -> CommandLine:
    (tmp_path / "podium.toml").write_text('[project]\nname = "demo"\n', encoding="utf-8")
    return CommandLine(tmp_path)


def test_a_key_is_shown_once(podium: CommandLine, tmp_path: Path) -> None:
    made = podium("keys", "new", "ci", "--scope", "read", "--scope", "approve", "--days", "30")
    secret = made.out.strip()
    assert made.code == 0
    assert "not shown again" in made.err
    with Database.open(tmp_path / ".podium" / "podium.db") as database:
        key = ApiKeys(database).find(secret)
    assert key is not None
    assert key.scopes == {"read", "approve"}
    listed = podium("keys", "list")
    assert "approve, read" in listed.out
    assert secret not in listed.out + podium("keys", "list", "--json").out


def test_a_program_makes_and_revokes_keys(podium: CommandLine) -> None:
    made = podium("keys", "new", "ci", "--tenant", "acme", "--owner", "local:ada", "--json").json
    assert (made["tenant"], made["owner"], made["scopes"]) == ("acme", "local:ada", ["read", "write"])
    assert str(made["key"]).startswith("pk_")
    revoked = podium("keys", "revoke", str(made["key_id"]), "--json").json
    assert revoked["revoked_at"]
    assert "key" not in revoked
    assert "taken back" in podium("keys", "list").out


@pytest.mark.parametrize(
    "arguments",
    [("new", "ci", "--scope", "root"), ("new", "ci", "--days", "-1"), ("new", " "), ("revoke", "nothing")],
)
def test_a_mistake_is_explained(podium: CommandLine, arguments: tuple[str, ...]) -> None:
    ended = podium("keys", *arguments)
    assert ended.code == 2
    assert "Traceback" not in ended.err
    assert len(ended.err.strip().splitlines()) <= 2


def test_a_key_is_rotated(podium: CommandLine) -> None:
    made = podium(
        "keys", "new", "ci", "--role", "approver", "--role", "finance", "--days", "9", "--json"
    ).json
    assert (made["roles"], made["scopes"]) == (["approver", "finance"], [])
    rotated = podium("keys", "rotate", str(made["key_id"]), "--grace", "30m", "--json").json
    assert rotated["roles"] == made["roles"]
    assert rotated["key"] != made["key"]
    old = rotated["replaces"]
    assert isinstance(old, dict)
    assert old["key_id"] == made["key_id"]
    assert str(old["expires_at"]) < str(made["expires_at"])
    again = podium("keys", "rotate", str(rotated["key_id"]))
    assert again.out.startswith("pk_")
    assert "The old one counts until" in again.err
    assert podium("keys", "rotate", str(rotated["key_id"]), "--grace", "soon").code == 2
