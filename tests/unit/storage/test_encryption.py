"""A database with a key: nothing told of people lies in its files, and everything works as without."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import LargeBinary, Text

from podium.app.audit import chain_report
from podium.core.audit import AuditEntry
from podium.core.errors import (
    Conflict,
    EncryptionKeyMissing,
    EncryptionKeyWrong,
    Undecipherable,
)
from podium.core.principal import Access
from podium.storage.audit_rows import append
from podium.storage.copying import alone
from podium.storage.database import Database
from podium.storage.encryption.cipher import Cipher
from podium.storage.encryption.columns import ENCRYPTED
from podium.storage.encryption.keys import needed_keys
from podium.storage.encryption.rewriting import finish, rewrite
from podium.storage.events import EventRecord, SqlEventLog
from podium.storage.feedback import FeedbackRecord, FeedbackRecords
from podium.storage.runs import RunRecord, RunRecords
from podium.storage.schema import metadata
from podium.storage.thread_search import ThreadQuery, ThreadSearch

SECRET = "plantedsecret"
KEY, OTHER = b"k" * 32, b"o" * 32

PLAIN = frozenset(
    {
        "api_keys.hash api_keys.key_id api_keys.name api_keys.scopes",
        "assistant_versions.assistant_id assistant_versions.graph_id assistant_versions.name",
        "assistants.assistant_id assistants.graph_id",
        "audit.body audit.hash audit.thread_id audit_heads.statement audit_segments.statement",
        "audit_people.name audit_people.principal audit_people.salt",
        "callbacks.callback_id callbacks.run_id callbacks.status",
        "checkpoint_blobs.checkpoint_ns checkpoint_blobs.thread_id checkpoint_blobs.version",
        "checkpoint_writes.checkpoint_id checkpoint_writes.checkpoint_ns checkpoint_writes.task_id",
        "checkpoint_writes.task_path checkpoint_writes.thread_id",
        "checkpoints.checkpoint_id checkpoints.checkpoint_ns checkpoints.encoding checkpoints.parent_id",
        "checkpoints.run_id checkpoints.thread_id",
        "consents.digest consents.effect_id consents.policy_version consents.principal consents.run_id",
        "crons.assistant_id crons.cron_id crons.missed crons.name crons.on_run_completed crons.overlap",
        "crons.schedule crons.source crons.thread_id crons.timezone",
        "decisions.checkpoint_id decisions.details decisions.kind decisions.node decisions.policy_version",
        "decisions.route decisions.rule decisions.run_id decisions.thread_id decisions.turn_id decisions.who",
        "effect_moves.actor effect_moves.effect_id effect_moves.from_status effect_moves.to_status",
        "effects.checkpoint_id effects.digest effects.effect_class effects.effect_id effects.idempotency_key",
        "effects.policy_version effects.principal effects.run_id effects.status effects.step_id",
        "effects.thread_id effects.tool effects.tool_version effects.turn_id",
        "encryption_keys.canary encryption_keys.key_id",
        "events.event_id events.kind events.run_id events.thread_id",
        "feedback.feedback_id feedback.kind feedback.principal feedback.run_id feedback.thread_id",
        "firings.digest firings.event_id firings.kind firings.lane firings.run_id firings.status",
        "firings.thread_id firings.trigger_id firings.version",
        "forks.live_by forks.source forks.thread_id",
        "grants.digest grants.effect_id grants.grant_id grants.policy_version grants.principal",
        "idempotency_keys.digest idempotency_keys.key idempotency_keys.request",
        "interrupt_tickets.assignee interrupt_tickets.interrupt_id interrupt_tickets.thread_id",
        "notification_cursors.channel",
        "notifications.channel notifications.kind notifications.notification_id notifications.status",
        "run_requests.assistant_id run_requests.graph_id run_requests.holder",
        "run_requests.multitask_strategy run_requests.run_id run_requests.status run_requests.thread_id",
        "run_requests.wanted",
        "runs.graph runs.kind runs.models runs.policy_version runs.prompts runs.run_id runs.status",
        "runs.thread_id runs.turn_id runs.usage",
        "store_items.embedder store_items.key store_items.namespace",
        "stream_events.event stream_events.form stream_events.run_id stream_events.thread_id",
        "thread_leases.holder thread_leases.thread_id",
        "threads.status threads.thread_id threads.ttl",
        "triggers.name triggers.source triggers.trigger_id",
    }
)
"""Every other column that holds text or bytes: ids, times, states, names, digests, and the chain itself."""


@pytest.fixture
def encrypted(path: Path) -> Iterator[Database]:
    with Database.open(path, cipher=Cipher([KEY])) as opened:
        yield opened


def found(path: Path, text: str = SECRET) -> set[str]:
    """The files of a database that hold a text."""
    return {file.name for file in path.parent.iterdir() if text.encode() in file.read_bytes()}


def fill(database: Database, number: int = 1) -> None:
    """Something of each kind that this module can make."""
    log, runs = SqlEventLog(database), RunRecords(database)
    for one in range(number):
        run = f"r{one}"
        log.append([EventRecord("said", {"text": f"{SECRET} {one}"}, thread_id="t", run_id=run)])
        runs.start_run(RunRecord(run, "t", input={"text": f"{SECRET} {one}"}))
        runs.finish_run(run, "completed", output={"text": SECRET, "n": one}, error={"code": "x"})
        FeedbackRecords(database).add(FeedbackRecord("t", "rating", correction=SECRET, reason=SECRET))
    entry = AuditEntry("effect", "2026-01-01T00:00:00Z", "ada", {"to": "proposed"}, {"args": SECRET})
    database.write(lambda connection: append(connection, [entry]))


def read_back(database: Database, number: int = 1) -> None:
    assert [one.payload["text"] for one in SqlEventLog(database).read()] == [
        f"{SECRET} {one}" for one in range(number)
    ]
    for one in range(number):
        run = RunRecords(database).get_run(f"r{one}")
        assert (run.input, run.output) == ({"text": f"{SECRET} {one}"}, {"text": SECRET, "n": one})
    assert {one.correction for one in FeedbackRecords(database).list("t")} == {SECRET}
    assert database.read(chain_report).fault is None


def test_every_column_is_either_encrypted_or_said_to_be_plain() -> None:
    plain = set(" ".join(PLAIN).split())
    common = {"tenant", "owner"}
    encrypted = {f"{table.name}.{column}" for table in ENCRYPTED for column in table.columns}
    stored = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Text | LargeBinary)
        and column.name not in common
        and not column.name.endswith(("_at", "_time"))
        and column.name != "at"
    }
    assert encrypted | plain == stored
    assert not encrypted & plain


def test_what_identifies_a_row_is_its_key() -> None:
    for table in ENCRYPTED:
        columns = metadata.tables[table.name].columns
        assert set(table.key) | set(table.columns) <= set(columns.keys())
        assert not set(table.key) & set(table.columns)


def test_nothing_that_was_said_is_in_any_file(path: Path, encrypted: Database) -> None:
    fill(encrypted)
    assert {"podium.db", "podium.db-wal"} <= {file.name for file in path.parent.iterdir()}
    assert found(path) == set()
    read_back(encrypted)
    encrypted.close()
    assert found(path) == set()


def test_without_a_key_everything_is_stored_as_it_is(path: Path, database: Database) -> None:
    fill(database)
    assert found(path)  # what the test above looks for can be found
    triggers = "SELECT count(*) FROM sqlite_master WHERE type='trigger' AND name LIKE 'encrypt%'"
    assert database.read(lambda connection: connection.execute(triggers).fetchone()[0]) == 0


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(values=st.lists(st.dictionaries(st.text(), st.text() | st.integers() | st.none()), max_size=4))
def test_whatever_is_written_is_read(encrypted: Database, values: list[dict[str, object]]) -> None:
    log = SqlEventLog(encrypted)
    seqs = log.append([EventRecord("x", one) for one in values])
    stored = log.read(after=seqs[0] - 1) if seqs else []
    assert [json.dumps(one.payload) for one in stored] == [json.dumps(one) for one in values]


def test_a_missing_key_is_said_before_anything_is_touched(path: Path, encrypted: Database) -> None:
    fill(encrypted)
    encrypted.close()
    before = path.read_bytes()
    with pytest.raises(EncryptionKeyMissing, match="is encrypted and no key is configured"):
        Database.open(path)
    with pytest.raises(EncryptionKeyWrong, match="is encrypted with the key"):
        Database.open(path, cipher=Cipher([OTHER]))
    assert path.read_bytes() == before


def test_nobody_without_the_key_writes_into_it(path: Path, encrypted: Database) -> None:
    fill(encrypted)
    with closing(sqlite3.connect(path)) as bare, pytest.raises(sqlite3.OperationalError, match="encrypt"):
        bare.execute("UPDATE runs SET input='plain'")
    read_back(encrypted)


def test_plain_rows_of_earlier_days_stay_readable(path: Path, database: Database) -> None:
    fill(database)
    database.close()
    with Database.open(path, cipher=Cipher([KEY])) as opened:
        read_back(opened)
        SqlEventLog(opened).append([EventRecord("said", {"text": "lateraddition"})])
        assert [one.payload["text"] for one in SqlEventLog(opened).read()] == [f"{SECRET} 0", "lateraddition"]
    assert found(path, "lateraddition") == set()
    assert found(path) == {"podium.db"}


def test_encrypting_what_was_plain_leaves_nothing_of_it(path: Path, database: Database) -> None:
    fill(database, 450)
    database.execute("DELETE FROM events WHERE run_id='r7'")  # it still lies in free pages
    SqlEventLog(database).append([EventRecord("said", {"text": "x"})])
    database.execute("DELETE FROM events WHERE payload LIKE '%\"x\"%'")
    database.close()
    cipher = Cipher([KEY])
    steps = list[tuple[str, int]]()
    with Database.open(path, cipher=cipher) as opened:
        count = rewrite(opened, cipher, lambda table, rows: steps.append((table, rows)))
        assert count == sum(rows for _, rows in steps)
        assert max(rows for _, rows in steps) == 200
        assert rewrite(opened, cipher) == 0
    assert finish(path, cipher) == ()
    assert found(path) == set()
    with Database.open(path, cipher=cipher) as opened:
        assert len(SqlEventLog(opened).read()) == 449
        assert len(FeedbackRecords(opened).list("t")) == 450
        assert opened.read(chain_report).fault is None


def test_a_key_is_rotated_while_the_former_one_is_still_read(path: Path, encrypted: Database) -> None:
    fill(encrypted, 3)
    encrypted.close()
    both = Cipher([OTHER, KEY])
    with Database.open(path, cipher=both) as opened:
        read_back(opened, 3)
        assert sorted(opened.read(needed_keys)) == sorted(one.hex() for one in both.key_ids)
    with pytest.raises(EncryptionKeyWrong):
        Database.open(path, cipher=Cipher([OTHER]))  # what the former key encrypted is there still
    with Database.open(path, cipher=both) as opened:
        assert rewrite(opened, both) == 3 * 3 + 1
    assert finish(path, both) == (Cipher([KEY]).key_id.hex(),)
    with Database.open(path, cipher=Cipher([OTHER])) as opened:
        read_back(opened, 3)
    with pytest.raises(EncryptionKeyWrong):
        Database.open(path, cipher=Cipher([KEY]))


def test_former_keys_are_kept_while_somebody_has_the_file_open(path: Path, encrypted: Database) -> None:
    fill(encrypted)
    with pytest.raises(Conflict):
        finish(path, Cipher([KEY]))


def test_a_new_key_waits_until_nobody_without_it_has_the_file_open(path: Path, database: Database) -> None:
    fill(database)
    with pytest.raises(Conflict, match="has it open"):
        Database.open(path, cipher=Cipher([KEY]), busy_timeout=0.1)
    read_back(database)
    assert database.read(needed_keys) == []


def test_two_processes_with_the_key_may_have_it_open(path: Path, encrypted: Database) -> None:
    fill(encrypted)
    with Database.open(path, cipher=Cipher([KEY])) as other:
        read_back(other)


def test_a_value_that_was_moved_to_another_row_is_refused(path: Path, encrypted: Database) -> None:
    fill(encrypted, 2)
    encrypted.close()
    with alone(path) as bare:
        bare.create_function("podium_encrypt", -1, lambda *_: None)
        bare.execute("UPDATE runs SET input=(SELECT input FROM runs WHERE run_id='r0') WHERE run_id='r1'")
    with Database.open(path, cipher=Cipher([KEY])) as opened:
        assert RunRecords(opened).get_run("r0").input == {"text": f"{SECRET} 0"}
        with pytest.raises(Undecipherable, match="changed, or is not where it was written"):
            RunRecords(opened).get_run("r1")


async def test_threads_are_found_by_what_is_encrypted(encrypted: Database) -> None:
    def add(connection: sqlite3.Connection) -> None:
        for number in range(5):
            connection.execute(
                "INSERT INTO threads(thread_id, tenant, owner, created_at, updated_at, metadata)"
                " VALUES (?,'t','o','','',?)",
                (f"t{number}", json.dumps({"color": "red" if number % 2 else "blue", "text": SECRET})),
            )

    encrypted.write(add)
    access = Access("t", None)
    page, total = await ThreadSearch(encrypted).page(ThreadQuery(metadata={"color": "red"}), access, 10, 0)
    assert sorted(one.thread_id for one in page) == ["t1", "t3"]
    assert total == 2
    page, _ = await ThreadSearch(encrypted).page(ThreadQuery(metadata={"color": "green"}), access, 10, 0)
    assert page == []
