"""Structured log lines, written by a thread of their own."""

from __future__ import annotations

import threading
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from podium.core.clock import to_iso
from podium.telemetry.records import SpanRecord
from podium.telemetry.showing import Showing

if TYPE_CHECKING:
    from podium.telemetry.rotation import QuietRotatingFile

Level = Literal["debug", "info", "warning", "error"]

_RANK: Final[dict[Level, int]] = {"debug": 10, "info": 20, "warning": 30, "error": 40}
_BATCH = 64
_HELD = 20_000
_GATHER_S = 0.2
"""How long lines wait for others, so that a busy server writes many at once."""
_MAX_BYTES = 10_000_000
_BACKUPS = 3


class LogFile:
    """A rotating file of JSON lines.

    Lines are handed over in memory and written in batches: when a run ends, when many wait, and at the
    end. A file that cannot be written is given up quietly: a log must not fail a run.

    Args:
        path: The file; its folder is made when the first line is written.
        level: The lowest level that is written.
        showing: What of a line may be seen.
    """

    def __init__(self, path: Path, level: Level = "info", showing: Showing | None = None) -> None:
        self._path = path
        self._showing = showing or Showing()
        self._hurry = threading.Event()
        self._rank = _RANK[level]
        self._waiting: deque[tuple[Level, SpanRecord]] = deque(maxlen=_HELD)
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None
        self._file: QuietRotatingFile | None = None
        self._lock = threading.Lock()

    def add(self, level: Level, record: SpanRecord) -> None:
        """Hand over a line; it is written soon."""
        if _RANK[level] < self._rank or self._closing:
            return
        self._waiting.append((level, record))
        if len(self._waiting) >= _BATCH:
            self.nudge()
        elif record.kind in ("run", "request") and not self._wake.is_set():
            self._begin()

    def nudge(self) -> None:
        """Have what waits written now, without waiting for it."""
        self._hurry.set()
        self._begin()

    def close(self) -> None:
        """Write what waits and close the file."""
        if self._waiting:
            self.nudge()
        self._closing = True
        self._hurry.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
        if self._file is not None:
            self._file.close()

    def _begin(self) -> None:
        if self._thread is None:
            self._start()
        self._wake.set()

    def _start(self) -> None:
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="podium-log", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        from structlog.processors import JSONRenderer

        render = JSONRenderer(ensure_ascii=False, default=str)
        file = self._open()
        while True:
            self._wake.wait()
            self._hurry.wait(_GATHER_S)
            self._wake.clear()
            self._hurry.clear()
            lines: list[str] = []
            while self._waiting:
                level, record = self._waiting.popleft()
                lines.append(str(render(None, level, self._fields(level, record))))
            if lines and file is not None:
                file.write("\n".join(lines))
            if self._closing and not self._waiting:
                return

    def _open(self) -> QuietRotatingFile | None:
        from podium.telemetry.rotation import QuietRotatingFile

        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = QuietRotatingFile(self._path, max_bytes=_MAX_BYTES, backups=_BACKUPS)
        except OSError:
            return None
        return self._file

    def _fields(self, level: Level, record: SpanRecord) -> dict[str, Any]:
        return _fields(level, record, self._showing)


def _fields(level: Level, record: SpanRecord, showing: Showing) -> dict[str, Any]:
    moment = datetime.fromtimestamp(record.started_ns / 1e9, UTC)
    fields: dict[str, Any] = {
        "event": record.name if record.kind == "event" else f"{record.kind} {record.name}",
        "level": level,
        "timestamp": to_iso(moment),
        "kind": record.kind,
        "trace_id": record.trace_id,
        "span_id": record.span_id,
        **record.ids,
    }
    if record.parent_id:
        fields["parent_id"] = record.parent_id
    if record.kind != "event":
        fields["seconds"] = round(record.seconds, 6)
    if record.error:
        fields["error"] = record.error
    fields.update(showing.values(record.attributes))
    return fields
