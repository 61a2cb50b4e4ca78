"""What a server is started with, and when it refuses to be reached."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podium.app.project import Project
from podium.cli.serving.plan import ServePlan, has_keys, is_loopback, plan_of
from podium.core.errors import ConfigError
from podium.storage.api_keys import ApiKeys
from podium.storage.database import Database
from podium.testing.certificates import write_certificate


def project_in(folder: Path, settings: str = "") -> Project:
    (folder / "podium.toml").write_text(f'[project]\nname = "demo"\n{settings}', encoding="utf-8")
    return Project.open(folder)


def planned(project: Project, **options: Any) -> ServePlan:
    given: dict[str, Any] = {"dev": False, "host": None, "port": None, "max_running": None, "as_json": False}
    return plan_of(project, **{**given, **options})


def add_key(project: Project, *, revoked: bool = False) -> None:
    with Database.open(project.database) as database:
        keys = ApiKeys(database)
        key, _ = keys.create("ci", scopes=["read"])
        if revoked:
            keys.revoke(key.key_id)


def test_options_go_before_the_manifest(tmp_path: Path) -> None:
    project = project_in(tmp_path, '[server]\nhost = "::1"\nport = 9000\n')
    assert (planned(project).host, planned(project).port) == ("::1", 9000)
    given = planned(project, host="localhost", port=0, max_running=3)
    assert (given.host, given.port, given.max_running) == ("localhost", 0, 3)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"])
def test_a_machine_reaches_itself_without_a_key(tmp_path: Path, host: str) -> None:
    assert is_loopback(host)
    assert planned(project_in(tmp_path), host=host).host == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.test", "fe80::1%eth0"])
def test_others_reach_a_server_only_where_a_key_exists(tmp_path: Path, host: str) -> None:
    project = project_in(tmp_path)
    with pytest.raises(ConfigError, match="there is no API key"):
        planned(project, host=host)
    add_key(project)
    assert planned(project, host=host).host == host


def test_a_server_that_asks_for_no_key_is_never_reached_by_others(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    add_key(project)
    with pytest.raises(ConfigError, match="listens on this machine only"):
        planned(project, dev=True, host="0.0.0.0")


def test_a_project_that_was_never_used_has_no_key_and_gets_no_database(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    assert not has_keys(project)
    assert not project.database.exists()


def test_a_key_that_was_revoked_is_none(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    add_key(project, revoked=True)
    assert not has_keys(project)


def test_where_tokens_are_taken_no_key_is_needed(tmp_path: Path) -> None:
    told = '[server.jwt]\nissuer = "a"\naudience = "b"\njwks_file = "keys.json"\n'
    assert planned(project_in(tmp_path, told), host="0.0.0.0").host == "0.0.0.0"


def test_certificates_of_the_command_go_before_those_of_the_manifest(tmp_path: Path) -> None:
    cert, key = write_certificate(tmp_path)
    project = project_in(tmp_path, '[server]\ntls_cert = "cert.pem"\ntls_key = "missing.pem"\n')
    found = planned(project, tls_cert=str(cert), tls_key=str(key)).certificate
    assert found is not None
    assert found.cert == cert
    with pytest.raises(ConfigError, match=r"missing\.pem"):
        planned(project)
