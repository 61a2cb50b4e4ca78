"""Runs: background, waited for, streamed, joined, cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Request
from starlette.responses import Response, StreamingResponse

from podium.core.errors import Conflict, InputError, Overloaded
from podium.runtime.serving.encoding import encode
from podium.runtime.serving.worker import RunEnd
from podium.server import unheeded
from podium.server.asking import accept, accept_all
from podium.server.auth import Caller, Parts, Who
from podium.server.governing import check_ending
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
from podium.server.sse import modes_of, place_of, stream_response
from podium.server.wire import BEAT, JsonResponse, PatientResponse
from podium.storage.run_requests import OPEN, CancelAction, RunRequest

router = APIRouter(tags=["Runs"])

ThreadId = Annotated[Uuid, Path()]
RunId = Annotated[Uuid, Path()]
Modes = Annotated[list[str] | None, Query(alias="stream_mode")]
LastEventId = Annotated[str | None, Header(alias="Last-Event-ID")]
WAIT_BEAT_S = 1.0
"""How often a client that waits for a result is sent an empty line, so that nothing between cuts it off."""


@router.post("/threads/{thread_id}/runs", response_model=Run)
async def create_run(
    request: Request, thread_id: ThreadId, body: RunCreate, services: Parts, who: Who
) -> JsonResponse:
    """Start a run in the background."""
    _warn(request, body, in_thread=True)
    run = await accept(services, who, body, thread_id)
    return JsonResponse(shown(run), headers=_headers(run))


@router.post("/threads/{thread_id}/runs/stream", response_class=Response)
async def stream_run(
    request: Request, thread_id: ThreadId, body: RunCreate, services: Parts, who: Who
) -> Response:
    """Start a run and stream what happens in it."""
    _warn(request, body, in_thread=True, attended=True)
    return await _streamed(services, who, body, thread_id)


@router.post("/threads/{thread_id}/runs/wait", response_class=Response)
async def wait_for_run(
    request: Request, thread_id: ThreadId, body: RunCreate, services: Parts, who: Who
) -> Response:
    """Start a run and wait for its last state."""
    _warn(request, body, in_thread=True, attended=True)
    return await _waited(services, who, body, thread_id)


@router.post("/runs", response_model=Run)
async def create_stateless_run(request: Request, body: RunCreate, services: Parts, who: Who) -> JsonResponse:
    """Start a run in a thread of its own that goes with it."""
    _warn(request, body, in_thread=False)
    run = await accept(services, who, body, None)
    return JsonResponse(shown(run), headers=_headers(run))


@router.post("/runs/stream", response_class=Response)
async def stream_stateless_run(request: Request, body: RunCreate, services: Parts, who: Who) -> Response:
    """Start a run in a thread of its own, and stream what happens in it."""
    _warn(request, body, in_thread=False, attended=True)
    return await _streamed(services, who, body, None)


@router.post("/runs/wait", response_class=Response)
async def wait_for_stateless_run(request: Request, body: RunCreate, services: Parts, who: Who) -> Response:
    """Start a run in a thread of its own, and wait for its last state."""
    _warn(request, body, in_thread=False, attended=True)
    return await _waited(services, who, body, None)


@router.post("/runs/batch", response_model=list[Run])
async def create_batch(request: Request, body: list[BatchRun], services: Parts, who: Who) -> JsonResponse:
    """Start several runs in the background: all of them or, where one is refused, none."""
    for one in body:
        _warn(request, one, in_thread=one.thread_id is not None)
    return JsonResponse([shown(run) for run in await accept_all(services, who, body)])


@router.post("/runs/cancel", status_code=204, response_class=Response)
async def cancel_runs(
    body: CancelRuns, services: Parts, who: Who, action: CancelAction = "interrupt"
) -> Response:
    """Cancel runs by their ids, by their thread, or by how they stand."""
    check_ending(who, action)
    if body.run_ids is None and body.status is None and body.thread_id is None:
        raise InputError("nothing says which runs are meant", hint="Send run_ids, thread_id or status.")
    if body.run_ids is not None and body.status is not None:
        raise InputError("run_ids and status both say which runs are meant", hint="Send one of them.")
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
    check_ending(who, action)
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


def _warn(request: Request, body: RunCreate, *, in_thread: bool, attended: bool = False) -> None:
    unheeded.note(request.scope, body.unheeded(in_thread=in_thread, attended=attended))


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
    """Empty lines until the run has ended, then its last state.

    When the server stops before that, its connections are cut off, and their clients come back.
    """
    waiting = asyncio.ensure_future(services.runs.ended(run))
    try:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT_BEAT_S):
                    end = await asyncio.shield(waiting)
                    break
            yield BEAT
    except Overloaded:
        yield BEAT
        await asyncio.get_running_loop().create_future()
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

    return stream_response(
        services.runs.follow(run, after), headers=_headers(run, "stream"), modes=modes_of(modes), left=left
    )


def _headers(run: RunRequest, then: str = "") -> dict[str, str]:
    """Where the run is found, by which clients learn its id and come back to it."""
    place = f"/threads/{run.thread_id}/runs/{run.run_id}"
    return {"Content-Location": place, **({"Location": f"{place}/{then}"} if then else {})}
