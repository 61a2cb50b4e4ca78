"""What telemetry sees, kept in the project's event log and audit chain."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime

from podium.app.audit_facts import entries_of
from podium.core.clock import to_iso
from podium.models.record import ModelCall
from podium.storage.audit import AuditLog
from podium.storage.decisions import Decisions, StoredDecision
from podium.storage.events import EventLog, EventRecord
from podium.telemetry.conventions import RUN, THREAD
from podium.telemetry.records import AttributeValue, DecisionRecord, Record, SpanRecord, StepRecord
from podium.telemetry.telemetry import Telemetry

_FIELDS = tuple(field.name for field in fields(SpanRecord) if field.name not in ("ids", "stored"))


_DECISION = tuple(field.name for field in fields(DecisionRecord) if field.name != "at_ns")


class RecordSink:
    """Stores spans and what happened within them as events, what nodes wrote as audit records, and decisions.

    Args:
        log: The event log.
        audit: The audit chain.
        decisions: Where decisions are kept.
        tenant: Whose installation.
    """

    def __init__(self, log: EventLog, audit: AuditLog, decisions: Decisions, tenant: str) -> None:
        self._log = log
        self._audit = audit
        self._decisions = decisions
        self._tenant = tenant

    async def write(self, records: Sequence[Record]) -> None:
        """Store the records of one batch, oldest first."""
        entries = [
            entry for record in records if isinstance(record, StepRecord) for entry in entries_of(record)
        ]
        await self._audit.aappend(entries)
        await self._decisions.aappend(
            [_decision(record) for record in records if isinstance(record, DecisionRecord)]
        )
        await self._write_events([record for record in records if isinstance(record, SpanRecord)])

    async def _write_events(self, records: Sequence[SpanRecord]) -> None:
        """Store spans and what happened within them.

        What happened within a run belongs to it: records that name no thread get that of the span around
        them, or the run's, found by the trace that they share.
        """
        owners = {
            record.trace_id: (str(record.attributes.get(THREAD, "")), str(record.attributes.get(RUN, "")))
            for record in records
            if record.attributes.get(THREAD)
        }
        await self._log.aappend([self._event(record, owners) for record in records])

    def _event(self, record: SpanRecord, owners: dict[str, tuple[str, str]]) -> EventRecord:
        thread_id, run_id = record.ids.get("thread_id", ""), record.ids.get("run_id", "")
        if not thread_id:
            thread_id, run_id = owners.get(record.trace_id, ("", ""))
        payload = {name: getattr(record, name) for name in _FIELDS}
        return EventRecord(
            kind=record.name if record.kind == "event" else f"span.{record.kind}",
            payload=payload,
            thread_id=thread_id,
            run_id=run_id,
            tenant=self._tenant,
            at=to_iso(_moment(record.started_ns)),
        )


class ModelRecorder:
    """Makes a span of every exchange with a chat model: the prompt as sent, the reply, what it cost.

    Args:
        telemetry: Takes secrets out of what is recorded.
    """

    def __init__(self, telemetry: Telemetry) -> None:
        self._telemetry = telemetry

    def on_call(self, call: ModelCall) -> None:
        """An exchange has ended, well or not."""
        self._telemetry.ended(
            "model",
            call.model,
            call.seconds,
            error=call.error,
            agent=call.role,
            prompt=f"{call.role}@{call.prompt.version}",
            prompt_hash=call.prompt.hash,
            messages=json.dumps(call.messages, ensure_ascii=False),
            reply=call.reply,
            attempt=call.attempt,
            input_tokens=call.usage.input_tokens,
            output_tokens=call.usage.output_tokens,
            **_cost(call),
            **_context(call),
        )


def _decision(record: DecisionRecord) -> StoredDecision:
    values = {name: getattr(record, name) for name in _DECISION}
    return StoredDecision(**values, at=to_iso(_moment(record.at_ns)))


def _cost(call: ModelCall) -> dict[str, AttributeValue]:
    """What it cost; without a price the cost is unknown, and is not said to be nothing."""
    if call.cached:
        return {"cached": True}
    return {"cost": call.usage.cost} if call.priced else {"unpriced": True}


def _context(call: ModelCall) -> dict[str, AttributeValue]:
    """What the call saw and did not see."""
    context = call.prompt.context
    if context is None:
        return {}
    return {
        "context_window": context.window,
        "context_tokens": context.tokens,
        "context_included": json.dumps(context.included, ensure_ascii=False),
        "context_left_out": json.dumps(context.left_out, ensure_ascii=False),
    }


def _moment(nanoseconds: int) -> datetime:
    return datetime.fromtimestamp(nanoseconds / 1e9, UTC)
