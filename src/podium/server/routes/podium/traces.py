"""What happened in the runs of a thread: nodes, model calls as sent, tools, searches, guardrails."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Path, Query

from podium.core.errors import NotFound
from podium.server.auth import Parts, Who
from podium.server.models.runs import Uuid
from podium.server.models.traces import Trace, TraceSpan
from podium.server.services import Services
from podium.server.trace_views import SpanViews
from podium.server.wire import JsonResponse
from podium.storage.traces import TracePage

if TYPE_CHECKING:
    from podium.tools.effect import Effect

router = APIRouter(prefix="/threads/{thread_id}", tags=["Traces"])

ThreadId = Annotated[Uuid, Path()]
_MOST_BYTES: Final = 2_000_000
"""Of what is recorded, for one page."""
_LAST: Final = 2**62


@router.get("/trace", response_model=Trace)
async def get_trace(
    thread_id: ThreadId,
    services: Parts,
    who: Who,
    run_id: Annotated[Uuid | None, Query()] = None,
    after: Annotated[int, Query(ge=0, le=_LAST)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 500,
) -> JsonResponse:
    """A page of spans, in the order in which they ended; long texts are shortened."""
    services.threads.get(thread_id, who.access)
    await services.app.context.telemetry.flush()  # of a run that goes on, what is done so far
    page = await services.traces.page(
        thread_id, run_id=run_id, after=after, limit=limit, most_bytes=_MOST_BYTES
    )
    views = SpanViews(page.runs, await _effects(services, page), whole=False)
    told = {
        "runs": [asdict(run) for run in page.runs],
        "spans": [views.of(event) for event in page.events],
        "next": page.events[-1].seq if page.more else None,
    }
    return JsonResponse(told)


@router.get("/trace/{seq}", response_model=TraceSpan)
async def get_span(
    thread_id: ThreadId, seq: Annotated[str, Path(max_length=64)], services: Parts, who: Who
) -> JsonResponse:
    """One span with all its texts."""
    services.threads.get(thread_id, who.access)
    number = int(seq) if seq.isascii() and seq.isdecimal() and int(seq) < _LAST else 0
    page = await services.traces.event(thread_id, number) if number else None
    if page is None:
        raise NotFound(f"no span {seq} in thread {thread_id}", hint="The thread's trace lists them.")
    views = SpanViews(page.runs, await _effects(services, page), whole=True)
    return JsonResponse(views.of(page.events[0]))


async def _effects(services: Services, page: TracePage) -> list[Effect]:
    named = (event.payload.get("attributes", {}).get("podium.effect.digest") for event in page.events)
    digests = sorted({str(digest) for digest in named if digest})
    return await services.app.context.toolbox.effects(digests) if digests else []
