"""The audit trail of a project: signed heads, exports, closed segments, and who vouches for what."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from podium.app.audit import AuditTrail, verify_file
from podium.app.project import Project
from podium.core.audit import AuditEntry
from podium.core.errors import ChainBroken, ConfigError, InputError
from podium.core.signing import Signer, is_signed, new_key, public_key
from podium.storage.audit import AuditFilter, AuditLog
from podium.storage.database import Database

MANIFEST = '[project]\nname = "demo"\n'
SIGNED = '[audit]\nsigning_key_file = "signing.pem"\nheads_file = "heads.jsonl"\n'


def entries(*days: int) -> list[AuditEntry]:
    return [
        AuditEntry(
            "plan", f"2026-01-{day:02}T00:00:00.000000Z", "local:ada", {"day": day}, {"text": "hello"}, "t"
        )
        for day in days
    ]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "podium.toml").write_text(MANIFEST + SIGNED, encoding="utf-8")
    (tmp_path / "signing.pem").write_text(new_key(), encoding="utf-8")
    return Project.open(tmp_path)


@pytest.fixture
def database(project: Project) -> Iterator[Database]:
    with Database.open(project.database) as opened:
        AuditLog(opened).append(entries(1, 2, 3, 4, 5, 6))
        yield opened


@pytest.fixture
def trail(project: Project, database: Database) -> AuditTrail:
    return AuditTrail(project, database)


def exported(trail: AuditTrail, path: Path, *, sealed: bool = False) -> Path:
    with path.open("w", encoding="utf-8") as file:
        trail.export(file, sealed=sealed)
    return path


def tamper(project: Project, *statements: str) -> None:
    with closing(sqlite3.connect(project.database, isolation_level=None)) as connection:
        connection.execute("DROP TRIGGER audit_is_never_changed")
        connection.execute("DROP TRIGGER audit_is_put_away_by_segment")
        for statement in statements:
            connection.execute(statement)


def test_a_head_is_signed_and_vouches_for_all_before_it(trail: AuditTrail, project: Project) -> None:
    statement = trail.sign()
    report = trail.verify()
    assert (report.fault, report.records, report.signed, report.trusted) == (None, 6, 6, True)
    assert is_signed(statement)
    assert json.loads((project.folder / "heads.jsonl").read_text()) == statement
    assert not trail.sign_if_new()


def test_records_cut_off_the_end_are_missed_once_the_head_is_signed(
    trail: AuditTrail, project: Project
) -> None:
    trail.sign()
    tamper(project, "DELETE FROM audit WHERE seq>4", "DELETE FROM audit_sealed WHERE seq>4")
    fault = trail.verify().fault
    assert fault is not None
    assert (fault.kind, fault.seq) == ("cut off", 5)


def test_a_head_that_was_kept_elsewhere_counts_too(trail: AuditTrail, project: Project) -> None:
    trail.sign()
    for table in ("audit", "audit_sealed"):
        tamper_free = f"DELETE FROM {table} WHERE seq>4"
        with closing(sqlite3.connect(project.database, isolation_level=None)) as connection:
            connection.execute("DROP TRIGGER IF EXISTS audit_is_put_away_by_segment")
            connection.execute(tamper_free)
            connection.execute("DELETE FROM audit_heads")
    assert trail.verify().fault is None
    assert trail.verify(heads=project.folder / "heads.jsonl").fault is not None


def test_a_head_signed_by_a_stranger_is_not_taken(trail: AuditTrail, database: Database) -> None:
    trail.sign()
    stranger = Signer.from_text(new_key())
    forged = stranger.sign({"podium_audit": 1, "seq": 6, "hash": trail.verify().head.hash, "at": ""})
    database.execute("UPDATE audit_heads SET statement=?", (json.dumps(forged),))
    fault = trail.verify().fault
    assert fault is not None
    assert "signature" in fault.message
    report = trail.verify(key=stranger.public)
    assert (report.fault, report.trusted) == (None, True)


def test_a_former_key_is_still_trusted_where_the_manifest_says_so(tmp_path: Path) -> None:
    old, new = new_key(), new_key()
    (tmp_path / "signing.pem").write_text(old, encoding="utf-8")
    (tmp_path / "podium.toml").write_text(MANIFEST + SIGNED, encoding="utf-8")
    project = Project.open(tmp_path)
    with Database.open(project.database) as database:
        AuditLog(database).append(entries(1))
        AuditTrail(project, database).sign()
        (tmp_path / "signing.pem").write_text(new, encoding="utf-8")
        assert AuditTrail(project, database).verify().fault is not None
        former = Signer.from_text(old).public
        (tmp_path / "podium.toml").write_text(
            f'{MANIFEST}{SIGNED}public_keys = ["{former}"]\n', encoding="utf-8"
        )
        assert AuditTrail(Project.open(tmp_path), database).verify().fault is None


@pytest.mark.parametrize("sealed", [False, True])
def test_an_export_can_be_checked_on_its_own(trail: AuditTrail, tmp_path: Path, sealed: bool) -> None:
    path = exported(trail, tmp_path / "chain.jsonl", sealed=sealed)
    report = verify_file(path, key=trail.sign()["key"])  # type: ignore[arg-type]  # text
    assert (report.fault, report.records, report.signed, report.trusted) == (None, 6, 6, True)
    assert ("hello" in path.read_text()) is sealed
    assert ("local:ada" in path.read_text()) is sealed


@pytest.mark.parametrize(
    ("change", "kind", "seq"),
    [
        (lambda lines: [*lines[:3], *lines[4:]], "removed", 3),
        (lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]], "reordered", 3),
        (lambda lines: [*lines[:3], lines[5], *lines[3:]], "inserted", 3),
        (lambda lines: [*lines[:3], lines[3].replace('"day":3', '"day":4'), *lines[4:]], "changed", 3),
        (lambda lines: [*lines[:3], "not json\n", *lines[4:]], "changed", 3),
        (lambda lines: [*lines[:3], lines[3].replace("hello", "hullo"), *lines[4:]], "changed", 3),
        (lambda lines: lines[:-1], "cut off", 7),
        (lambda lines: [*lines[:-2], lines[-1]], "cut off", 6),
        (lambda lines: lines[:4], "cut off", 4),
    ],
)
def test_a_change_to_an_export_is_found_and_named(
    trail: AuditTrail, tmp_path: Path, change: object, kind: str, seq: int
) -> None:
    path = exported(trail, tmp_path / "chain.jsonl", sealed=True)
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    assert callable(change)
    path.write_text("".join(change(lines)), encoding="utf-8")
    fault = verify_file(path).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == (kind, seq)


def test_old_records_go_into_a_file_and_leave_a_signed_summary(
    trail: AuditTrail, project: Project, database: Database, tmp_path: Path
) -> None:
    archive = tmp_path / "old.jsonl"
    summary = trail.close_before(datetime(2026, 1, 4, tzinfo=UTC), archive, who="local:root")
    assert summary is not None
    assert is_signed(summary)
    assert (summary["first"], summary["last"], summary["kinds"]) == (1, 3, {"plan": 3})
    assert verify_file(archive).records == 3
    report = trail.verify()
    assert (report.fault, report.put_away, report.records, report.trusted) == (None, 3, 4, True)
    kept = trail.records(AuditFilter())
    assert [record.kind for record in kept] == ["plan", "plan", "plan", "segment"]
    AuditLog(database).append(entries(20))
    second = trail.close_before(datetime(2026, 1, 6, tzinfo=UTC), tmp_path / "next.jsonl", who="local:root")
    assert second is not None
    assert (second["first"], second["last"]) == (4, 5)
    assert verify_file(tmp_path / "next.jsonl").put_away == 3
    assert trail.verify().fault is None
    assert trail.close_before(datetime(2026, 1, 1, tzinfo=UTC), tmp_path / "none.jsonl", who="x") is None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit_segments",
        "UPDATE audit_segments SET statement=replace(statement, '\"last\": 3', '\"last\": 4')",
        "DELETE FROM audit WHERE seq=4",
        "DELETE FROM audit WHERE json_extract(body, '$.kind')='segment'",
    ],
)
def test_what_was_put_away_needs_its_summary(
    trail: AuditTrail, project: Project, tmp_path: Path, statement: str
) -> None:
    trail.close_before(datetime(2026, 1, 4, tzinfo=UTC), tmp_path / "old.jsonl", who="local:root")
    tamper(project, statement)
    assert trail.verify().fault is not None


def test_a_broken_chain_is_not_put_away(trail: AuditTrail, project: Project, tmp_path: Path) -> None:
    tamper(project, "DELETE FROM audit WHERE seq=2")
    with pytest.raises(ChainBroken, match="record 2 is missing"):
        trail.close_before(datetime(2026, 1, 4, tzinfo=UTC), tmp_path / "old.jsonl", who="local:root")
    assert not (tmp_path / "old.jsonl").exists()


def test_forgetting_a_thread_is_signed_and_leaves_the_chain_whole(trail: AuditTrail) -> None:
    assert trail.erase("thread", "t", who="local:root") == 6
    report = trail.verify()
    assert (report.fault, report.signed) == (None, 7)


def test_without_a_key_nothing_is_signed_or_put_away(tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    project = Project.open(tmp_path)
    with Database.open(project.database) as database:
        trail = AuditTrail(project, database)
        AuditLog(database).append(entries(1))
        assert not trail.sign_if_new()
        with pytest.raises(ConfigError, match="names no key"):
            trail.sign()
        with pytest.raises(ConfigError, match="names no key"):
            trail.close_before(datetime.now(UTC), tmp_path / "x", who="x")
        report = trail.verify()
        assert (report.fault, report.signed, report.trusted) == (None, 0, False)


def test_what_is_no_key_is_refused_without_showing_it(project: Project, database: Database) -> None:
    (project.folder / "signing.pem").write_text("hunter2", encoding="utf-8")
    with pytest.raises(ConfigError, match="no Ed25519 key") as caught:
        AuditTrail(project, database).sign()
    assert "hunter2" not in str(caught.value) + caught.value.hint
    with pytest.raises(ConfigError, match="public key"):
        public_key("zz")


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"other": 1}\n', encoding="utf-8")
    with pytest.raises(InputError, match="no audit chain"):
        verify_file(path)
    with pytest.raises(InputError, match="cannot be read"):
        verify_file(tmp_path / "missing.jsonl")


def test_a_project_without_records_has_no_chain(tmp_path: Path) -> None:
    (tmp_path / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    with pytest.raises(InputError, match="nothing is recorded"), AuditTrail.opened(Project.open(tmp_path)):
        pytest.fail("it was opened")
