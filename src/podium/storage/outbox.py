"""Notifications on their way: found in the audit chain, kept until they are delivered.

The chain is where a notification begins: the record of what people must hear of is written in the transaction
of the thing itself, so that no crash comes between. Each channel reads on from where it stopped, and its
letters are written in the transaction that says so; their ids are derived from the record, so that one thing
is told under one id, however often it is sent.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from podium.core.ids import digest_of
from podium.core.model import JsonObject
from podium.core.notification_settings import NotificationEvent
from podium.storage.audit_rows import head_of
from podium.storage.database import Database

LetterStatus = Literal["waiting", "delivered", "failed", "obsolete"]
"""It is tried again, it came through, nobody tries again by itself, or what it asks for was done before."""

LETTER_STATUSES: Final[tuple[LetterStatus, ...]] = get_args(LetterStatus)

_BY_EFFECT: Final[Mapping[str, NotificationEvent]] = {
    "in_doubt": "effect_in_doubt",
    "compensation_in_doubt": "effect_in_doubt",
    "compensation_failed": "compensation_failed",
    "unverified": "outcome_unverified",
}
_INTERRUPTED: Final = "interrupted"
_FOUND: Final = (
    "SELECT seq, hash, json_extract(body, '$.at'), json_extract(body, '$.thread'),"
    " json_extract(body, '$.run'), json_extract(body, '$.data.to'), json_extract(body, '$.data.tool'),"
    " json_extract(body, '$.data.digest') FROM audit WHERE seq>? AND"
    " (json_extract(body, '$.kind')='effect'"
    "  AND json_extract(body, '$.data.to') IN (SELECT value FROM json_each(?))"
    " OR json_extract(body, '$.kind')='end' AND json_extract(body, '$.data.status')=?) ORDER BY seq"
)
_PROPOSED: Final = (
    "SELECT tool, digest, effect_class FROM effects WHERE thread_id=? AND status='proposed' ORDER BY seq"
)
_INSIDE: Final = "SELECT coalesce(json_extract(input, '$.inside'), '') FROM runs WHERE run_id=?"
_STILL_WAITS: Final = (
    "SELECT 1 FROM runs AS r WHERE run_id=? AND status='interrupted' AND NOT EXISTS"
    " (SELECT 1 FROM runs WHERE thread_id=r.thread_id AND (started_at, rowid)>(r.started_at, r.rowid))"
)
_INSERT: Final = (
    "INSERT OR IGNORE INTO notifications(notification_id, channel, kind, at, payload, status, due_at)"
    " VALUES (?,?,?,?,?,'waiting',?)"
)
_CLAIM: Final = "UPDATE notifications SET attempts=attempts+1, due_at=? WHERE notification_id=? AND channel=?"
_CURSOR: Final = (
    "INSERT INTO notification_cursors(channel, seq) VALUES (?,?)"
    " ON CONFLICT(channel) DO UPDATE SET seq=excluded.seq"
)
_COLUMNS: Final = "notification_id, channel, kind, at, payload, status, attempts, due_at, error"
_AT_ONCE: Final = "1970-01-01T00:00:00.000000Z"
"""When a new letter is due, whatever the clock says that dated its occasion."""
_DUE: Final = (
    f"SELECT {_COLUMNS} FROM notifications WHERE channel=? AND status='waiting' AND (due_at<=? OR due_at>?)"  # noqa: S608 - our own names
    " ORDER BY due_at, at, notification_id LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Concern:
    """An action that an occasion is about.

    Attributes:
        tool: The tool.
        digest: Of its envelope.
        status: Where it stood when it was told of.
        effect_class: How far it reaches; empty where the record does not say.
    """

    tool: str
    digest: str
    status: str
    effect_class: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that people must hear of.

    Attributes:
        id: The same for the same thing, always.
        event: What.
        at: When, ISO 8601 in UTC.
        record: The audit record that tells of it; where the chain is broken, the first that is wrong.
        thread_id: The thread, if any.
        run_id: The run, if any.
        inside: Where in another graph the thread runs, which alone can go on with it; else empty.
        actions: What it is about.
    """

    id: str
    event: NotificationEvent
    at: str
    record: int = 0
    thread_id: str = ""
    run_id: str = ""
    inside: str = ""
    actions: tuple[Concern, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """One notification for one channel.

    Attributes:
        id: The notification; the same at each attempt and for all channels.
        channel: The channel.
        event: What it tells.
        at: When that happened.
        payload: What is sent.
        status: Where it stands.
        attempts: How often it was tried.
        due_at: When it is tried next; once it is settled, when that was.
        error: Why the last attempt failed; never what was sent.
    """

    id: str
    channel: str
    event: str
    at: str
    payload: JsonObject
    status: LetterStatus
    attempts: int
    due_at: str
    error: str


def occasion_id(*parts: object) -> str:
    """The id of what happened, from what identifies it."""
    return "ntf_" + digest_of("\x1f".join(map(str, parts)).encode())[:32]


class Outbox:
    """The notifications of a project.

    Args:
        database: Its open database.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def register(self, channels: Iterable[str]) -> None:
        """Begin to listen for channels that are new: they hear of what happens from now on."""
        names = list(channels)

        def work(connection: sqlite3.Connection) -> None:
            head = head_of(connection).seq
            for name in names:
                connection.execute("INSERT OR IGNORE INTO notification_cursors VALUES (?,?)", (name, head))

        self._database.write(work)

    def collect(
        self,
        channels: Mapping[str, Collection[NotificationEvent]],
        payload_of: Callable[[Occasion], JsonObject],
    ) -> int:
        """Write letters about what was put on record since the last time; how many.

        Args:
            channels: What each channel is told of.
            payload_of: What is sent.
        """
        if not self._database.read(lambda connection: _has_news(connection, channels)):
            return 0

        def work(connection: sqlite3.Connection) -> int:
            return sum(_collect(connection, name, events, payload_of) for name, events in channels.items())

        return self._database.write(work)

    def post(self, channels: Iterable[str], event: str, payload: JsonObject) -> None:
        """Keep a notification for some channels until it is delivered; one that is there is left alone.

        Args:
            channels: Their names.
            event: What it tells.
            payload: What is sent, with its `id` and `at`.
        """
        rows = [_row(str(payload["id"]), name, event, str(payload["at"]), payload) for name in channels]

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(_INSERT, rows)

        self._database.write(work)

    def claim(self, channel: str, *, now: str, until: str, horizon: str) -> Letter | None:
        """Take the letter that is due; nobody else takes it until then, unless its outcome is noted before.

        A letter whose matter is settled by now is not sent.

        Args:
            channel: The channel.
            now: The moment.
            until: When it is due again if nothing is heard of it.
            horizon: Nothing is put off for longer: what is due after it was put off by a wrong clock.
        """

        def work(connection: sqlite3.Connection) -> Letter | None:
            while row := connection.execute(_DUE, (channel, now, horizon)).fetchone():
                letter = _letter(row)
                if not _is_settled(connection, letter):
                    connection.execute(_CLAIM, (until, letter.id, channel))
                    return letter
                _set(connection, letter, "obsolete", due_at=now)
            return None

        return self._database.write(work)

    def settle(self, letter: Letter, status: LetterStatus, *, due_at: str, error: str = "") -> None:
        """Note what became of a letter.

        Args:
            letter: The letter.
            status: Where it stands.
            due_at: When that was, or when it is tried again.
            error: Why it could not be delivered.
        """
        self._database.write(lambda c: _set(c, letter, status, due_at=due_at, error=error))

    def next_due(self, channel: str) -> str | None:
        """When a channel's next letter is due; None while none waits."""
        query = "SELECT min(due_at) FROM notifications WHERE channel=? AND status='waiting'"
        found: str | None = self._database.read(lambda c: c.execute(query, (channel,)).fetchone()[0])
        return found

    def letters(
        self, *, status: Collection[LetterStatus] = (), channel: str | None = None, limit: int = 100
    ) -> list[Letter]:
        """Letters, the latest first, in one of these statuses or in any, of one channel or of all."""
        terms = [f"status IN ({','.join('?' * len(status))})"] if status else []
        terms += ["channel=?"] if channel is not None else []
        values = [*status, *([channel] if channel is not None else []), limit]
        where = f" WHERE {' AND '.join(terms)}" if terms else ""
        query = (
            f"SELECT {_COLUMNS} FROM notifications{where} ORDER BY at DESC, notification_id, channel LIMIT ?"  # noqa: S608 - our own names
        )
        return self._database.read(
            lambda connection: [_letter(row) for row in connection.execute(query, values)]
        )

    def revive(self, letters: Sequence[Letter], *, now: str) -> None:
        """Have letters tried again at once, with all their attempts before them."""
        rows = [(now, letter.id, letter.channel) for letter in letters]

        def work(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "UPDATE notifications SET status='waiting', attempts=0, due_at=?"
                " WHERE notification_id=? AND channel=? AND status IN ('waiting', 'failed')",
                rows,
            )

        self._database.write(work)

    def forget(self, before: str) -> None:
        """Drop letters about what happened before a moment and that nobody will send any more."""
        self._database.execute(
            "DELETE FROM notifications WHERE status IN ('delivered', 'obsolete') AND at<?", (before,)
        )


def _has_news(connection: sqlite3.Connection, channels: Iterable[str]) -> bool:
    head = head_of(connection).seq
    return any(_cursor(connection, name) != head for name in channels)


def _cursor(connection: sqlite3.Connection, channel: str) -> int | None:
    row = connection.execute("SELECT seq FROM notification_cursors WHERE channel=?", (channel,)).fetchone()
    return None if row is None else int(row[0])


def _collect(
    connection: sqlite3.Connection,
    channel: str,
    events: Collection[NotificationEvent],
    payload_of: Callable[[Occasion], JsonObject],
) -> int:
    head, cursor = head_of(connection).seq, _cursor(connection, channel)
    # A chain that was cut off goes on from a lower number: what is appended from now on is news again.
    start = head if cursor is None else min(cursor, head)
    found = connection.execute(_FOUND, (start, json.dumps(list(_BY_EFFECT)), _INTERRUPTED)).fetchall()
    wanted = [item for item in (_occasion(connection, row) for row in found) if item.event in events]
    connection.executemany(
        _INSERT, [_row(item.id, channel, item.event, item.at, payload_of(item)) for item in wanted]
    )
    connection.execute(_CURSOR, (channel, head))
    return len(wanted)


def _occasion(connection: sqlite3.Connection, row: tuple[Any, ...]) -> Occasion:
    seq, digest, at, thread, run, to, tool, action = row
    if to:
        concern = Concern(tool, action, to)
        return Occasion(occasion_id(digest), _BY_EFFECT[to], at, seq, thread, run, actions=(concern,))
    proposed = connection.execute(_PROPOSED, (thread,)).fetchall()
    actions = tuple(Concern(tool, action, "proposed", reach) for tool, action, reach in proposed)
    inside = connection.execute(_INSIDE, (run,)).fetchone()
    where = str(inside[0]) if inside else ""
    return Occasion(occasion_id(digest), "approval_waiting", at, seq, thread, run, where, actions)


def _is_settled(connection: sqlite3.Connection, letter: Letter) -> bool:
    """Whether what the letter asks for was done before it was sent."""
    if letter.event == "approval_waiting":
        return connection.execute(_STILL_WAITS, (letter.payload.get("run_id"),)).fetchone() is None
    told = letter.payload.get("data")
    actions = told.get("actions") if isinstance(told, dict) else None
    if not isinstance(actions, list) or not actions:
        return False
    return not any(_stands(connection, item) for item in actions if isinstance(item, dict))


def _stands(connection: sqlite3.Connection, action: JsonObject) -> bool:
    row = connection.execute(
        "SELECT status FROM effects WHERE digest=? ORDER BY seq DESC LIMIT 1", (action.get("digest"),)
    ).fetchone()
    return row is None or row[0] == action.get("status")


def _row(identifier: str, channel: str, event: str, at: str, payload: JsonObject) -> tuple[str, ...]:
    return identifier, channel, event, at, json.dumps(payload), _AT_ONCE


def _set(
    connection: sqlite3.Connection, letter: Letter, status: LetterStatus, *, due_at: str, error: str = ""
) -> None:
    connection.execute(
        "UPDATE notifications SET status=?, due_at=?, error=? WHERE notification_id=? AND channel=?",
        (status, due_at, error, letter.id, letter.channel),
    )


def _letter(row: Sequence[Any]) -> Letter:
    found, channel, event, at, payload, status, attempts, due_at, error = row
    return Letter(found, channel, event, at, json.loads(payload), status, int(attempts), due_at, error)
