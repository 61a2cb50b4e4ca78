"""Runs: background, waited for, streamed, joined, cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query
from starlette.responses import Response, StreamingResponse

from podium.core.clock import SystemClock, to_iso
from podium.core.errors import Conflict, InputError
from podium.core.ids import new_id
from podium.runtime.serving.accepting import Offer
from podium.runtime.serving.encoding import encode
from podium.runtime.serving.worker import RunEnd
from podium.server.auth import Caller, Parts, Who
from podium.server.governing import check_command
from podium.server.models.runs import (
    BatchRun,
    CancelRuns,
    Run,
    RunCreate,
    RunField,
    RunStatus,
    SelectedRun,
    Uuid,
)
from podium.server.services import Services
from podium.server.sse import place_of, stream_response
from podium.server.wire import JsonResponse, PatientResponse
from podium.storage.operations import Work
from podium.storage.run_requests import OPEN, ROLES, CancelAction, RunRequest

router = APIRouter(tags=["Runs"])

ThreadId = Annotated[Uuid, Path()]
RunId = Annotated[Uuid, Path()]
Modes = Annotated[list[str] | None, Query(alias="stream_mode")]
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID")]
WAIT_BEAT_S = 1.0
"""How often a client that waits for a result is sent an empty line, so that nothing between cuts it off."""


@router.post("/threads/{thread_id}/runs", response_model=Run)
async def create_run(thread_id: ThreadId, body: RunCreate, services: Parts, who: Who) -> JsonResponse:
    """Start a run in the background."""
    run = await accept(services, who, body, thread_id)
    return JsonResponse(shown(run), headers=_headers(run))


@router.post("/threads/{thread_id}/runs/stream", response_class=Response)
async def stream_run(thread_id: ThreadId, body: RunCreate, services: Parts, who: Who) -> Response:
    """Start a run and stream what happens in it."""
    return await _streamed(services, who, body, thread_id)


@router.post("/threads/{thread_id}/runs/wait", response_class=Response)
async def wait_for_run(thread_id: ThreadId, body: RunCreate, services: Parts, who: Who) -> Response:
    """Start a run and wait for its last state."""
    return await _waited(services, who, body, thread_id)


@router.post("/runs", response_model=Run)
async def create_stateless_run(body: RunCreate, services: Parts, who: Who) -> JsonResponse:
    """Start a run in a thread of its own that goes with it."""
    run = await accept(services, who, body, None)
    return JsonResponse(shown(run), headers=_headers(run))


@router.post("/runs/stream", response_class=Response)
async def stream_stateless_run(body: RunCreate, services: Parts, who: Who) -> Response:
    """Start a run in a thread of its own, and stream what happens in it."""
    return await _streamed(services, who, body, None)


@router.post("/runs/wait", response_class=Response)
async def wait_for_stateless_run(body: RunCreate, services: Parts, who: Who) -> Response:
    """Start a run in a thread of its own, and wait for its last state."""
    return await _waited(services, who, body, None)


@router.post("/runs/batch", response_model=list[Run])
async def create_batch(body: list[BatchRun], services: Parts, who: Who) -> JsonResponse:
    """Start several runs in the background; the first that is refused ends the batch."""
    runs = [await accept(services, who, one, one.thread_id, number=n) for n, one in enumerate(body)]
    return JsonResponse([shown(run) for run in runs])


@router.post("/runs/cancel", status_code=204, response_class=Response)
async def cancel_runs(
    body: CancelRuns, services: Parts, who: Who, action: CancelAction = "interrupt"
) -> Response:
    """Cancel runs by their ids, by their thread, or by how they stand."""
    if body.run_ids is None and body.status is None and body.thread_id is None:
        raise InputError("nothing says which runs are meant", hint="Send run_ids, thread_id or status.")
    if body.run_ids is not None:
        found = [services.requests.get(run_id, who.access, body.thread_id) for run_id in body.run_ids]
    else:
        statuses = OPEN if body.status in (None, "all") else (body.status,)
        found = services.requests.latest(
            who.access, thread_id=body.thread_id, statuses=statuses, limit=10_000
        )
    for run in found:
        if run.status in OPEN:
            await services.runs.cancel(run, action)
    return Response(status_code=204)


@router.get("/threads/{thread_id}/runs", response_model=list[SelectedRun])
async def list_runs(
    thread_id: ThreadId,
    services: Parts,
    who: Who,
    limit: Annotated[int, Query(ge=1, le=1000)] = 10,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
    status: RunStatus | None = None,
    select: Annotated[list[RunField] | None, Query()] = None,
) -> JsonResponse:
    """The runs of a thread, the one requested last first."""
    services.threads.get(thread_id, who.access)
    statuses = [status] if status else []
    found = services.requests.latest(
        who.access, thread_id=thread_id, statuses=statuses, limit=limit, offset=offset
    )
    rows = [shown(run) for run in found]
    if select:
        rows = [{name: row[name] for name in select} for row in rows]
    return JsonResponse(rows)


@router.get("/threads/{thread_id}/runs/{run_id}", response_model=Run)
async def get_run(thread_id: ThreadId, run_id: RunId, services: Parts, who: Who) -> JsonResponse:
    """One run."""
    return JsonResponse(shown(services.requests.get(run_id, who.access, thread_id)))


@router.delete("/threads/{thread_id}/runs/{run_id}", status_code=204, response_class=Response)
async def delete_run(thread_id: ThreadId, run_id: RunId, services: Parts, who: Who) -> Response:
    """Forget a run that has ended, and what it streamed."""
    run = services.requests.get(run_id, who.access, thread_id)
    if run.status in OPEN:
        raise Conflict(f"run {run_id} has not ended", hint="Cancel it first.")
    await services.requests.adelete(run_id)
    return Response(status_code=204)


@router.post("/threads/{thread_id}/runs/{run_id}/cancel", response_class=Response)
async def cancel_run(
    thread_id: ThreadId,
    run_id: RunId,
    services: Parts,
    who: Who,
    wait: Annotated[Literal[0, 1] | bool, Query()] = 0,
    action: CancelAction = "interrupt",
) -> Response:
    """End a run before its time."""
    run = services.requests.get(run_id, who.access, thread_id)
    if run.status not in OPEN:
        raise Conflict(f"run {run_id} has ended already: {run.status}", hint="Nothing is left to cancel.")
    await services.runs.cancel(run, action)
    if wait:
        await services.runs.ended(run)
    return Response(status_code=204 if wait else 202)


@router.get("/threads/{thread_id}/runs/{run_id}/join", response_class=Response)
async def join_run(thread_id: ThreadId, run_id: RunId, services: Parts, who: Who) -> Response:
    """Wait for the last state of a run."""
    run = services.requests.get(run_id, who.access, thread_id)
    return PatientResponse(_result(services, run), media_type="application/json", headers=_headers(run))


@router.get("/threads/{thread_id}/runs/{run_id}/stream", response_class=Response)
async def join_run_stream(
    thread_id: ThreadId,
    run_id: RunId,
    services: Parts,
    who: Who,
    stream_mode: Modes = None,
    cancel_on_disconnect: bool = False,
    last_event_id: LastEventId = None,
) -> Response:
    """Stream what happens in a run from now on, or from where a reader stopped; -1 is the beginning."""
    run = services.requests.get(run_id, who.access, thread_id)
    return _joined(services, run, stream_mode, cancel=cancel_on_disconnect, last_event_id=last_event_id)


@router.get("/runs/{run_id}/stream", response_class=Response)
async def join_stateless_run_stream(
    run_id: RunId,
    services: Parts,
    who: Who,
    stream_mode: Modes = None,
    cancel_on_disconnect: bool = False,
    last_event_id: LastEventId = None,
) -> Response:
    """Stream what happens in a run, whatever its thread."""
    run = services.requests.get(run_id, who.access)
    return _joined(services, run, stream_mode, cancel=cancel_on_disconnect, last_event_id=last_event_id)


# --- what the routes share -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to carry out a trigger's firing.

    Attributes:
        run_id: Of its run.
        earlier: The runs of the attempts before it, which it goes on from.
        noting: What notes, in the write that takes the run on, that it has begun.
    """

    run_id: str
    earlier: Sequence[str]
    noting: Callable[[RunRequest], Work[None]]


