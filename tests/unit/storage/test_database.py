"""The database: transactions, group commit, failures, closing."""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.core.errors import DatabaseBusy, DiskFull, NewerSchema, NotADatabase, StorageError
from podium.storage import Database

ENSURE = "INSERT INTO threads(thread_id, created_at, updated_at) VALUES (?, '2026-01-01', '2026-01-01')"


def add(thread_id: str) -> Callable[[sqlite3.Connection], str]:
    def work(connection: sqlite3.Connection) -> str:
        connection.execute(ENSURE, (thread_id,))
        return thread_id

    return work


def names(database: Database) -> set[str]:
    rows = database.read(lambda connection: connection.execute("SELECT thread_id FROM threads").fetchall())
    return {name for (name,) in rows}


def fail(connection: sqlite3.Connection) -> None:
    connection.execute(ENSURE, ("half",))
    raise ValueError("no")


class Blocked:
    """Holds the writer inside an operation until told to go on, so that others pile up behind it."""

    def __init__(self, database: Database) -> None:
        self._entered, self._go = threading.Event(), threading.Event()
        self._future = database.submit(self._work)
        assert self._entered.wait(5)

    def _work(self, connection: sqlite3.Connection) -> None:
        del connection
        self._entered.set()
        assert self._go.wait(5)

    def release(self) -> None:
        self._go.set()
        self._future.result(5)


def test_a_write_returns_the_value_of_its_work_and_is_stored(database: Database) -> None:
    assert database.write(add("a")) == "a"
    assert database.write(add("b"), durable=True) == "b"
    assert names(database) == {"a", "b"}


def test_a_single_statement_says_how_many_rows_it_changed(database: Database) -> None:
    assert database.execute(ENSURE, ("a",)) == 1
    assert database.execute("DELETE FROM threads WHERE thread_id='x'") == 0


async def test_async_writes_and_reads(database: Database) -> None:
    await database.awrite(add("thread"), durable=True)
    await database.awrite_soon(add("loop"))
    await database.aexecute_soon(ENSURE, ("statement",))
    rows = await database.aread(
        lambda connection: connection.execute("SELECT thread_id FROM threads").fetchall()
    )
    assert {name for (name,) in rows} == {"thread", "loop", "statement"}


def test_work_that_fails_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(ValueError, match="no"):
        database.write(fail)
    assert names(database) == set()
    database.write(add("after"))
    assert names(database) == {"after"}


def test_a_broken_constraint_reaches_the_caller_as_it_is(database: Database) -> None:
    database.write(add("a"))
    with pytest.raises(sqlite3.IntegrityError):
        database.write(add("a"))
    with pytest.raises(sqlite3.IntegrityError):
        database.execute(ENSURE, ("a",))


def test_waiting_operations_share_one_commit_and_one_sync(database: Database) -> None:
    blocked = Blocked(database)
    futures = [database.submit(add(str(number)), durable=number == 3) for number in range(20)]
    before = database.stats
    blocked.release()
    assert [future.result(5) for future in futures] == [str(number) for number in range(20)]
    after = database.stats
    assert after.operations - before.operations == 21
    assert after.commits - before.commits == 2
    assert after.syncs - before.syncs == 1


def test_one_failing_operation_does_not_spoil_the_others_in_its_commit(database: Database) -> None:
    database.write(add("taken"))
    blocked = Blocked(database)
    good = [database.submit(add("a")), database.submit(add("b"))]
    bad: list[Future[Any]] = [database.submit(fail), database.submit(add("taken"))]
    last = database.submit(add("c"))
    blocked.release()
    assert [future.result(5) for future in [*good, last]] == ["a", "b", "c"]
    assert isinstance(bad[0].exception(5), ValueError)
    assert isinstance(bad[1].exception(5), sqlite3.IntegrityError)
    assert names(database) == {"taken", "a", "b", "c"}


@settings(max_examples=20, deadline=None)
@given(plan=st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12))
def test_in_any_mix_exactly_the_operations_that_succeed_are_stored(
    tmp_path_factory: pytest.TempPathFactory, plan: list[tuple[bool, bool]]
) -> None:
    with Database.open(tmp_path_factory.mktemp("mix") / "podium.db") as database:
        blocked = Blocked(database)
        futures = [
            (str(number), database.submit(add(str(number)) if good else fail, durable=durable))
            for number, (good, durable) in enumerate(plan)
        ]
        blocked.release()
        succeeded = {name for name, future in futures if future.exception(5) is None}
        assert succeeded == {str(number) for number, (good, _) in enumerate(plan) if good}
        assert names(database) == succeeded


