"""API keys: who may use the server, and for what. Of a key itself only a hash is stored."""

from __future__ import annotations

import hmac
import re
import secrets
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final, Literal, TypeAlias, get_args

from podium.core.clock import Clock, SystemClock, from_iso, to_iso
from podium.core.errors import InputError, NotFound
from podium.core.ids import digest_of, new_id
from podium.core.principal import Access
from podium.storage.database import Database

Scope: TypeAlias = Literal["read", "write", "approve", "admin"]

SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)
"""What a key may be good for: to look, to change and run, to decide what waits, and everything."""
ROLES: Final[Mapping[str, frozenset[Scope]]] = {
    "viewer": frozenset({"read"}),
    "operator": frozenset({"read", "write"}),
    "approver": frozenset({"read", "approve"}),
    "admin": frozenset({"admin"}),
}
"""What the roles that everybody knows are good for; others are a project's own, for its policy and labels."""
PREFIX: Final = "pk_"
"""What every key begins with, so that people and scanners know what they found."""
_SECRET_BYTES: Final = 32
_MAX_NAME: Final = 200
_ROLE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.:-]{0,62}")
_MAX_ROLES: Final = 32
_ONLY_SCOPES: Final = frozenset({"read", "write", "approve"})
_COLUMNS = "key_id, tenant, owner, name, hash, scopes, created_at, expires_at, revoked_at, last_used_at"
_SELECT = f"SELECT {_COLUMNS} FROM api_keys"  # noqa: S608  # constants
_INSERT = f"INSERT INTO api_keys({_COLUMNS}) VALUES ({', '.join('?' * 10)})"  # noqa: S608  # constants
_IN_FORCE = (
    "SELECT owner, scopes FROM api_keys"
    " WHERE tenant=? AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at>?)"
)
_APPROVING: Final = frozenset[Scope]({"approve", "admin"})
_COUNT = "SELECT count(*) FROM api_keys WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at>?)"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is known of a key.

    Attributes:
        key_id: Unique; no secret.
        name: What people call it.
        tenant: Whose data it opens.
        owner: Who acts with it, as it stands at what they make.
        scopes: What it is good for, beside what its roles are.
        created_at: ISO 8601 in UTC; likewise the next ones.
        expires_at: From when on it does not count; None for never.
        revoked_at: When it was taken back; None where it was not.
        last_used_at: When it was last used, to about a minute; None for never.
        roles: Who its owner is: roles that everybody knows, and the project's own.
    """

    key_id: str
    name: str
    tenant: str
    owner: str
    scopes: frozenset[Scope]
    created_at: str
    expires_at: str | None = None
    revoked_at: str | None = None
    last_used_at: str | None = None
    roles: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        """Roles and scopes, as a principal carries them."""
        return self.roles.union(self.scopes)

    def counts(self, now: str) -> bool:
        """Whether it is good at a moment, in ISO 8601."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