async def accept(
    services: Services,
    who: Caller,
    body: RunCreate,
    thread_id: str | None,
    *,
    durable: bool = True,
    number: int = 0,
    attempt: Attempt | None = None,
) -> RunRequest:
    """Take a run on.

    Args:
        services: The server's parts.
        who: Asks for it.
        body: What is asked for.
        thread_id: The thread; None for one of its own.
        durable: Whether it survives a power cut before its result is there.
        number: Which of the request's runs it is.
        attempt: What a trigger's firing knows of it.

    Raises:
        NotAllowed: It decides what waits for a person, and the caller may not.
    """
    assistant = services.assistants.resolve(body.assistant_id, who.access)
    await check_command(services, who, assistant.graph_id, body.command)
    if body.webhook:
        services.callbacks.targets.check(body.webhook)
    run_id = attempt.run_id if attempt else who.id_of(f"run {number}")
    if who.creates and (made := services.requests.made(run_id, who.access)) is not None:
        return made  # by the same request, whose answer was lost with its process
    kwargs = body.kwargs()
    if assistant.config or assistant.context:
        kwargs["config"] = _merged(assistant.config, kwargs.get("config"))
        kwargs["context"] = {**(assistant.context or {}), **(kwargs.get("context") or {})} or None
    if attempt and attempt.earlier:
        kwargs["goes_on"] = list(attempt.earlier)
    if who.principal.roles:
        kwargs[ROLES] = sorted(who.principal.roles)
    due = to_iso(SystemClock().now() + timedelta(seconds=body.after_seconds)) if body.after_seconds else ""
    run = RunRequest(
        run_id=run_id,
        thread_id=thread_id or new_id(),
        graph_id=assistant.graph_id,
        assistant_id=assistant.assistant_id,
        tenant=who.principal.tenant,
        owner=who.principal.id,
        due_at=due,
        multitask_strategy=body.multitask_strategy or "enqueue",
        temporary=thread_id is None and body.on_completion != "keep",
        metadata=dict(body.metadata or {}),
        kwargs=kwargs,
    )
    offer = Offer(
        run,
        who.access,
        strategy=body.multitask_strategy or "enqueue",
        creates=thread_id is None or body.if_not_exists == "create",
        also=attempt.noting(run) if attempt else None,
    )
    return await services.runs.accept(offer, durable=durable)


