"""Syncing beside the commits: together for all who wait, and never before what they wait for."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest

from podium.core.errors import StorageError
from podium.storage.database import Database
from podium.storage.log_sync import LogSync


async def test_those_who_come_during_a_sync_share_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "some.db-wal").write_bytes(b"frames")
    begun, let_on, syncs = threading.Event(), threading.Event(), []

    def fsync(file: int) -> None:
        syncs.append(file)
        begun.set()
        let_on.wait(10)

    monkeypatch.setattr(os, "fsync", fsync)
    sync = LogSync(tmp_path / "some.db")
    first = asyncio.create_task(sync.asynced())
    await asyncio.to_thread(begun.wait, 10)
    later = [asyncio.create_task(sync.asynced()) for _ in range(20)]
    await asyncio.sleep(0)
    assert not first.done()
    let_on.set()
    await asyncio.gather(first, *later)
    assert len(syncs) == sync.count == 2
    sync.close()


async def test_a_disk_that_does_not_take_it_is_an_error(tmp_path: Path) -> None:
    sync = LogSync(tmp_path / "missing.db")
    with pytest.raises(StorageError, match="cannot be synced"):
        await sync.asynced()
    sync.close()
    sync.close()


async def test_a_database_that_was_synced_goes_on_and_closes(tmp_path: Path) -> None:
    with Database.open(tmp_path / "podium.db") as database:
        for number in "abc":
            await database.aexecute_soon(
                "INSERT INTO forks(thread_id, source, at) VALUES (?, '', '')", (number,)
            )
            await database.asynced()
        count = database.read(lambda connection: connection.execute("SELECT count(*) FROM forks").fetchone())
        assert count == (3,)