class ApiKeys:
    """Stores keys in the project's database.

    Args:
        database: The open database.
        clock: Dates keys, and tells which have expired.
    """

    def __init__(self, database: Database, clock: Clock | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()

    def create(
        self,
        name: str,
        *,
        scopes: Iterable[Scope] = (),
        roles: Iterable[str] = (),
        tenant: str = "default",
        owner: str = "",
        expires_at: datetime | None = None,
    ) -> tuple[ApiKey, str]:
        """Make a key.

        Args:
            name: What people call it.
            scopes: What it is good for.
            roles: The roles of who acts with it.
            tenant: Whose data it opens.
            owner: Who acts with it; `key:NAME` when empty.
            expires_at: From when on it does not count; None for never.

        Returns:
            What is known of it, and the key itself, which nobody can look up again.

        Raises:
            InputError: The name is empty, it is good for nothing, or it would have expired already.
        """
        now, given = to_iso(self._clock.now()), frozenset(scopes)
        named = known_roles(roles)
        if "admin" in given or "admin" in named:  # the one word is both
            given, named = given | {"admin"}, named | {"admin"}
        expiry = to_iso(expires_at) if expires_at is not None else None
        if not name.strip() or len(name) > _MAX_NAME:
            raise InputError("a key needs a name", hint=f"Give one of up to {_MAX_NAME} characters.")
        if not granted(given | named) or not given.issubset(SCOPES):
            raise InputError(
                "a key needs a role or scopes",
                hint=f"Name some of the roles {', '.join(ROLES)}, or of the scopes {', '.join(SCOPES)}.",
            )
        if not tenant.strip():
            raise InputError("a key needs a tenant", hint="Leave it out for the default one.")
        if expiry is not None and expiry <= now:
            raise InputError("the key would have expired already", hint="Name a moment that is to come.")
        key = ApiKey(new_id(), name, tenant, owner or f"key:{name}", given, now, expiry, roles=named)
        secret = _new_secret()
        self._database.write(lambda connection: connection.execute(_INSERT, _row(key, secret)), durable=True)
        return key, secret

    def rotate(
        self, key_id: str, *, grace: timedelta, access: Access | None = None
    ) -> tuple[ApiKey, ApiKey, str]:
        """Make a key in the place of another, which counts for a while longer.

        The new one is good for the same, and counts for as long from now on as the other was made to.

        Args:
            key_id: The id of the one to replace, or the start of it.
            grace: For how long that one still counts, unless it expires earlier.
            access: Whose keys are meant; None for those of all tenants.

        Returns:
            What is known of the one that was replaced and of the new one, and the new key itself.

        Raises:
            NotFound: There is no such key, or it is another's.
            InputError: Several keys start so, or the one does not count any more.
        """
        moment = self._clock.now()
        now, until, secret = to_iso(moment), to_iso(moment + grace), _new_secret()

        def work(connection: sqlite3.Connection) -> tuple[ApiKey, ApiKey]:
            held = _one(connection, key_id, access)
            if not held.counts(now):
                raise InputError(
                    f"the key {held.name!r} does not count any more", hint="Make one with 'podium keys new'."
                )
            expiry = None
            if held.expires_at is not None:
                expiry = to_iso(moment + (from_iso(held.expires_at) - from_iso(held.created_at)))
            made = replace(held, key_id=new_id(), created_at=now, expires_at=expiry, last_used_at=None)
            left = replace(held, expires_at=min(until, held.expires_at or until))
            connection.execute(_INSERT, _row(made, secret))
            connection.execute(
                "UPDATE api_keys SET expires_at=? WHERE key_id=?", (left.expires_at, held.key_id)
            )
            return left, made

        left, made = self._database.write(work, durable=True)
        return left, made, secret

    def list(self, access: Access | None = None) -> list[ApiKey]:
        """The keys, the latest first.

        Args:
            access: Whose; None for those of all tenants.
        """
        where, values = _seen(access)
        query = f"{_SELECT} WHERE {where} ORDER BY created_at DESC, rowid DESC"
        return self._database.read(
            lambda connection: [_record(row) for row in connection.execute(query, values)]
        )

    def revoke(self, key_id: str, access: Access | None = None) -> ApiKey:
        """Take a key back, for good; one that was taken back already stays so.

        Args:
            key_id: The key's id, or the start of it.
            access: Whose keys are meant; None for those of all tenants.

        Raises:
            NotFound: There is no such key, or it is another's.
            InputError: Several keys start so.
        """
        now = to_iso(self._clock.now())

        def work(connection: sqlite3.Connection) -> ApiKey:
            held = _one(connection, key_id, access)
            revoked = replace(held, revoked_at=held.revoked_at or now)
            connection.execute(
                "UPDATE api_keys SET revoked_at=? WHERE key_id=?", (revoked.revoked_at, held.key_id)
            )
            return revoked

        return self._database.write(work, durable=True)

    def find(self, secret: str) -> ApiKey | None:
        """The key that this is; None for none. Whether it counts is the caller's to ask."""
        digest = hash_of(secret)
        row = self._database.read(
            lambda connection: connection.execute(f"{_SELECT} WHERE hash=?", (digest,)).fetchone()
        )
        if row is None or not hmac.compare_digest(row[4], digest):
            return None
        return _record(row)

    def note_use(self, key_id: str) -> None:
        """Note that a key was used now, without waiting for it to be stored."""
        now = to_iso(self._clock.now())
        self._database.submit(
            lambda connection: connection.execute(
                "UPDATE api_keys SET last_used_at=? WHERE key_id=?", (now, key_id)
            )
        )

    def has_keys(self) -> bool:
        """Whether there is any key that counts, so that a server can be used by those who have one."""
        now = to_iso(self._clock.now())
        return bool(self._database.read(lambda connection: connection.execute(_COUNT, (now,)).fetchone()[0]))


def hash_of(secret: str) -> str:
    """What is stored of a key: SHA-256, which suits a secret of 256 random bits."""
    return digest_of(secret.encode("utf-8", "surrogatepass"))


def granted(words: Iterable[str]) -> frozenset[Scope]:
    """What roles and scopes are good for; a project's own roles are good for nothing by themselves."""
    found = set[Scope]()
    for word in words:
        found.update(ROLES.get(word) or (scope for scope in SCOPES if scope == word))
    return frozenset(found)


def approving_owners(connection: sqlite3.Connection, tenant: str, now: str) -> frozenset[str]:
    """Who has a key that may approve.

    Args:
        connection: To the project's database.
        tenant: Of which tenant.
        now: A key counts that has not expired by then, ISO 8601 in UTC.
    """
    keys = connection.execute(_IN_FORCE, (tenant, now)).fetchall()
    return frozenset(owner for owner, words in keys if not granted(words.split()).isdisjoint(_APPROVING))


def known_roles(names: Iterable[str]) -> frozenset[str]:
    """Roles by their names; what a scope is called is none.

    Raises:
        InputError: A name is none, or there are too many.
    """
    found = frozenset(names)
    wrong = next((name for name in found if not _ROLE.fullmatch(name) or name in _ONLY_SCOPES), None)
    if wrong is not None or len(found) > _MAX_ROLES:
        raise InputError(
            "too many roles" if wrong is None else f"there is no role {wrong[:80]!r}",
            hint=f"There are {', '.join(ROLES)}, and any other name of letters, digits, _, -, . and :",
        )
    return found


def _new_secret() -> str:
    return PREFIX + secrets.token_urlsafe(_SECRET_BYTES)


def _one(connection: sqlite3.Connection, key_id: str, access: Access | None) -> ApiKey:
    """The one key whose id begins so."""
    where, values = _seen(access)
    query = f"{_SELECT} WHERE {where} AND substr(key_id, 1, ?)=?"
    found = connection.execute(query, (*values, len(key_id), key_id)).fetchall() if key_id else []
    if not found:
        raise NotFound(f"no key {key_id!r}", hint="'podium keys list' shows them.")
    if len(found) > 1:
        raise InputError(f"{len(found)} keys start with {key_id!r}", hint="Give more of the id.")
    return _record(found[0])


def _row(key: ApiKey, secret: str) -> tuple[str | None, ...]:
    words = " ".join(sorted(key.words))
    return (
        *(key.key_id, key.tenant, key.owner, key.name, hash_of(secret), words),
        *(key.created_at, key.expires_at, key.revoked_at, key.last_used_at),
    )


def _seen(access: Access | None) -> tuple[str, tuple[str, ...]]:
    if access is None:
        return "1", ()
    if access.owner is None:
        return "tenant=?", (access.tenant,)
    return "tenant=? AND owner=?", (access.tenant, access.owner)


def _record(row: tuple[Any, ...]) -> ApiKey:
    key_id, tenant, owner, name, _, scopes, created_at, expires_at, revoked_at, last_used_at = row
    words = frozenset(scopes.split())
    known = frozenset(scope for scope in SCOPES if scope in words)
    return ApiKey(
        *(key_id, name, tenant, owner, known, created_at, expires_at, revoked_at, last_used_at),
        roles=words.difference(_ONLY_SCOPES),
    )
