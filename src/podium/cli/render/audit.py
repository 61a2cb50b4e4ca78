"""The audit chain as people and programs read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from podium.cli.render.moments import moment
from podium.cli.render.records import columns
from podium.cli.text import one_line, short

if TYPE_CHECKING:
    from rich.console import Console

    from podium.app.audit import AuditReport
    from podium.core.audit import AuditRecord

_WIDTH: Final = 72
_TOLD: Final = ("tool", "from", "to", "kind", "status", "route", "score", "started_by", "of", "first", "last")
"""What of a record's facts is shown on its line, in this order."""


def report_object(report: AuditReport) -> dict[str, Any]:
    """What checking found, for programs."""
    return {
        "ok": report.fault is None,
        "records": report.records,
        "head": asdict(report.head),
        "fault": asdict(report.fault) if report.fault else None,
        "put_away": report.put_away,
        "signed": report.signed,
        "trusted": report.trusted,
    }


def record_object(record: AuditRecord) -> dict[str, Any]:
    """A record, for programs."""
    return asdict(record)


def show_report(out: Console, report: AuditReport) -> None:
    """Print what checking found, where nothing is wrong."""
    out.print(f"The chain is whole: {report.records} records, head {short(report.head.hash)}.")
    if report.put_away:
        out.print(f"{report.put_away} older records are in closed segments.")
    if report.signed:
        by = "the key you trust" if report.trusted else "a key that nobody named as trusted"
        out.print(f"Signed up to record {report.signed}, with {by}.")
    else:
        out.print("Nobody has signed it: records missing at the end would not be noticed.")


def show_records(out: Console, records: Sequence[AuditRecord]) -> None:
    """Print records, one a line."""
    if not records:
        out.print("No records.")
        return
    table = columns("No.", "When", "Thread", "Who", "What", "Facts")
    for record in records:
        table.add_row(
            str(record.seq),
            moment(record.at),
            short(record.thread_id),
            one_line(record.person or record.who, 24),
            record.kind,
            one_line(_facts(record), _WIDTH),
        )
    out.print(table)


def _facts(record: AuditRecord) -> str:
    data = record.data
    match record.kind:
        case "effect":
            return f"{data.get('tool')}: {data.get('from') or 'new'} → {data.get('to')}"
        case "consent":
            return f"{data.get('tool')}: approval {data.get('number')} of {data.get('people')}"
        case "plan":
            return ", ".join(_step(step) for step in _objects(data.get("steps")))
        case "read":
            return _read(data)
        case "verdict":
            return ", ".join(f"{v.get('rule')}: {v.get('outcome')}" for v in _objects(data.get("verdicts")))
        case "rollback":
            undone = [f"{effect.get('tool')} {effect.get('to')}" for effect in _objects(data.get("effects"))]
            return f"to {short(str(data.get('to')))}: {', '.join(undone) or 'nothing to undo'}"
        case "knowledge":
            return _knowledge(data)
        case "outcome" | "turn" | "review" if isinstance(record.sealed, dict):
            words = next((str(value) for value in record.sealed.values()), "")
            return f"{data.get('status') or data.get('kind') or ''} {words}".strip()
        case _:
            return ", ".join(f"{name} {data[name]}" for name in _TOLD if data.get(name) not in (None, ""))


def _knowledge(data: dict[str, Any]) -> str:
    if data.get("change") == "collections":
        return ", ".join(_collection(item) for item in _objects(data.get("collections")))
    if data.get("change") == "found":
        return "changed without a record"
    counts = [f"{data[name]} {name}" for name in ("added", "updated", "removed") if data.get(name)]
    return f"{data.get('change')} {data.get('collection')}: {', '.join(counts)}"


def _collection(item: dict[str, Any]) -> str:
    before, after = item.get("from"), item.get("to")
    if not isinstance(after, dict):
        return f"{item.get('collection')} declared no more"
    now = f"access {after.get('access')}, {after.get('trust')}"
    return f"{item.get('collection')} {'now' if before else 'declared'}: {now}"


def _objects(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _step(step: dict[str, Any]) -> str:
    return f"{step.get('kind')} {step.get('tool') or ''}".strip()


def _read(data: dict[str, Any]) -> str:
    if data.get("from") == "tools":
        return ", ".join(str(item.get("tool")) for item in _objects(data.get("tools")))
    return ", ".join(dict.fromkeys(str(item.get("source")) for item in _objects(data.get("passages"))))
