"""Asking and answering: one turn of a thread as a stream of events that ends with the reply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from podium.app.answers import resume_value
from podium.app.replies import digests_of, reply_of, steps_left
from podium.app.results import Decision, Problem, Reply, StreamEvent
from podium.core.errors import InputError, NotFound, PodiumError, ThreadInterrupted
from podium.core.ids import derived_id, new_id
from podium.core.principal import Principal
from podium.guardrails.redaction import redact
from podium.runtime.runs import CANCELLED, RunRequest, RunService
from podium.storage.runs import RUNNING

if TYPE_CHECKING:
    from langgraph.types import StateSnapshot

    from podium.app.fingerprints import Fingerprints
    from podium.app.threads import ThreadReader
    from podium.graphs.build import PodiumGraph
    from podium.tools.toolbox import Toolbox

MAX_ATTEMPTS = 100
"""Beyond it a turn that fails each time is not taken again."""
MAX_REQUEST_CHARACTERS = 1_000_000
"""Beyond it a request is not even looked at; what a policy allows is usually far less."""


class Turns:
    """Runs turns and reports them.

    Args:
        graph: The compiled graph.
        service: Runs it.
        threads: Resolves threads.
        toolbox: Knows the effects of a turn.
        fingerprints: Knows whether a thread that waits still fits the graph.
    """

    def __init__(
        self,
        graph: PodiumGraph,
        service: RunService,
        threads: ThreadReader,
        toolbox: Toolbox,
        fingerprints: Fingerprints,
    ) -> None:
        self._graph = graph
        self._service = service
        self._threads = threads
        self._toolbox = toolbox
        self._fingerprints = fingerprints

    async def ask(
        self, text: str, thread_id: str | None, principal: Principal
    ) -> AsyncGenerator[StreamEvent, None]:
        """Take one turn with the user's words."""
        checked = checked_text(text)
        thread = new_id() if thread_id is None else await self._threads.own(thread_id)
        async with self._service.lease(thread):
            if thread_id is not None:
                async with aclosing(self._finish_previous(thread, principal)) as events:
                    async for event in events:
                        yield event
            async with aclosing(self._run(_asked(checked, thread, new_id(), principal))) as events:
                async for event in events:
                    yield event

    async def once(self, text: str, thread: str, principal: Principal) -> AsyncGenerator[StreamEvent, None]:
        """Take the one turn of a thread, or what an earlier process left of it; a finished one is only told.

        A turn that failed is taken again.

        Args:
            text: The user's words, the same each time.
            thread: The thread's full id; it is made when there is none.
            principal: Who asks.

        Raises:
            InputError: Somebody has taken further turns in the thread.
        """
        async with self._service.lease(thread):
            snapshot = await self._threads.head(thread)
            run = await self._service.recorded(thread)
            broke_off = run is not None and run.status == RUNNING
            request = _left_of(snapshot, checked_text(text), thread, principal, broke_off=broke_off)
            if request is None:
                yield await self._told(snapshot, thread, run.run_id if run else "")
                return
            async with aclosing(self._run(request)) as events:
                async for event in events:
                    yield event

    async def resume(
        self, thread_id: str, decision: Decision | None, principal: Principal
    ) -> AsyncGenerator[StreamEvent, None]:
        """Answer what waits, or go on with what a crash cut off."""
        from langgraph.types import Command

        thread = await self._threads.own(thread_id)
        async with self._service.lease(thread):
            snapshot = await self._threads.head(thread)
            await self._check_fit(
                thread, snapshot, acts=decision is None or decision.kind in ("approve", "edit")
            )
            if decision is None:
                if not steps_left(snapshot) or (snapshot.interrupts and not await self._broke_off(thread)):
                    raise _nothing_to_continue(thread, snapshot)
                graph_input: Any = None
                facts: dict[str, Any] = {}
            else:
                answer = self._answer(thread, decision, snapshot)
                graph_input = Command(resume=answer)
                facts = {"decision": decision.model_dump(mode="json")}
            request = RunRequest(
                run_id=new_id(),
                thread_id=thread,
                graph_input=graph_input,
                kind="continue" if decision is None else "resume",
                principal=principal,
                turn_id=str((snapshot.values.get("turn") or {}).get("id", "")),
                facts=facts,
            )
            async with aclosing(self._run(request)) as events:
                async for event in events:
                    yield event

    async def _finish_previous(self, thread: str, principal: Principal) -> AsyncGenerator[StreamEvent, None]:
        """A turn that a crash cut off is finished first, so that no approved action is forgotten."""
        snapshot = await self._threads.head(thread)
        await self._check_fit(thread, snapshot, acts=True)
        broke_off = await self._broke_off(thread)
        if snapshot.interrupts and not broke_off:
            raise ThreadInterrupted(
                f"thread {thread} waits for a decision",
                hint=f"Answer with 'podium resume {thread} --approve' or --reject, or start another thread.",
            )
        if not steps_left(snapshot) or not (broke_off or await self._is_owed(thread, snapshot)):
            return
        begun = str((snapshot.values.get("turn") or {}).get("id", ""))
        request = _continued(thread, begun, principal)
        yield StreamEvent(
            kind="note",
            thread_id=thread,
            run_id=request.run_id,
            data={"text": "Finishing the previous turn."},
        )
        async with aclosing(self._run(request)) as events:
            async for event in events:
                if event.kind == "interrupt":
                    raise ThreadInterrupted(
                        f"thread {thread} waits for a decision",
                        hint=f"Answer with 'podium resume {thread} --approve' or --reject.",
                    )
                if event.kind != "reply":
                    yield event

    async def _check_fit(self, thread: str, snapshot: StateSnapshot, *, acts: bool) -> None:
        """Make sure that the graph still has what the thread needs to go on.

        Raises:
            GraphChanged: It has not; rejecting and rolling back stay possible.
        """
        run = await self._service.recorded(thread)
        if run is None or not (steps_left(snapshot) or (run.output or {}).get("waits_at")):
            return
        effects = await self._toolbox.effects(digests_of(snapshot)) if acts else []
        waiting = {effect.tool for effect in effects if effect.status in ("proposed", "approved")}
        await asyncio.to_thread(self._fingerprints.check, run, waiting)

    async def _is_owed(self, thread: str, snapshot: StateSnapshot) -> bool:
        """Whether somebody approved what has not been carried out, because the run failed.

        Who stopped the run after approving has thought better of it: what did not begin is closed.
        """
        run = await self._service.recorded(thread)
        if run is not None and run.status == CANCELLED:
            await self._toolbox.skip_open(thread, str((snapshot.values.get("turn") or {}).get("id", "")))
        effects = await self._toolbox.effects(digests_of(snapshot))
        return any(effect.status in ("approved", "started") for effect in effects)

    async def _broke_off(self, thread: str) -> bool:
        """Whether the last run never ended. The thread's lease is held here, so nobody else runs it.

        A decision that had been given to such a run is stored with the thread: going on applies it.
        """
        run = await self._service.recorded(thread)
        return run is not None and run.status == RUNNING

    async def _run(self, request: RunRequest) -> AsyncGenerator[StreamEvent, None]:
        thread, run = request.thread_id, request.run_id
        yield StreamEvent(kind="run", thread_id=thread, run_id=run, data={"text": request.text[:200]})
        problem: PodiumError | None = None
        try:
            async with aclosing(self._service.stream(request)) as events:
                async for event in events:
                    yield StreamEvent(
                        kind=event["kind"],
                        thread_id=thread,
                        run_id=run,
                        node=event.get("node", ""),
                        data=event.get("data", {}),
                    )
        except PodiumError as error:
            problem = error
        reply = await self._reply(request, problem)
        for interrupt in reply.interrupts:
            yield StreamEvent(
                kind="interrupt", thread_id=thread, run_id=run, data=interrupt.model_dump(mode="json")
            )
        yield StreamEvent(kind="reply", thread_id=thread, run_id=run, data=reply.model_dump(mode="json"))

    async def _told(self, snapshot: StateSnapshot, thread: str, run: str) -> StreamEvent:
        """The event with the reply of a turn that is over."""
        effects = await self._toolbox.effects(digests_of(snapshot))
        reply = reply_of(snapshot, effects, thread_id=thread, run_id=run)
        return StreamEvent(kind="reply", thread_id=thread, run_id=run, data=reply.model_dump(mode="json"))

    async def _reply(self, request: RunRequest, problem: PodiumError | None) -> Reply:
        snapshot = await self._threads.head(request.thread_id)
        if problem is not None and _is_of_another_turn(snapshot, request):
            return Reply(
                thread_id=request.thread_id,
                run_id=request.run_id,
                status="failed",
                error=Problem(**problem.as_dict()),
            )
        effects = await self._toolbox.effects(digests_of(snapshot))
        reply = reply_of(snapshot, effects, thread_id=request.thread_id, run_id=request.run_id)
        if problem is None:
            return reply
        return reply.model_copy(update={"status": "failed", "error": Problem(**problem.as_dict())})

    def _answer(self, thread: str, decision: Decision, snapshot: StateSnapshot) -> Any:
        waiting = [
            item
            for item in snapshot.interrupts
            if decision.interrupt_id is None or item.id == decision.interrupt_id
        ]
        if not waiting:
            raise NotFound(
                f"nothing waits in thread {thread}", hint="'podium threads list' shows which threads wait."
            )
        return resume_value(decision, waiting[0], snapshot.interrupts)


