"""Operations on the database, and what became of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], T]
"""What runs in a transaction; it uses only the connection it gets, and may be run again."""

Parameters = Sequence[str | bytes | int | float | None]


@dataclass(frozen=True, slots=True)
class WriterStats:
    """What the writer did so far.

    Attributes:
        operations: Operations that were carried out.
        commits: Transactions that carried them.
        syncs: Of these, how many were synced fully to disk.
    """

    operations: int
    commits: int
    syncs: int


class Operation(Generic[T]):
    """One piece of work and what became of it.

    Args:
        work: What to run.
        durable: Whether its commit is synced to disk.
        on_done: Called once it is committed or has failed.
        single: Whether it is one statement, which is a transaction by itself.
    """

    __slots__ = ("done", "durable", "error", "on_done", "single", "value", "work")

    def __init__(
        self,
        work: Work[T],
        durable: bool = False,
        on_done: Callable[[Operation[T]], None] | None = None,
        single: bool = False,
    ) -> None:
        self.work = work
        self.durable = durable
        self.on_done = on_done
        self.single = single
        self.done = False
        self.value: T | None = None
        self.error: Exception | None = None

    def outcome(self) -> T:
        """Its value, or the error it ended with."""
        if self.error is not None:
            raise self.error
        return self.value  # type: ignore[return-value]  # set by the commit when there is no error


def statement(sql: str, parameters: Parameters) -> Operation[int]:
    """One statement, which needs no transaction around it; its value is how many rows it changed."""
    return Operation(lambda connection: connection.execute(sql, parameters).rowcount, single=True)


def notify(settled: Iterable[Operation[Any]]) -> None:
    """Tell the callers that wait to be told."""
    for operation in settled:
        if operation.on_done is not None:
            operation.on_done(operation)
