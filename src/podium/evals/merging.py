"""Making one log of the logs of shards."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from podium.core.clock import SystemClock, to_iso
from podium.core.errors import InputError
from podium.evals.log import LogEnd, LogHeader, LogWriter, read_entries, read_header


def merge_logs(logs: Sequence[Path], out: Path) -> LogHeader:
    """Write all trials of several runs of one suite into one log.

    Args:
        logs: The logs of the shards.
        out: The log that is written.

    Returns:
        Its header.

    Raises:
        InputError: They are not of one suite, seed and target, a trial is in two of them, or `out` is there.
        StorageError: It cannot be written.
    """
    headers = [read_header(log) for log in logs]
    for log, header in zip(logs[1:], headers[1:], strict=True):
        _check_belongs(headers[0], header, logs[0], log)
    if out.exists():
        raise InputError(f"{out} is there already", hint="Name another file.")
    first = min(headers, key=lambda header: header.created_at)
    merged = first.model_copy(update={"planned": sum(header.planned for header in headers)})
    writer = LogWriter(out)
    try:
        writer.add(merged)
        seconds, stopped = _copy(logs, writer)
        now = to_iso(SystemClock().now())
        writer.add(LogEnd(kind="end", finished_at=now, seconds=round(seconds, 3), stopped=stopped))
    except BaseException:
        writer.close()
        out.unlink()
        raise
    writer.close()
    return merged


def _copy(logs: Sequence[Path], writer: LogWriter) -> tuple[float, str]:
    """Copy the trials; the seconds of the longest run, and why one of them ended early."""
    seen: dict[tuple[str, int], Path] = {}
    seconds, stopped = 0.0, ""
    for log in logs:
        took = 0.0
        for entry in read_entries(log):
            if isinstance(entry, LogHeader):
                continue
            if isinstance(entry, LogEnd):
                took += entry.seconds
                stopped = stopped or entry.stopped
                continue
            if entry.key in seen:
                raise InputError(
                    f"{log}: the case {entry.case.id!r} is in {seen[entry.key]} too",
                    hint="Merge the shards of one run, each once.",
                )
            seen[entry.key] = log
            writer.add(entry)
        seconds = max(seconds, took)
    return seconds, stopped


def _check_belongs(first: LogHeader, other: LogHeader, path: Path, log: Path) -> None:
    for what, a, b in (
        ("suite", first.suite, other.suite),
        ("content of the suite", first.digest, other.digest),
        ("target", first.target, other.target),
        ("seed", first.seed, other.seed),
        ("selection of cases", first.selection, other.selection),
        ("versions", first.versions, other.versions),
    ):
        if a != b:
            raise InputError(
                f"{log} and {path} are no shards of one run: the {what} is another", hint="Run them alike."
            )
