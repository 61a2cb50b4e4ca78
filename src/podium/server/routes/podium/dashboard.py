"""How things go: throughput, times, success, confidence, guardrails, cost, people, and what is aimed at."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Query

from podium.app.audit_query import moment_of
from podium.app.objectives import measure
from podium.app.status import own_graph
from podium.core.clock import SystemClock, to_iso
from podium.core.errors import InputError, NotAllowed
from podium.server import figures
from podium.server.auth import Caller, Parts, Who
from podium.server.models.dashboard import DashboardShown, ObjectiveShown, ObjectivesShown
from podium.server.services import Services
from podium.server.wire import JsonResponse
from podium.storage.dashboard import Span

router = APIRouter(tags=["Dashboard"])

Word = Annotated[str, Query(max_length=200)]
_LAST: Final = timedelta(days=1)
_LONGEST: Final = timedelta(days=3_660)


@router.get("/dashboard", response_model=DashboardShown)
async def get_dashboard(
    services: Parts,
    who: Who,
    since: Word = "",
    until: Word = "",
    graph: Word = "",
    buckets: Annotated[int, Query(ge=1, le=400)] = 24,
) -> JsonResponse:
    """How the runs went that began in some time and that the caller may see; by default the last day."""
    await services.app.context.telemetry.flush()
    span = _span(since, until, buckets, SystemClock().now())
    own = services.graphs.own or ""
    found = await services.dashboard.of(who.access, span, own=own, graph=graph)
    shown = DashboardShown(
        since=to_iso(span.since),
        until=to_iso(span.until),
        bucket_seconds=span.width,
        runs=figures.run_figures(found.whole),
        buckets=figures.buckets(span, found),
        latency=figures.latency(found.whole),
        confidence=figures.confidence(found.sure),
        reliability=figures.reliability(found.judged),
        guardrails=figures.activations(found),
        cost=figures.cost(found.spent),
        people=figures.people(found),
        objectives=await _objectives(services, who, span.until),
    )
    return JsonResponse(shown)


def _span(since: str, until: str, parts: int, now: datetime) -> Span:
    end = moment_of(until).astimezone(UTC) if until else now
    try:
        begin = moment_of(since).astimezone(UTC) if since else end - _LAST
    except OverflowError:
        raise InputError(f"{until} is too early", hint="Name a later moment.") from None
    if not timedelta(0) < end - begin <= _LONGEST:
        raise InputError(
            f"from {to_iso(begin)} to {to_iso(end)} is no time to look at",
            hint="Let since be before until, by ten years at most.",
        )
    return Span(begin, end, parts)


async def _objectives(services: Services, who: Caller, now: datetime) -> ObjectivesShown | None:
    """The aims of the project, which are of all tenants."""
    try:
        who.need_project(services)
    except NotAllowed:
        return None
    project = services.app.project
    settings, own = project.manifest.objectives, own_graph(project)
    measured = await services.database.aread(lambda connection: measure(connection, settings, own, now))
    return ObjectivesShown(
        window_days=settings.window_days,
        measured=[ObjectiveShown(**asdict(one)) for one in measured],
    )