def _asked(text: str, thread: str, turn: str, principal: Principal) -> RunRequest:
    """The run of a new turn, which the id of the user's message names."""
    from langchain_core.messages import HumanMessage

    return RunRequest(
        run_id=new_id(),
        thread_id=thread,
        graph_input={"messages": [HumanMessage(content=text, id=turn)]},
        kind="ask",
        principal=principal,
        turn_id=turn,
        text=redact(text),
        facts={"text": redact(text)},
    )


def _continued(thread: str, turn: str, principal: Principal) -> RunRequest:
    """The run that goes on where the thread stopped."""
    return RunRequest(
        run_id=new_id(),
        thread_id=thread,
        graph_input=None,
        kind="continue",
        principal=principal,
        turn_id=turn,
    )


def _left_of(
    snapshot: StateSnapshot, text: str, thread: str, principal: Principal, *, broke_off: bool
) -> RunRequest | None:
    """What is left to run of the one turn of a thread; None when it is over, or waits for a person.

    The ids of its attempts follow from the thread's, so that no other turn is taken for one of them.
    """
    attempt = derived_id(thread, "turn")
    values = snapshot.values
    begun = str((values.get("turn") or {}).get("id", ""))
    # A process that ended while it stored the request may have left the thread without a step to take.
    stored = values.get("messages") and steps_left(snapshot) and "__start__" not in steps_left(snapshot)
    if not begun and not stored:
        return _asked(text, thread, attempt, principal)
    for _ in range(MAX_ATTEMPTS):
        if begun in (attempt, ""):
            break
        attempt = derived_id(attempt, "turn")
    else:
        raise InputError(f"thread {thread} has gone on since", hint="Look at it with 'podium threads show'.")
    if steps_left(snapshot) and (not snapshot.interrupts or broke_off):
        return _continued(thread, begun, principal)
    if (values.get("outcome") or {}).get("status") == "failed":
        return _asked(text, thread, derived_id(attempt, "turn"), principal)
    return None


def checked_text(text: str) -> str:
    """The user's words, fit to be stored.

    Raises:
        InputError: They are empty, no valid Unicode, or far too long.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InputError("the request is not valid Unicode", hint="Send it as UTF-8.") from None
    if not text.strip():
        raise InputError("the request is empty", hint="Say what you would like to know or have done.")
    if len(text) > MAX_REQUEST_CHARACTERS:
        raise InputError(
            f"the request has {len(text):,} characters", hint="Ingest long texts with 'podium ingest'."
        )
    return text


def _is_of_another_turn(snapshot: StateSnapshot, request: RunRequest) -> bool:
    """Whether the run ended before its own turn was admitted."""
    turn = snapshot.values.get("turn") or {}
    return bool(request.turn_id) and turn.get("id") != request.turn_id


def _nothing_to_continue(thread: str, snapshot: StateSnapshot) -> PodiumError:
    if snapshot.interrupts:
        return ThreadInterrupted(
            f"thread {thread} waits for a decision",
            hint="Give one: --approve, --reject, --edit or --respond.",
        )
    return NotFound(f"nothing waits in thread {thread}", hint="Its last turn is finished; ask something new.")