def test_threads_that_write_together_lose_nothing(database: Database) -> None:
    def writer(prefix: str) -> None:
        for number in range(50):
            database.write(add(f"{prefix}{number}"))

    threads = [threading.Thread(target=writer, args=(prefix,)) for prefix in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(names(database)) == 200


async def test_async_writes_wait_their_turn_behind_a_busy_writer(database: Database) -> None:
    blocked = Blocked(database)
    waiting = [asyncio.create_task(database.awrite_soon(add(str(number)))) for number in range(5)]
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)
    blocked.release()
    assert await asyncio.gather(*waiting) == list("01234")


def test_a_full_disk_fails_the_write_and_later_ones_work_when_there_is_space(database: Database) -> None:
    database.write(add("before"))
    pages = database.read(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    database.write(lambda connection: connection.execute(f"PRAGMA max_page_count={pages + 2}").fetchone())
    with pytest.raises(DiskFull) as caught:
        database.write(add("x" * 100_000))
    assert caught.value.hint
    assert names(database) == {"before"}
    database.write(lambda connection: connection.execute("PRAGMA max_page_count=1000000").fetchone())
    database.write(add("x" * 100_000))
    assert len(names(database)) == 2


def test_a_full_disk_fails_only_what_does_not_fit_in_a_shared_commit(database: Database) -> None:
    pages = database.read(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    database.write(lambda connection: connection.execute(f"PRAGMA max_page_count={pages + 2}").fetchone())
    blocked = Blocked(database)
    small, big, last = (database.submit(add(name)) for name in ("a", "x" * 100_000, "b"))
    blocked.release()
    assert (small.result(5), last.result(5)) == ("a", "b")
    assert isinstance(big.exception(5), DiskFull)
    assert names(database) == {"a", "b"}


def test_a_database_locked_by_another_process_is_reported_after_the_timeout(path: Path) -> None:
    with Database.open(path, busy_timeout=0.05) as database:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseBusy):
            database.write(add("a"))
        other.execute("ROLLBACK")
        other.close()
        database.write(add("a"))


async def test_the_event_loop_goes_on_while_another_process_holds_the_lock(database: Database) -> None:
    other = sqlite3.connect(database.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    task = asyncio.create_task(database.awrite_soon(add("a")))
    await asyncio.sleep(0.02)
    assert not task.done()
    other.execute("COMMIT")
    other.close()
    assert await task == "a"


def test_a_write_inside_a_write_is_refused(database: Database) -> None:
    with pytest.raises(RuntimeError, match="inside a write"):
        database.write(lambda _: database.write(add("a")))
    database.write(add("b"))


def test_an_interrupted_write_is_taken_back_and_not_run_later(database: Database) -> None:
    def work(connection: sqlite3.Connection) -> None:
        connection.execute(ENSURE, ("half",))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.write(work)
    database.write(add("after"))
    assert names(database) == {"after"}


async def test_a_cancelled_caller_does_not_stop_the_writer(database: Database) -> None:
    blocked = Blocked(database)
    task = asyncio.create_task(database.awrite(add("a")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    blocked.release()
    assert await database.awrite(add("b")) == "b"
    assert names(database) == {"a", "b"}


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(StorageError):
        database.read(lambda connection: connection.execute(ENSURE, ("a",)))


def test_a_read_sees_one_snapshot(database: Database) -> None:
    def work(connection: sqlite3.Connection) -> tuple[int, int]:
        count = "SELECT count(*) FROM threads"
        first = connection.execute(count).fetchone()[0]
        database.write(add("meanwhile"))
        return first, connection.execute(count).fetchone()[0]

    assert database.read(work) == (0, 0)
    assert names(database) == {"meanwhile"}


def test_closing_commits_what_was_submitted_and_can_be_done_twice(path: Path) -> None:
    database = Database.open(path)
    futures = [database.submit(add(str(number))) for number in range(10)]
    database.close()
    database.close()
    assert [future.result(0) for future in futures] == [str(number) for number in range(10)]
    with pytest.raises(StorageError, match="closed"):
        database.write(add("late"))
    with pytest.raises(StorageError, match="closed"):
        names(database)
    with Database.open(path) as again:
        assert len(names(again)) == 10


def test_a_database_that_nobody_holds_any_more_stops_its_thread(path: Path) -> None:
    others = set(threading.enumerate())
    database = Database.open(path)
    database.submit(add("a")).result(5)
    threads = [one for one in threading.enumerate() if one.name == "podium-writer" and one not in others]
    assert threads
    del database
    gc.collect()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


def test_an_unclosed_database_does_not_hold_up_the_interpreter(path: Path) -> None:
    code = (
        "import sys; from podium.storage import Database; kept = Database.open(sys.argv[1]);"
        'kept.submit(lambda c: c.execute("INSERT INTO threads(thread_id, created_at, updated_at)'
        " VALUES ('a', '', '')\"))"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=True, timeout=20)
    with Database.open(path) as database:
        assert names(database) == {"a"}


def test_opening_an_existing_database_imports_neither_sqlalchemy_nor_alembic(path: Path) -> None:
    Database.open(path).close()
    code = (
        "import sys; from podium.storage import Database; Database.open(sys.argv[1]).close();"
        "print([n for n in ('sqlalchemy', 'alembic', 'langgraph', 'langchain_core') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], check=True, timeout=20, capture_output=True
    )
    assert done.stdout.strip() == b"[]"


def test_a_file_that_is_not_a_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(NotADatabase) as caught:
        Database.open(path)
    assert "\n" not in caught.value.message
    assert caught.value.hint
    assert path.read_bytes() == b"not a database at all" * 100
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_the_database_of_another_program_is_refused_and_left_alone(path: Path) -> None:
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE theirs(a)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(NotADatabase, match="another program"):
        Database.open(path)
    assert path.read_bytes() == before


def test_a_newer_schema_is_refused_and_left_alone(path: Path) -> None:
    Database.open(path).close()
    with sqlite3.connect(path) as other:
        other.execute("PRAGMA user_version=999")
    other.close()
    before = path.read_bytes()
    with pytest.raises(NewerSchema, match="999"):
        Database.open(path)
    assert path.read_bytes() == before


def test_a_damaged_file_is_reported(path: Path) -> None:
    with Database.open(path) as database:
        for number in range(200):
            database.write(add(f"{number}" * 100))
    whole = path.read_bytes()
    path.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(NotADatabase, match="damaged"), Database.open(path) as database:
        names(database)


def test_a_folder_in_place_of_the_file_is_refused(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StorageError):
        Database.open(path)


def test_a_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be created"):
        Database.open(tmp_path / "file" / "podium.db")


def test_the_log_does_not_grow_without_bound(database: Database) -> None:
    log, longest = Path(f"{database.path}-wal"), 0
    for number in range(640):
        database.write(add(f"{number}" + "x" * 20_000))
        longest = max(longest, log.stat().st_size)
    assert database.path.stat().st_size + log.stat().st_size > 25_000_000
    assert longest < 16_000_000


def test_whoever_listens_is_told_of_each_commit_and_no_longer_than_it_wants(database: Database) -> None:
    told: list[str] = []
    with database.telling(lambda: told.append("one")), database.telling(lambda: told.append("two")):
        database.execute("CREATE TABLE heard (x)")
        database.write(lambda connection: connection.execute("INSERT INTO heard VALUES (1)"))
        with pytest.raises(sqlite3.OperationalError):
            database.execute("INSERT INTO nowhere VALUES (1)")
        assert told == ["one", "two"] * 2
    database.execute("INSERT INTO heard VALUES (2)")
    assert len(told) == 4


def test_what_is_committed_is_so_whatever_becomes_of_those_who_are_told(database: Database) -> None:
    def broken() -> None:
        raise OSError("gone")

    database.execute("CREATE TABLE heard (x)")
    with database.telling(broken):
        assert database.execute("INSERT INTO heard VALUES (1)") == 1
        handed_over = database.submit(lambda connection: connection.execute("INSERT INTO heard VALUES (2)"))
        handed_over.result(timeout=10)
    assert database.read(lambda connection: connection.execute("SELECT x FROM heard").fetchall()) == [
        (1,),
        (2,),
    ]
