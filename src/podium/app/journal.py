"""The record of turns that the app does not lead: its graph was called itself, or inside another graph."""

from __future__ import annotations

from asyncio import CancelledError, to_thread
from typing import TYPE_CHECKING, Any

from podium.core.errors import NotFound, PodiumError
from podium.guardrails.redaction import redact
from podium.runtime.runs import CANCELLED, KEPT, Renewing
from podium.storage.askers import with_asker
from podium.storage.runs import RunRecord, RunRecords
from podium.storage.threads import ThreadRecords

if TYPE_CHECKING:
    from langgraph.types import Interrupt

    from podium.graphs.node import RunScope
    from podium.graphs.state import PodiumState, Record
    from podium.telemetry.telemetry import Telemetry

EMBEDDED = "embedded"
"""In a thread's metadata: the path of nodes in which the app's graph runs."""
KIND = "graph"
"""The kind of such a run."""
_TITLE = 80


class RunJournal:
    """Lists threads and runs as the run service does for the turns that it leads.

    Args:
        renewal: Knows what is in force.
        runs: Where runs are recorded.
        threads: Where threads are listed.
        telemetry: Hands over what it saw when a turn pauses or ends.
    """

    def __init__(
        self,
        renewal: Renewing,
        *,
        runs: RunRecords,
        threads: ThreadRecords,
        telemetry: Telemetry,
    ) -> None:
        self._renewal = renewal
        self._runs = runs
        self._threads = threads
        self._telemetry = telemetry

    async def opened(self, scope: RunScope, turn: Record) -> None:
        """A turn was admitted: its thread is listed, and its run recorded."""
        text = redact(str(turn["text"]))
        record = await self._threads.aensure(
            scope.thread_id, tenant=scope.principal.tenant, owner=scope.principal.id, title=text[:_TITLE]
        )
        metadata = {**record.metadata, EMBEDDED: scope.inside} if scope.inside else None
        title = None if record.title else text[:_TITLE]
        await self._threads.atouch(scope.thread_id, status="busy", title=title, metadata=metadata)
        if not await to_thread(self._known, turn):  # replayed from before its admission, it is known
            await to_thread(self._renewal.keep())
            # Calls side by side in one step open the same run.
            await self._runs.aensure_run(self._record(scope, turn, text))

    async def waits(self, scope: RunScope, turn: Record, interrupts: tuple[Interrupt, ...]) -> None:
        """The turn waits for a person; what for is kept, since the state may be out of reach."""
        waiting = [{"id": item.id, "value": item.value} for item in interrupts]
        await self._finish(scope, turn, "interrupted", "interrupted", output={"interrupts": waiting})

    async def asked(self, run_id: str) -> dict[int, tuple[str, ...]]:
        """What the run waits for: the digests shown, by the position of the interrupt in its task."""
        try:
            run = await to_thread(self._runs.get_run, run_id)
        except NotFound:
            return {}
        values = [item["value"] for item in (run.output or {}).get("interrupts", ())]
        return {int(value["position"]): tuple(value["digests"]) for value in values if "position" in value}

    async def answered(self, scope: RunScope) -> None:
        """A person has decided, and the turn goes on."""
        await self._threads.atouch(scope.thread_id, status="busy")

    async def closed(self, scope: RunScope, state: PodiumState) -> None:
        """The turn has its outcome."""
        values: dict[str, Any] = dict(state)
        output = {name: values.get(name) for name in KEPT}
        await self._finish(
            scope, values.get("turn") or {}, "completed", "idle", output=output, usage=values.get("usage")
        )

    async def broke_off(self, scope: RunScope, turn: Record, error: BaseException) -> None:
        """The turn failed, or was cancelled."""
        if isinstance(error, CancelledError):
            await self._finish(scope, turn, CANCELLED, "idle")
            return
        problem = {"code": "internal", "message": type(error).__name__, "hint": ""}
        if isinstance(error, PodiumError):
            problem = error.as_dict()
        await self._finish(scope, turn, "failed", "error", error=problem)

    async def _finish(self, scope: RunScope, turn: Record, status: str, shown: str, **outcome: Any) -> None:
        try:
            await self._runs.afinish_run(str(turn.get("run_id", "")), status, **outcome)
            await self._threads.atouch(scope.thread_id, status=shown)
        except NotFound:
            return  # it ended before its admission, so there is nothing to record
        await self._telemetry.flush()

    def _known(self, turn: Record) -> bool:
        try:
            self._runs.get_run(str(turn["run_id"]))
        except NotFound:
            return False
        return True

    def _record(self, scope: RunScope, turn: Record, text: str) -> RunRecord:
        versions = self._renewal.versions()
        return RunRecord(
            run_id=str(turn["run_id"]),
            thread_id=scope.thread_id,
            tenant=scope.principal.tenant,
            owner=scope.principal.id,
            turn_id=str(turn["id"]),
            kind=KIND,
            graph=versions.graph,
            input=with_asker(
                {"text": text, "inside": scope.inside, "checkpoint_id": scope.checkpoint_id}, scope.asker
            ),
            models=dict(versions.models),
            prompts=dict(versions.prompts),
            policy_version=versions.policy,
        )
