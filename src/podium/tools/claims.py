"""One executor per effect at a time, in this process and in all others on the machine.

A claim is a lock on a small file beside the database. The system lets it go when its holder dies, so
that an effect found `started` under a claim was left behind by a crash and is not under way.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

_PAUSE_S = 0.01


class Claims:
    """Claims on effects.

    Args:
        folder: Where the lock files lie; created when missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def hold(self, *names: str) -> AsyncIterator[None]:
        """Hold claims while the body runs; waits while somebody else has one.

        Whoever holds several takes them in the same order as all others, so that nobody waits in a circle.

        Args:
            names: Names that are safe in a path, taken in this order.
        """
        held: list[tuple[int, Path]] = []
        try:
            for name in names:
                path = self._folder / f"{name}.lock"
                while (taken := await _taken(path)) is None:  # noqa: ASYNC110 - another process sets no event of ours
                    await asyncio.sleep(_PAUSE_S)
                held.append((taken, path))
            yield
        finally:
            await asyncio.to_thread(_let_all_go, held)

    def is_held(self, name: str) -> bool:
        """Whether somebody holds the claim now.

        Args:
            name: The name.
        """
        path = self._folder / f"{name}.lock"
        if not path.exists():
            return False
        if (taken := _take(path)) is None:
            return True
        _let_go(taken, path)
        return False


async def _taken(path: Path) -> int | None:
    """`_take`, off the event loop; who is cancelled meanwhile keeps nothing."""
    taking = asyncio.ensure_future(asyncio.to_thread(_take, path))
    try:
        return await asyncio.shield(taking)
    except asyncio.CancelledError:
        taking.add_done_callback(lambda done: _drop(done, path))
        raise


def _drop(taking: asyncio.Future[int | None], path: Path) -> None:
    if not taking.cancelled() and not taking.exception() and (held := taking.result()) is not None:
        _let_go(held, path)


def _let_all_go(held: list[tuple[int, Path]]) -> None:
    for taken, path in reversed(held):
        _let_go(taken, path)


def _let_go(held: int, path: Path) -> None:
    # Removed while held: whoever opened the old file sees that it is no longer at its path.
    with suppress(OSError):
        path.unlink()
    os.close(held)


def _take(path: Path) -> int | None:
    """An open descriptor that holds the lock, or None if somebody else does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    if _lock(descriptor) and _is_at(descriptor, path):
        return descriptor
    os.close(descriptor)
    return None


def _is_at(descriptor: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
