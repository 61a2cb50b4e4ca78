"""What waits for a person, over all threads: looking, assigning, deciding."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

import orjson
from fastapi import APIRouter, Path, Query

from podium.app.results import ActionDetail, Decision
from podium.core.clock import to_iso
from podium.core.errors import Conflict, NotFound, ThreadBusy
from podium.core.ids import new_id
from podium.core.model import JsonObject, JsonValue
from podium.core.principal import Access, told_of
from podium.runtime.serving.accepting import Offer
from podium.server.auth import Caller, Parts, Who
from podium.server.models.podium import (
    Assignment,
    DecisionBody,
    DecisionResult,
    EditBody,
    Interrupt,
    InterruptDetail,
    InterruptList,
)
from podium.server.models.runs import Uuid
from podium.server.services import Services
from podium.server.waiting import Waiting, check_may_decide, find, interrupts_in, why_not_decide
from podium.server.wire import JsonResponse, page_headers
from podium.storage.run_requests import ACTS, RunRequest
from podium.storage.tickets import Ticket

router = APIRouter(tags=["Interrupts"])

ThreadId = Annotated[Uuid, Path()]
InterruptId = Annotated[str, Path(min_length=1, max_length=200)]
_PLACE = "/threads/{thread_id}/interrupts/{interrupt_id}"


@router.get("/interrupts", response_model=InterruptList)
async def list_interrupts(
    services: Parts,
    who: Who,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> JsonResponse:
    """What waits in the threads that the caller may see, or is assigned to them; a page counts threads."""
    threads, total = await services.tickets.waiting(who.access, who.principal.id, limit=limit, offset=offset)
    found = [one.shown for thread in threads for one in await interrupts_in(services, thread)]
    headers = page_headers(total, offset, len(threads))
    return JsonResponse(InterruptList(interrupts=found), headers=headers)


@router.get(_PLACE, response_model=InterruptDetail)
async def get_interrupt(
    thread_id: ThreadId, interrupt_id: InterruptId, services: Parts, who: Who
) -> JsonResponse:
    """One thing that waits, with what stands behind it: schemas, sources, evidence, verdicts, confidence."""
    waiting = await find(services, who, thread_id, interrupt_id)
    detail = None
    if waiting.own:
        detail = await services.app.acting_as(who.principal).review(thread_id, interrupt_id)
    why_not = why_not_decide(who, waiting)
    shown = waiting.shown.model_dump()
    return JsonResponse(InterruptDetail(**shown, detail=detail, may_decide=not why_not, why_not=why_not))


@router.post(_PLACE + "/preview", response_model=ActionDetail)
async def preview_edit(
    thread_id: ThreadId, interrupt_id: InterruptId, body: EditBody, services: Parts, who: Who
) -> JsonResponse:
    """What an edit would make of an action: its preview, and the digest that approving it would approve."""
    waiting = await find(services, who, thread_id, interrupt_id)
    if body.digest not in waiting.shown.digests:
        raise NotFound(f"no action {body.digest} waits here", hint="Look again at what waits.")
    app = services.app.acting_as(who.principal)
    return JsonResponse(await app.try_edit(thread_id, body.digest, body.args))


@router.put(_PLACE + "/assignment", response_model=Interrupt)
async def assign_interrupt(
    thread_id: ThreadId, interrupt_id: InterruptId, body: Assignment, services: Parts, who: Who
) -> JsonResponse:
    """Say who is to decide, and until when; the assignee sees it, whosever the thread is."""
    services.threads.get(thread_id, who.access)
    waiting = await find(services, who, thread_id, interrupt_id)
    expires_at = to_iso(body.expires_at) if body.expires_at is not None else None
    ticket = Ticket(thread_id, interrupt_id, body.assignee or "", expires_at)
    await services.tickets.put(ticket, waiting.thread)
    return JsonResponse((await find(services, who, thread_id, interrupt_id)).shown)


@router.post(_PLACE + "/decision", response_model=DecisionResult)
async def decide(
    thread_id: ThreadId, interrupt_id: InterruptId, body: DecisionBody, services: Parts, who: Who
) -> JsonResponse:
    """Approve, edit, reject or answer what waits; the answer tells what came of it."""
    waiting = await find(services, who, thread_id, interrupt_id)
    check_may_decide(who, waiting)
    if waiting.own:
        return JsonResponse(await _decided(services, who, waiting, body))
    return JsonResponse(await _answered(services, who, waiting, body))


async def _decided(services: Services, who: Caller, waiting: Waiting, body: DecisionBody) -> DecisionResult:
    """Of the project's own graph: by its rules, so that what is approved happens once."""
    thread_id, interrupt_id = waiting.thread.thread_id, waiting.shown.interrupt_id
    decision = Decision(
        kind=body.kind or body.decisions[0].kind,
        each=tuple(one.plain() for one in body.decisions),
        digests=tuple(body.digests) if body.digests is not None else None,
        args=body.args,
        message=body.message,
        interrupt_id=interrupt_id,
    )
    try:
        reply = await services.app.acting_as(who.principal).resume(thread_id, decision)
    finally:
        with suppress(Conflict, ThreadBusy):  # a run that has begun meanwhile notes how the thread stands
            await services.threads.settle(thread_id, Access(waiting.thread.tenant))
    return DecisionResult(
        thread_id=thread_id, interrupt_id=interrupt_id, run_id=reply.run_id, status=reply.status, reply=reply
    )


async def _answered(services: Services, who: Caller, waiting: Waiting, body: DecisionBody) -> DecisionResult:
    """Of another graph: as a run that gives the interrupt its value."""
    thread, interrupt_id = waiting.thread, waiting.shown.interrupt_id
    resume: JsonValue = {interrupt_id: body.value if body.value is not None else _stock(body)}
    assistant = str(thread.metadata.get("assistant_id") or waiting.shown.graph_id)
    run = RunRequest(
        run_id=new_id(),
        thread_id=thread.thread_id,
        graph_id=waiting.shown.graph_id,
        assistant_id=assistant,
        tenant=thread.tenant,
        owner=thread.owner,
        multitask_strategy="reject",
        kwargs={
            "input": None,
            "command": {"resume": resume},
            "stream_mode": ["values"],
            "strict_resume": True,
            ACTS: told_of(who.principal),
        },
    )
    offer = Offer(run, Access(thread.tenant), strategy="reject", creates=False)
    taken = await services.runs.accept(offer)
    end = await services.runs.ended(taken)
    return DecisionResult(
        thread_id=thread.thread_id,
        interrupt_id=interrupt_id,
        run_id=taken.run_id,
        status=end.status,
        values=orjson.loads(end.values) if end.values else None,
    )


def _stock(body: DecisionBody) -> JsonValue:
    """The form that stock graphs take, see LangGraph's human in the loop."""
    if body.decisions:
        return {"decisions": [_word(one.kind, one.message, one.args) for one in body.decisions]}
    return {"decisions": [_word(str(body.kind), body.message, body.args)]}


def _word(kind: str, message: str, args: JsonObject) -> JsonValue:
    decision: dict[str, JsonValue] = {"type": kind}
    if message:
        decision["message"] = message
    if args:
        decision["args"] = dict(args)
    return decision