def shown(run: RunRequest) -> dict[str, Any]:
    """A run as it is told."""
    return {
        "run_id": run.run_id,
        "thread_id": run.thread_id,
        "assistant_id": run.assistant_id,
        "created_at": run.created_at,
        "updated_at": run.updated_at,
        "status": run.status,
        "metadata": run.metadata,
        "kwargs": run.told_kwargs,
        "multitask_strategy": run.multitask_strategy,
        "attempt": run.attempt,
        "error": run.error,
    }


def _merged(below: Mapping[str, Any] | None, above: Mapping[str, Any] | None) -> dict[str, Any]:
    """An assistant's configuration with the request's over it."""
    below, above = below or {}, above or {}
    inner = {**(below.get("configurable") or {}), **(above.get("configurable") or {})}
    return {**below, **above, "configurable": inner}


async def _streamed(services: Services, who: Caller, body: RunCreate, thread_id: str | None) -> Response:
    run = await accept(services, who, body, thread_id)

    async def left() -> None:
        if body.on_disconnect == "cancel" and services.runs.is_taking:  # else it is the server that leaves
            await services.runs.cancel(run)

    return stream_response(services.runs.follow(run), headers=_headers(run, "stream"), left=left)


async def _waited(services: Services, who: Caller, body: RunCreate, thread_id: str | None) -> Response:
    run = await accept(services, who, body, thread_id)
    cancels = body.on_disconnect == "cancel"
    kind = StreamingResponse if cancels else PatientResponse
    return kind(
        _result(services, run, cancels=cancels), media_type="application/json", headers=_headers(run, "join")
    )


async def _result(services: Services, run: RunRequest, *, cancels: bool = False) -> AsyncIterator[bytes]:
    """Empty lines until the run has ended, then its last state."""
    waiting = asyncio.ensure_future(services.runs.ended(run))
    try:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_BEAT_S):
                    end = await asyncio.shield(waiting)
                    break
            yield b"\n"
    finally:
        if not waiting.done():
            waiting.cancel()
            if cancels and services.runs.is_taking:
                await services.runs.cancel(run)
    yield await _told(services, run, end)


async def _told(services: Services, run: RunRequest, end: RunEnd | None) -> bytes:
    if end is None:
        end = await services.runs.stored_end(run)
    if end.error is not None:
        return encode({"__error__": end.error})
    return end.values or b"null"


def _joined(
    services: Services,
    run: RunRequest,
    modes: list[str] | None,
    *,
    cancel: bool,
    last_event_id: str | None,
) -> Response:
    place = place_of(last_event_id)
    after = services.runs.hub.last_seq(run.run_id) if place is None else place

    async def left() -> None:
        if cancel and services.runs.is_taking:
            await services.runs.cancel(run)

    wanted = frozenset(mode for mode in modes or () if mode) or None  # a stock client sends an empty one
    return stream_response(
        services.runs.follow(run, after), headers=_headers(run, "stream"), modes=wanted, left=left
    )


def _headers(run: RunRequest, then: str = "") -> dict[str, str]:
    """Where the run is found, by which clients learn its id and come back to it."""
    place = f"/threads/{run.thread_id}/runs/{run.run_id}"
    return {"Content-Location": place, **({"Location": f"{place}/{then}"} if then else {})}
