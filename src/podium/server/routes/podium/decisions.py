"""Why turns went where they went, and where other thresholds would send them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Path, Query

from podium.app.what_if import thresholds_with, what_if
from podium.core.clock import to_iso
from podium.server.auth import Parts, Who
from podium.server.decision_views import decision_view, policy_file
from podium.server.models.decisions import (
    ChangedRun,
    DecisionPage,
    PolicyShown,
    WhatIfBody,
    WhatIfReport,
)
from podium.server.models.runs import Uuid
from podium.server.wire import JsonResponse

if TYPE_CHECKING:
    from podium.app.what_if import Change

router = APIRouter(tags=["Decisions"])

_SHOWN: Final = 200
_LAST: Final = 2**62


@router.get("/threads/{thread_id}/decisions", response_model=DecisionPage)
async def list_decisions(
    thread_id: Annotated[Uuid, Path()],
    services: Parts,
    who: Who,
    run_id: Annotated[Uuid | None, Query()] = None,
    after: Annotated[int, Query(ge=0, le=_LAST)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
) -> JsonResponse:
    """The decisions of a thread, oldest first: what each was made from, its rule, and where it led."""
    services.threads.get(thread_id, who.access)
    await services.app.context.telemetry.flush()  # of a run that goes on, what is decided so far
    found, more = await services.decisions.page(thread_id, run_id=run_id, after=after, limit=limit)
    shown = [decision_view(services, one) for one in found]
    return JsonResponse({"decisions": shown, "next": found[-1].seq if more else None})


@router.post("/decisions/what-if", response_model=WhatIfReport)
async def try_thresholds(body: WhatIfBody, services: Parts, who: Who) -> JsonResponse:
    """What other thresholds would have done about the latest decisions that the caller may see."""
    policy = services.app.context.policy
    tried = thresholds_with(policy.thresholds, body.thresholds.model_dump(exclude_none=True))
    judged = await services.decisions.by_confidence(
        who.access,
        since=to_iso(body.since) if body.since is not None else "",
        until=to_iso(body.until) if body.until is not None else "",
        thread_id=body.thread_id or "",
        limit=body.limit,
    )
    found = await asyncio.to_thread(what_if, judged, policy.thresholds, tried)
    report = WhatIfReport(
        policy_version=policy.version,
        in_force=policy.thresholds,
        tried=tried,
        decisions=found.decisions,
        skipped=found.skipped,
        recorded=dict(found.recorded),
        now=dict(found.now),
        then=dict(found.then),
        changed=len(found.changed),
        right_lost=found.right_lost,
        wrong_caught=found.wrong_caught,
        runs=[_changed(one) for one in found.changed[:_SHOWN]],
    )
    return JsonResponse(report)


@router.get("/decisions/policy", response_model=PolicyShown)
async def get_policy(services: Parts, who: Who) -> JsonResponse:
    """The policy in force: thresholds, bounds, rules, and what holds for effects and tools."""
    del who
    policy = services.app.context.policy
    calibrator = policy.calibrator
    shown = PolicyShown(
        version=policy.version,
        file=policy_file(services),
        thresholds=policy.thresholds,
        bounds=policy.bounds,
        weights=policy.weights,
        rules=list(policy.rules),
        effects=dict(policy.effects),
        tools=policy.tools,
        approval_expires=policy.approval_expires,
        calibration=calibrator.model_dump(mode="json") if calibrator is not None else None,
    )
    return JsonResponse(shown)


def _changed(one: Change) -> ChangedRun:
    return ChangedRun(
        thread_id=one.decision.thread_id,
        run_id=one.decision.run_id,
        at=one.decision.at,
        score=one.decision.score or 0.0,
        recorded=one.decision.route,
        now=one.now,
        then=one.then,
        rule=one.rule,
        right=one.right,
    )
