"""The page about security is true: settings are read, commands run, roles and figures compared."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from podium.core.access_settings import JwtSettings, RateSettings
from podium.core.errors import EncryptionKeyMissing, EncryptionKeyWrong, Undecipherable
from podium.core.settings import Manifest
from podium.server.jwks import BETWEEN_S, FRESH_S
from podium.storage.api_keys import ROLES
from podium.storage.encryption.rewriting import BATCH
from podium.testing.command_line import CommandLine

WORDS = {
    "looking": "read",
    "making": "write",
    "changing": "write",
    "running": "write",
    "deciding": "approve",
    "everything": "admin",
}


@pytest.fixture(scope="module")
def page() -> str:
    return (Path(__file__).parents[3] / "docs" / "security.md").read_text(encoding="utf-8")


def test_its_settings_are_taken(page: str) -> None:
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    told = tomllib.loads("\n".join(blocks))
    server = Manifest.model_validate({"project": {"name": "demo"}, **told}).server
    assert server.jwt is not None
    assert server.jwt.leeway == 30
    assert JwtSettings.model_fields["algorithms"].default == server.jwt.algorithms
    assert server.rate == RateSettings()
    assert (FRESH_S, BETWEEN_S) == (5 * 60, 10)


def test_its_roles_are_good_for_what_it_says(page: str) -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|$", page, re.MULTILINE))
    said = {
        role: {WORDS[word] for word in re.findall(r"\w+", text) if word in WORDS}
        for role, text in rows.items()
    }
    assert said == ROLES


@pytest.mark.filterwarnings("default")  # of libraries that the command loads
def test_a_project_is_encrypted_as_it_says(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (block,) = [one for one in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "encryption_key" in one]
    (tmp_path / "podium.toml").write_text(f'[project]\nname = "demo"\n{block}', encoding="utf-8")
    podium = CommandLine(tmp_path)
    assert re.findall(r"^\$ podium (encrypt.*)$", page, re.MULTILINE) == ["encrypt --new-key", "encrypt"]
    monkeypatch.setenv("PODIUM_ENCRYPTION_KEY", podium("encrypt", "--new-key").out.strip())
    assert podium("encrypt").error() == "input_invalid"  # nothing is stored yet
    assert podium("keys", "new", "desk").code == 0
    assert podium("encrypt", "--json").json["final"] is True
    monkeypatch.delenv("PODIUM_ENCRYPTION_KEY")
    assert podium("keys", "list").error() == "config_invalid"
    for code in ("encryption_key_missing", "encryption_key_wrong", "undecipherable"):
        assert f"`{code}`" in page
    assert {EncryptionKeyMissing.code, EncryptionKeyWrong.code, Undecipherable.code} == {
        "encryption_key_missing",
        "encryption_key_wrong",
        "undecipherable",
    }
    assert f"transactions of {BATCH} rows" in page


@pytest.mark.filterwarnings("default")  # of libraries that the command loads
def test_its_commands_do_what_it_says(page: str, tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text('[project]\nname = "demo"\n', encoding="utf-8")
    podium, made = CommandLine(tmp_path), ""
    commands = re.findall(r"^\$ podium (keys .+)$", page, re.MULTILINE)
    assert len(commands) == 4
    for command in commands:
        ended = podium(*command.replace("ID", made).split(), "--json")
        assert ended.code == 0, ended.err
        made = str(ended.json.get("key_id", made))
    assert ended.json["roles"] == ["approver", "finance"]
