"""Keys: made once, never stored as they are, and good only for as long as they are meant to be."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

import pytest

from podium.core.clock import to_iso
from podium.core.errors import InputError, NotFound
from podium.core.principal import Access
from podium.storage.api_keys import PREFIX, ApiKeys, Scope, approving_owners, granted
from podium.storage.database import Database


class ManualClock(Protocol):
    def now(self) -> datetime: ...
    def move(self, seconds: float) -> None: ...


@pytest.fixture
def keys(database: Database, clock: ManualClock) -> ApiKeys:
    return ApiKeys(database, clock)


def test_a_key_is_found_by_itself_alone(keys: ApiKeys) -> None:
    made, secret = keys.create("ci", scopes=["read", "write"])
    assert secret.startswith(PREFIX)
    assert len(secret) >= 46
    assert keys.find(secret) == made
    assert (made.owner, made.tenant) == ("key:ci", "default")
    assert made.scopes == {"read", "write"}
    assert keys.find(secret[:-1]) is None
    assert keys.find(secret.upper()) is None
    assert keys.find(made.key_id) is None


def test_the_file_holds_no_key(keys: ApiKeys, database: Database, path: Path) -> None:
    _, secret = keys.create("ci", scopes=["read"])
    database.close()
    for file in path.parent.iterdir():
        assert secret.removeprefix(PREFIX).encode() not in file.read_bytes()


def test_a_key_ends_when_it_should(keys: ApiKeys, clock: ManualClock) -> None:
    made, _ = keys.create("ci", scopes=["read"], expires_at=clock.now() + timedelta(days=1))
    assert made.counts(to_iso(clock.now()))
    assert keys.has_keys()
    clock.move(86_400)
    assert not made.counts(to_iso(clock.now()))
    assert not keys.has_keys()


def test_what_is_taken_back_stays_so(keys: ApiKeys, clock: ManualClock) -> None:
    made, secret = keys.create("ci", scopes=["read"])
    revoked = keys.revoke(made.key_id[:8])
    clock.move(60)
    assert keys.revoke(made.key_id) == revoked == keys.find(secret)
    assert not revoked.counts(to_iso(clock.now()))
    assert not keys.has_keys()


def test_others_keys_are_not_there(keys: ApiKeys) -> None:
    made, _ = keys.create("ours", scopes=["read"], tenant="a", owner="ada")
    assert keys.list(Access("a")) == keys.list(Access("a", "ada")) == keys.list() == [made]
    for others in (Access("b"), Access("a", "bob"), Access("b", "ada")):
        assert keys.list(others) == []
        with pytest.raises(NotFound):
            keys.revoke(made.key_id, others)


def test_a_use_is_noted(keys: ApiKeys, database: Database, clock: ManualClock) -> None:
    made, _ = keys.create("ci", scopes=["read"])
    clock.move(5)
    keys.note_use(made.key_id)
    database.write(lambda connection: None)
    assert keys.list()[0].last_used_at == to_iso(clock.now())


def test_a_start_of_several_ids_is_not_taken(keys: ApiKeys) -> None:
    for number in range(20):  # more than there are hexadecimal digits
        keys.create(f"key {number}", scopes=["read"])
    starts = [key.key_id[0] for key in keys.list()]
    twice = next(start for start in starts if starts.count(start) > 1)
    with pytest.raises(InputError, match="keys start with"):
        keys.revoke(twice)
    with pytest.raises(NotFound):
        keys.revoke("")


@pytest.mark.parametrize(
    ("name", "scopes", "tenant", "in_seconds"),
    [
        ("", ["read"], "t", 1),
        ("ci", [], "t", 1),
        ("ci", ["all"], "t", 1),
        ("ci", ["read"], " ", 1),
        ("ci", ["read"], "t", 0),
        ("x" * 201, ["read"], "t", 1),
    ],
)
def test_a_key_that_makes_no_sense_is_refused(
    keys: ApiKeys, clock: ManualClock, name: str, scopes: list[Scope], tenant: str, in_seconds: float
) -> None:
    expires_at = clock.now() + timedelta(seconds=in_seconds)
    with pytest.raises(InputError):
        keys.create(name, scopes=scopes, tenant=tenant, expires_at=expires_at)
    assert not keys.has_keys()


def test_roles_are_kept_and_good_for_what_everybody_knows(keys: ApiKeys) -> None:
    made, secret = keys.create("lead", roles=["approver", "finance"])
    assert keys.find(secret) == made
    assert made.roles == {"approver", "finance"}
    assert granted(made.words) == {"read", "approve"}
    admin, secret = keys.create("root", roles=["admin"])
    assert keys.find(secret) == admin
    assert "admin" in admin.words


@pytest.mark.parametrize(
    "roles", [[], ["finance"], ["read"], ["a b"], ["x" * 64], [f"r{n}" for n in range(33)], ["viewer", ""]]
)
def test_a_key_that_is_good_for_nothing_is_not_made(keys: ApiKeys, roles: list[str]) -> None:
    with pytest.raises(InputError):
        keys.create("ci", roles=roles)


def test_a_key_is_replaced_and_counts_a_while_longer(keys: ApiKeys, clock: ManualClock) -> None:
    expiry = clock.now() + timedelta(days=30)
    made, secret = keys.create("ci", roles=["operator"], owner="ada", expires_at=expiry)
    clock.move(86_400)
    left, new, other = keys.rotate(made.key_id[:8], grace=timedelta(hours=1))
    assert other != secret
    assert (new.name, new.owner, new.tenant, new.words) == (made.name, "ada", "default", made.words)
    assert new.expires_at == to_iso(clock.now() + timedelta(days=30))
    assert keys.find(secret) == left
    assert keys.find(other) == new
    assert left.counts(to_iso(clock.now()))
    clock.move(3_600)
    assert not left.counts(to_iso(clock.now()))
    with pytest.raises(InputError, match="does not count any more"):
        keys.rotate(made.key_id, grace=timedelta(0))


def test_rotating_lengthens_no_key(keys: ApiKeys, clock: ManualClock) -> None:
    made, _ = keys.create("ci", scopes=["read"], expires_at=clock.now() + timedelta(minutes=1))
    assert keys.rotate(made.key_id, grace=timedelta(days=1))[0].expires_at == made.expires_at
    with pytest.raises(NotFound):
        keys.rotate(made.key_id, grace=timedelta(0), access=Access("elsewhere"))


def test_who_may_approve_is_told_by_keys_that_count(
    keys: ApiKeys, database: Database, clock: ManualClock
) -> None:
    for name, owner, roles in (
        ("one", "ada", ["approver"]),
        ("two", "ada", ["admin"]),
        ("three", "bob", ["operator", "finance"]),
        ("four", "cy", ["approver"]),
        ("five", "di", ["admin"]),
    ):
        made, _ = keys.create(name, roles=roles, owner=owner)
        if owner == "cy":
            keys.revoke(made.key_id)
    keys.create("six", scopes=["approve"], owner="eve", expires_at=clock.now() + timedelta(days=1))

    def owners() -> frozenset[str]:
        return database.read(lambda held: approving_owners(held, "default", to_iso(clock.now())))

    assert owners() == {"ada", "di", "eve"}
    clock.move(86_401)
    assert owners() == {"ada", "di"}
    assert database.read(lambda held: approving_owners(held, "elsewhere", to_iso(clock.now()))) == frozenset()
