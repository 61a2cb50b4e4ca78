"""Running suites from here: beginning, watching, stopping."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Request

from podium.core.errors import NotFound
from podium.evals.background import BackgroundRuns, Progress, SuiteRun
from podium.server.auth import Parts, Who
from podium.server.errors import Problem
from podium.server.models.evaluations import RunSuiteBody, SuiteProgress
from podium.server.routes.podium.cases import loaded_suite
from podium.server.routes.podium.evaluations import Name, logs_folder, logs_of
from podium.server.services import Services
from podium.server.wire import JsonResponse

router = APIRouter(prefix="/evaluations", tags=["Evaluations"])


@router.post("/suites/{suite:path}/runs", response_model=SuiteProgress, status_code=202)
async def run_suite(
    suite: Annotated[str, Path(max_length=200)],
    body: RunSuiteBody,
    request: Request,
    services: Parts,
    who: Who,
) -> JsonResponse:
    """Run a suite in a process of its own, one at a time; it goes on while nobody watches."""
    who.need_project(services)
    loaded = await asyncio.to_thread(loaded_suite, services, suite)
    wanted = SuiteRun(
        suite=loaded.file.absolute(),
        out=logs_folder(services).absolute(),
        tags=tuple(body.tags),
        limit=body.limit,
        model=body.model,
        max_cost=body.max_cost,
    )
    return JsonResponse(_shown(services, await _runs(request).start(wanted)), 202)


@router.get("/{name:path}/progress", response_model=SuiteProgress)
async def get_progress(name: Name, request: Request, services: Parts, who: Who) -> JsonResponse:
    """How far a run is that was begun here."""
    who.need_project(services)
    return JsonResponse(_shown(services, _known(request, services, name)))


@router.post("/{name:path}/stop", response_model=SuiteProgress)
async def stop_run(name: Name, request: Request, services: Parts, who: Who) -> JsonResponse:
    """End a run that was begun here; what it has recorded stays."""
    who.need_project(services)
    known = _known(request, services, name)
    return JsonResponse(_shown(services, await _runs(request).stop(known.log) or known))


def _runs(request: Request) -> BackgroundRuns:
    runs: BackgroundRuns = request.app.state.suite_runs
    return runs


def _known(request: Request, services: Services, name: str) -> Progress:
    found = _runs(request).progress(logs_folder(services).absolute() / f"{name}.jsonl")
    if found is None:
        raise NotFound(f"no run {name!r} was begun here", hint="Look at the evaluation itself.")
    return found


def _shown(services: Services, progress: Progress) -> SuiteProgress:
    problem = progress.problem
    return SuiteProgress(
        name=logs_of(services).name_of(progress.log),
        state=progress.state,
        planned=progress.planned,
        done=progress.done,
        case=progress.case,
        verdict=progress.verdict,
        problem=Problem(detail=problem["message"], code=problem["code"], hint=problem["hint"])
        if problem
        else None,
    )
