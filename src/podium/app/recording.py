"""What telemetry sees, kept in the project's event log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime

from podium.core.clock import to_iso
from podium.models.record import ModelCall
from podium.storage.events import EventLog, EventRecord
from podium.telemetry.conventions import RUN, THREAD
from podium.telemetry.records import AttributeValue, SpanRecord
from podium.telemetry.telemetry import Telemetry


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
