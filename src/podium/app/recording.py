"""What telemetry sees, kept in the project's event log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from podium.core.clock import to_iso
from podium.storage.events import EventLog, EventRecord
from podium.telemetry.conventions import RUN, THREAD
from podium.telemetry.records import SpanRecord


class EventSink:
    """Stores spans and what happened within them.

    Args:
        log: The event log.
        tenant: Whose installation.
    """

    def __init__(self, log: EventLog, tenant: str) -> None:
        self._log = log
        self._tenant = tenant

    async def write(self, records: Sequence[SpanRecord]) -> None:
        """Store the records of one batch, oldest first.

        What happened within a run belongs to it: records that name no thread get the run's, found by
        the trace that they share.
        """
        owners = {
            record.trace_id: (str(record.attributes.get(THREAD, "")), str(record.attributes.get(RUN, "")))
            for record in records
            if record.attributes.get(THREAD)
        }
        await self._log.aappend([self._event(record, owners) for record in records])

    def _event(self, record: SpanRecord, owners: dict[str, tuple[str, str]]) -> EventRecord:
        thread_id, run_id = owners.get(record.trace_id, ("", ""))
        payload = asdict(record)
        payload["attributes"] = dict(record.attributes)
        return EventRecord(
            kind=record.name if record.kind == "event" else f"span.{record.kind}",
            payload=payload,
            thread_id=thread_id,
            run_id=run_id,
            tenant=self._tenant,
            at=to_iso(_moment(record.started_ns)),
        )


def _moment(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC)
