"""Keys that were used lately are known without asking the database, for a second at most."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from podium.core.principal import Access
from podium.server.key_ring import FRESH_S, KeyRing
from podium.storage.api_keys import ApiKeys
from podium.storage.database import Database


class Time:
    def __init__(self) -> None:
        self.seconds = 0.0

    def now(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def keys(tmp_path: Path, time: Time) -> Iterator[ApiKeys]:
    with Database.open(tmp_path / "podium.db") as database:
        yield ApiKeys(database, time)


@pytest.fixture
def ring(keys: ApiKeys, time: Time) -> KeyRing:
    return KeyRing(keys, time, time.monotonic)


def test_a_key_opens_until_it_expires(keys: ApiKeys, ring: KeyRing, time: Time) -> None:
    _, secret = keys.create("ci", scopes=["read"], expires_at=time.now() + timedelta(seconds=0.5))
    assert ring.open(secret) is not None
    time.seconds = 0.5  # what is known of it is still fresh
    assert ring.open(secret) is None


def test_a_key_taken_back_elsewhere_counts_for_a_second_at_most(
    keys: ApiKeys, ring: KeyRing, time: Time
) -> None:
    made, secret = keys.create("ci", scopes=["read"])
    assert ring.open(secret) is not None
    keys.revoke(made.key_id)
    time.seconds = FRESH_S
    assert ring.open(secret) is None


def test_a_key_taken_back_here_counts_no_longer(keys: ApiKeys, ring: KeyRing) -> None:
    made, secret = keys.create("ci", scopes=["read"])
    assert ring.open(secret) is not None
    ring.revoke(made.key_id, Access("default"))
    assert ring.open(secret) is None


@pytest.mark.parametrize(
    "shown", ["", "pk_", "pk_" + "A" * 43, "pk_" + "A" * 100_000, "lsv2_pt_x", "pk_\udc80"]
)
def test_what_is_no_key_opens_nothing(keys: ApiKeys, ring: KeyRing, shown: str) -> None:
    keys.create("ci", scopes=["read"])
    assert ring.open(shown) is None


def test_its_last_use_is_written_once_a_minute(keys: ApiKeys, ring: KeyRing, time: Time) -> None:
    _, secret = keys.create("ci", scopes=["read"])
    used = []
    for seconds in (0.0, 30.0, 61.0):
        time.seconds = seconds
        ring.open(secret)
        keys.create(f"at {seconds}", scopes=["read"])  # waits for what was submitted before
        used.append(keys.list()[-1].last_used_at)
    assert used[0] == used[1] != used[2]
