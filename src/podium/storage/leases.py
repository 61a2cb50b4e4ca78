"""Thread leases: one holder at a time works on a thread, proven by a fencing token.

A lease ends when it is released, when it expires, or when its holder's process is gone from this host.
"""

from __future__ import annotations

import os
import socket
import sqlite3
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.errors import LeaseLost, ThreadBusy
from podium.storage.database import Database
from podium.storage.operations import Work

DEFAULT_TTL_S = 60.0
_STAT_START_TIME = 19
"""Index of `starttime` among the fields that follow the command name in /proc/PID/stat (proc(5))."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a thread.

    Attributes:
        thread_id: The thread.
        holder: Host, process and its start.
        token: Fencing token; each new lease of the thread has a higher one.
        expires_at: ISO 8601 in UTC.
    """

    thread_id: str
    holder: str
    token: int
    expires_at: str


class ThreadLeases:
    """Leases in the project's database.

    Args:
        database: The open database.
        clock: Decides what has expired.
        holder: Who asks; by default this process.
    """

    def __init__(self, database: Database, clock: Clock | None = None, holder: str | None = None) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self.holder = holder or this_process()

    def acquire(self, thread_id: str, ttl: float = DEFAULT_TTL_S) -> Lease:
        """Take the thread for `ttl` seconds.

        Raises:
            ThreadBusy: Somebody alive holds it; a second lease in this process counts as well.
        """
        return self._database.write(self.acquiring(thread_id, ttl))

    async def aacquire(self, thread_id: str, ttl: float = DEFAULT_TTL_S) -> Lease:
        """Async twin of `acquire`."""
        return await self._database.awrite_soon(self.acquiring(thread_id, ttl))

    def renew(self, lease: Lease, ttl: float = DEFAULT_TTL_S) -> Lease:
        """Keep the thread for another `ttl` seconds from now.

        Raises:
            LeaseLost: It was taken over or released.
        """
        return self._database.write(self.renewing(lease, ttl))

    async def arenew(self, lease: Lease, ttl: float = DEFAULT_TTL_S) -> Lease:
        """Async twin of `renew`."""
        return await self._database.awrite_soon(self.renewing(lease, ttl))

    def release(self, lease: Lease) -> None:
        """Give the thread back; does nothing when it was lost already."""
        self._database.write(releasing(lease))

    async def arelease(self, lease: Lease) -> None:
        """Async twin of `release`."""
        await self._database.awrite_soon(releasing(lease))

    def check(self, connection: sqlite3.Connection, lease: Lease) -> None:
        """Inside a write: make sure that the lease still counts, so that nothing stale is committed.

        Raises:
            LeaseLost: It was taken over or released.
        """
        check_fence(connection, lease.thread_id, lease.token)

    def acquiring(self, thread_id: str, ttl: float = DEFAULT_TTL_S) -> Work[Lease]:
        """What takes the thread, as a part of a larger write."""
        now = self._clock.now()
        at, until = to_iso(now), to_iso(now + timedelta(seconds=ttl))

        def work(connection: sqlite3.Connection) -> Lease:
            row = connection.execute(
                "SELECT holder, fencing_token, expires_at FROM thread_leases WHERE thread_id=?", (thread_id,)
            ).fetchone()
            holder, token, expires_at = row or (None, 0, "")
            if holder is not None and expires_at > at and is_alive(holder):
                raise ThreadBusy(
                    f"{_told(holder)} is working on this conversation",
                    hint="Wait until it has finished, or stop that process.",
                )
            connection.execute(
                "INSERT OR REPLACE INTO thread_leases"
                "(thread_id, holder, fencing_token, acquired_at, expires_at) VALUES (?,?,?,?,?)",
                (thread_id, self.holder, token + 1, at, until),
            )
            return Lease(thread_id, self.holder, token + 1, until)

        return work

    def renewing(self, lease: Lease, ttl: float = DEFAULT_TTL_S) -> Work[Lease]:
        """What keeps the thread, as a part of a larger write."""
        until = to_iso(self._clock.now() + timedelta(seconds=ttl))

        def work(connection: sqlite3.Connection) -> Lease:
            changed = connection.execute(
                "UPDATE thread_leases SET expires_at=?"
                " WHERE thread_id=? AND fencing_token=? AND holder IS NOT NULL",
                (until, lease.thread_id, lease.token),
            ).rowcount
            if not changed:
                raise lost(lease.thread_id, lease.token)
            return Lease(lease.thread_id, lease.holder, lease.token, until)

        return work


def this_process() -> str:
    """The holder name of this process: host, process id and its start time."""
    return f"{socket.gethostname()}:{os.getpid()}:{_start_time(os.getpid())}"


def is_alive(holder: str) -> bool:
    """Whether a holder's process may still run; on another host it is taken to."""
    host, _, rest = holder.rpartition(":")[0].rpartition(":")
    started = holder.rpartition(":")[2]
    if host != socket.gethostname() or not rest.isdigit():
        return True
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return _start_time(int(rest)) == started


def _told(holder: str) -> str:
    """A holder in plain words."""
    host, _, number = holder.rpartition(":")[0].rpartition(":")
    if not number.isdigit():
        return "another podium process"
    where = "" if host == socket.gethostname() else f" on {host}"
    return f"another podium process (number {number}{where})"


def _start_time(pid: int) -> str:
    """When a process started, in the kernel's ticks; empty where there is no /proc.

    It tells a process from a later one that got the same id.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[_STAT_START_TIME]


def releasing(lease: Lease) -> Work[None]:
    """What gives a thread back, as a part of a larger write."""

    def work(connection: sqlite3.Connection) -> None:
        # The row stays: its token must never be given out again.
        connection.execute(
            "UPDATE thread_leases SET holder=NULL, expires_at=NULL WHERE thread_id=? AND fencing_token=?",
            (lease.thread_id, lease.token),
        )

    return work


CONFIG_KEY_FENCE = "__podium_fence"
"""Where a run's configuration carries the token of the thread's lease, for all that it stores."""

HELD = "SELECT 1 FROM thread_leases WHERE thread_id=? AND fencing_token=? AND holder IS NOT NULL"
"""Finds a row while the lease with the token counts."""


def check_fence(connection: sqlite3.Connection, thread_id: str, token: int) -> None:
    """Inside a write: make sure that the lease with this token is the thread's, and not given back.

    Args:
        connection: Of the write.
        thread_id: The thread.
        token: Its fencing token; 0 for work that needs no lease.

    Raises:
        LeaseLost: It was taken over or released.
    """
    if token and connection.execute(HELD, (thread_id, token)).fetchone() is None:
        raise lost(thread_id, token)


def lost(thread_id: str, token: int) -> LeaseLost:
    """The error of whoever works under a lease that does not count any more."""
    return LeaseLost(
        f"the lease {token} on thread {thread_id} was taken over",
        hint="Read the thread's state again before going on.",
    )
