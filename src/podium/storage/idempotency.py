"""Idempotency keys: which requests were made, and how they were answered."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Literal, TypeAlias

from podium.core.clock import Clock, SystemClock, to_iso
from podium.storage.database import Database
from podium.storage.leases import is_alive, this_process
from podium.storage.operations import Work

KEPT: Final = timedelta(hours=24)
"""For how long a key is known."""
ClaimKind: TypeAlias = Literal["mine", "other", "answered", "running"]
_MINE: Final = "tenant=? AND owner=? AND key=?"
_FIND: Final = f"SELECT request, digest, status, answer FROM idempotency_keys WHERE {_MINE}"  # noqa: S608
_INSERT: Final = (
    "INSERT INTO idempotency_keys(tenant, owner, key, request, digest, at, answer) VALUES (?,?,?,?,?,?,?)"
)
_TAKE: Final = f"UPDATE idempotency_keys SET answer=? WHERE {_MINE}"  # noqa: S608
_ANSWER: Final = f"UPDATE idempotency_keys SET status=?, answer=? WHERE {_MINE}"  # noqa: S608
_FORGET: Final = f"DELETE FROM idempotency_keys WHERE {_MINE} AND status IS NULL"  # noqa: S608


@dataclass(frozen=True, slots=True)
class KeyedRequest:
    """A request that names an idempotency key.

    Attributes:
        tenant: Whose.
        owner: Who makes it.
        key: The key; another's is another key.
        request: Method and path.
        digest: Of the body.
    """

    tenant: str
    owner: str
    key: str
    request: str
    digest: str

    @property
    def place(self) -> tuple[str, str, str]:
        """What its row is found by."""
        return self.tenant, self.owner, self.key


@dataclass(frozen=True, slots=True)
class Claim:
    """What became of a request with a key.

    Attributes:
        kind: `mine`: nobody made it before, so make it; `other`: the key stands for another request;
            `answered`: it was made; `running`: it is being made.
        status: The HTTP status of the answer.
        answer: The answer.
    """

    kind: ClaimKind
    status: int = 0
    answer: bytes = b""


class IdempotencyKeys:
    """Stores idempotency keys in the project's database.

    Args:
        database: The open database.
        clock: Tells which are old.
        holder: Who makes requests; by default this process.
        is_alive: Whether a holder may still be at it; what one that is gone did not answer is made again.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock | None = None,
        *,
        holder: str | None = None,
        is_alive: Callable[[str], bool] = is_alive,
    ) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._holder = holder or this_process()
        self._is_alive = is_alive

    async def claim(self, wanted: KeyedRequest) -> Claim:
        """Take a request on, unless it was made already or is being made."""
        return await self._database.awrite_soon(self._claiming(wanted))

    async def answer(self, made: KeyedRequest, status: int, answer: bytes) -> None:
        """Keep the answer to a request, in place of one that was kept before."""
        row = (status, answer, *made.place)
        await self._database.awrite_soon(lambda connection: connection.execute(_ANSWER, row))

    async def forget(self, made: KeyedRequest) -> None:
        """Let a request that has no answer be made again."""
        await self._database.awrite_soon(lambda connection: connection.execute(_FORGET, made.place))

    def _claiming(self, wanted: KeyedRequest) -> Work[Claim]:
        now = self._clock.now()
        at, oldest, holder = to_iso(now), to_iso(now - KEPT), self._holder.encode()

        def work(connection: sqlite3.Connection) -> Claim:
            connection.execute("DELETE FROM idempotency_keys WHERE at<?", (oldest,))
            row = connection.execute(_FIND, wanted.place).fetchone()
            if row is None:
                connection.execute(_INSERT, (*wanted.place, wanted.request, wanted.digest, at, holder))
                return Claim("mine")
            request, digest, status, answer = row
            if (request, digest) != (wanted.request, wanted.digest):
                return Claim("other")
            if status is not None:
                return Claim("answered", status, bytes(answer))
            if self._is_alive(bytes(answer).decode()):
                return Claim("running")
            connection.execute(_TAKE, (holder, *wanted.place))
            return Claim("mine")

        return work
