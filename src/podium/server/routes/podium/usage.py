"""What was spent, and the turns that spent it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query

from podium.app.audit_query import moment_of
from podium.core.clock import to_iso
from podium.server.auth import Parts, Who
from podium.server.models.podium import TurnRun, TurnRunList, UsageReport, UsageRow
from podium.server.wire import JsonResponse, page_headers
from podium.storage.usage import RunFilter, UsageKey

router = APIRouter(tags=["Usage"])
Word = Annotated[str, Query(max_length=200)]


@router.get("/usage", response_model=UsageReport)
async def get_usage(
    services: Parts,
    who: Who,
    by: UsageKey = "day",
    thread: Word = "",
    graph: Word = "",
    since: Word = "",
    until: Word = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
) -> JsonResponse:
    """What the caller's turns have spent, by thread, model or day in UTC: the latest or dearest first."""
    wanted = _wanted(thread=thread, graph=graph, since=since, until=until)
    rows = [
        UsageRow(**asdict(row)) for row in await services.spending.by(by, who.access, wanted, limit=limit)
    ]
    report = UsageReport(by=by, since=wanted.since or None, until=wanted.until or None, rows=rows)
    return JsonResponse(report)


@router.get("/runs", response_model=TurnRunList)
async def list_turns(
    services: Parts,
    who: Who,
    thread: Word = "",
    graph: Word = "",
    status: Word = "",
    since: Word = "",
    until: Word = "",
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> JsonResponse:
    """The turns over all threads that the caller may see, the latest first."""
    wanted = _wanted(thread=thread, graph=graph, status=status, since=since, until=until)
    rows, total = await services.spending.runs(who.access, wanted, limit=limit, offset=offset)
    headers = page_headers(total, offset, len(rows))
    return JsonResponse(TurnRunList(runs=[TurnRun(**row) for row in rows]), headers=headers)


def _wanted(*, thread: str, graph: str, since: str, until: str, status: str = "") -> RunFilter:
    return RunFilter(
        thread_id=thread,
        status=status,
        graph=graph,
        since=to_iso(moment_of(since)) if since else "",
        until=to_iso(moment_of(until)) if until else "",
    )
