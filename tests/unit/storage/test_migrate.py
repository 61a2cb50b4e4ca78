"""Migrations make the schema that the table definitions describe, and never lose data."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from podium.storage import Database, migrate, versions
from podium.storage.revisions import run_migrations, upgrade
from podium.storage.schema import metadata

MADE = "SELECT type, name, tbl_name, sql FROM sqlite_master"
LATER = versions.SCHEMA_VERSION + 1


def scalar(path: Path, query: str) -> object:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchone()[0]


def columns(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"PRAGMA table_info({table})").fetchall()


def test_migrations_and_table_definitions_agree(path: Path) -> None:
    Database.open(path).close()
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    described = path.with_name("described.db")
    target = create_engine(f"sqlite:///{described}")
    metadata.create_all(target)
    for table in metadata.tables:
        assert columns(path, table) == columns(described, table)
    engine.dispose()
    target.dispose()


def test_a_new_file_is_what_the_migrations_make(path: Path) -> None:
    Database.open(path).close()
    with closing(sqlite3.connect(path)) as new, closing(_migrated()) as migrated:
        held = new.execute(MADE).fetchall()
        assert held == migrated.execute(MADE).fetchall(), "run scripts/schema_sql.py"
        assert list(new.iterdump()) == list(migrated.iterdump())


@pytest.mark.parametrize("version", range(1, versions.SCHEMA_VERSION))
def test_a_file_of_any_former_schema_gets_this_one(path: Path, version: int) -> None:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        run_migrations(connection, f"{version:04}")
        connection.exec_driver_sql(f"PRAGMA application_id={versions.APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={version}")
        connection.commit()
    engine.dispose()
    Database.open(path).close()
    with closing(sqlite3.connect(path)) as now, closing(_migrated()) as migrated:
        assert now.execute(MADE).fetchall() == migrated.execute(MADE).fetchall()


def _migrated() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, factory=migrate.CallerCommits)
    upgrade(connection)
    return connection


def test_a_new_file_is_marked_as_ours_with_its_schema_version(path: Path) -> None:
    Database.open(path).close()
    assert scalar(path, "PRAGMA user_version") == versions.SCHEMA_VERSION
    assert scalar(path, "PRAGMA application_id") == versions.APPLICATION_ID
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_with_data_is_backed_up_before_it_is_migrated(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Database.open(path) as database:
        database.execute("INSERT INTO threads(thread_id, created_at, updated_at) VALUES ('a', '', '')")
    for module in (versions, migrate):
        monkeypatch.setattr(module, "SCHEMA_VERSION", LATER)
    Database.open(path).close()
    backup = path.with_name(f"{path.name}.schema-{LATER - 1}.bak")
    assert scalar(backup, "SELECT thread_id FROM threads") == "a"
    assert scalar(backup, "PRAGMA user_version") == LATER - 1
    assert scalar(path, "PRAGMA user_version") == LATER
    assert scalar(path, "SELECT thread_id FROM threads") == "a"


def test_a_migration_that_fails_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Database.open(path).close()
    before = path.read_bytes()

    def broken(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE halfway(a)")
        raise RuntimeError("broken migration")

    for module in (versions, migrate):
        monkeypatch.setattr(module, "SCHEMA_VERSION", LATER)
    monkeypatch.setattr(migrate, "_upgrade", broken)
    with pytest.raises(RuntimeError, match="broken migration"):
        Database.open(path)
    assert path.read_bytes() == before


def test_threads_that_open_a_new_file_together_all_succeed(path: Path) -> None:
    problems: list[Exception] = []
    gate = threading.Barrier(4)

    def opener() -> None:
        gate.wait(10)
        try:
            Database.open(path).close()
        except Exception as error:  # noqa: BLE001  # any failure counts
            problems.append(error)

    threads = [threading.Thread(target=opener) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert problems == []
