"""Suites and cases: what there is, how each case went, and threads and cases made of each other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query

from podium.core.errors import NotFound, PodiumError
from podium.evals.adding import Added, add_thread, case_files
from podium.evals.loading import LoadedSuite, find_suite, load_suite, suites_in
from podium.evals.log import TrialRecord
from podium.evals.logs import LogFile, Order, primary_of, trial_of, trials_of
from podium.evals.report.build import view_of
from podium.server.auth import Caller, Parts, Who
from podium.server.errors import Problem
from podium.server.models.evaluations import (
    CaseAdded,
    CaseBody,
    CaseRow,
    CaseRowList,
    SuiteList,
    SuiteView,
    TrialBody,
    TrialThread,
    TrialView,
)
from podium.server.routes.podium.evaluations import Name, logs_of, shown
from podium.server.services import Services
from podium.server.wire import JsonResponse, page_headers
from podium.storage.threads import ThreadRecord

router = APIRouter(prefix="/evaluations", tags=["Evaluations"])
_SHOWN: Final = 500
"""Characters of what was asked, in a list."""
_TITLE: Final = 80


@router.get("/suites", response_model=SuiteList)
async def list_suites(services: Parts, who: Who) -> JsonResponse:
    """The project's suites, each with its latest run; what is wrong with one is told in its place."""
    who.need_project(services)
    return JsonResponse(SuiteList(suites=await asyncio.to_thread(_suites, services)))


@router.post("/{suite:path}/cases", response_model=CaseAdded, status_code=201)
async def add_case(
    suite: Annotated[str, Path(max_length=200)], body: CaseBody, services: Parts, who: Who
) -> JsonResponse:
    """Add a thread to a suite as a case; what people corrected is the answer that is expected."""
    who.need_project(services)
    services.threads.get(body.thread_id, who.access)
    loaded = await asyncio.to_thread(loaded_suite, services, suite)
    added = await asyncio.to_thread(
        partial(
            add_thread,
            services.database,
            body.thread_id,
            loaded,
            case_id=body.case_id,
            answer=body.answer,
            file=body.file,
        )
    )
    return JsonResponse(_added(services, loaded, added), 201)


@router.get("/{name:path}/cases", response_model=CaseRowList)
async def list_cases(
    name: Name,
    services: Parts,
    who: Who,
    metric: Annotated[str, Query(max_length=200, description="The suite's primary one when empty.")] = "",
    order: Order = "worst",
    tag: Annotated[str, Query(max_length=200)] = "",
    failed: bool = False,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> JsonResponse:
    """How each case went: worst first, or as they ran; `failed` leaves out what went well."""
    who.need_project(services)
    log = await asyncio.to_thread(logs_of(services).find, name)
    by = metric or await asyncio.to_thread(primary_of, log)
    found, total = await asyncio.to_thread(
        partial(trials_of, log, metric=by, order=order, limit=limit, offset=offset),
        wanted=_wanted(by, tag, failed=failed),
    )
    rows = [_row(services, who, one, by) for one in found]
    headers = page_headers(total, offset, len(rows))
    return JsonResponse(CaseRowList(metric=by, cases=rows), headers=headers)


@router.get("/{name:path}/trial", response_model=TrialView)
async def get_trial(
    name: Name,
    services: Parts,
    who: Who,
    case: Annotated[str, Query(max_length=200)],
    epoch: Annotated[int, Query(ge=0, le=1000)] = 0,
) -> JsonResponse:
    """One run of a case, whole: what was expected, what was seen, and what the scorers said."""
    who.need_project(services)
    log = await asyncio.to_thread(logs_of(services).find, name)
    trial = await asyncio.to_thread(trial_of, log, case, epoch)
    view = view_of(trial).model_dump()
    return JsonResponse(TrialView(**view, thread_id=_thread_of(services, who, trial)))


@router.post("/{name:path}/trial/thread", response_model=TrialThread, status_code=201)
async def open_trial(name: Name, body: TrialBody, services: Parts, who: Who) -> JsonResponse:
    """Make a thread in which a case can be tried by hand; it only simulates its actions."""
    who.need_project(services)
    log = await asyncio.to_thread(logs_of(services).find, name)
    trial = await asyncio.to_thread(trial_of, log, body.case, body.epoch)
    thread_id = who.id_of("thread")
    await services.app.context.toolbox.ledger.mark_fork(thread_id, f"evaluation {log.name}")
    made = await services.threads.create(
        ThreadRecord(
            thread_id,
            tenant=who.principal.tenant,
            owner=who.principal.id,
            metadata={
                "title": f"{log.header.suite}: {trial.case.id}"[:_TITLE],
                "evaluation": log.name,
                "case": trial.case.id,
            },
        ),
        who.access,
        keeps=True,
    )
    first = next((turn.user for turn in trial.case.turns if turn.user is not None), None)
    return JsonResponse(TrialThread(thread_id=made.thread_id, input=trial.case.input or first), 201)


def _suites(services: Services) -> list[SuiteView]:
    runs: dict[str, int] = {}
    latest: dict[str, LogFile] = {}
    for log in logs_of(services).list():
        runs[log.header.suite] = runs.get(log.header.suite, 0) + 1
        latest.setdefault(log.header.suite, log)
    found = []
    for name in suites_in(services.app.project.folder):
        told: dict[str, Any] = {"name": name}
        try:
            loaded = loaded_suite(services, name)
            told |= {
                "description": loaded.suite.description,
                "target": " ".join(f"{one}" for one in loaded.suite.target.model_dump().values() if one),
                "primary": loaded.suite.primary,
                "case_files": case_files(loaded),
            }
            named = loaded.suite.name
        except PodiumError as error:
            told["problem"] = Problem(detail=error.message, code=error.code, hint=error.hint)
            named = name
        last = latest.get(named)
        found.append(SuiteView(**told, runs=runs.get(named, 0), latest=shown(last) if last else None))
    return found


def loaded_suite(services: Services, name: str) -> LoadedSuite:
    """A suite of the project.

    Raises:
        NotFound: There is none.
        ConfigError: It is broken.
    """
    folder = services.app.project.folder
    if name not in suites_in(folder):
        raise NotFound(f"no suite {name!r}", hint=f"There are: {', '.join(suites_in(folder)) or 'none'}.")
    return load_suite(find_suite(name, folder))


def _added(services: Services, loaded: LoadedSuite, added: Added) -> CaseAdded:
    project = services.app.project.folder
    file = added.file.relative_to(project) if added.file.is_relative_to(project) else added.file
    hint = (
        "" if added.in_suite else f"Name {file.name} under cases in {loaded.file.name} to run what is in it."
    )
    return CaseAdded(
        case=added.case.model_dump(mode="json", exclude_defaults=True),
        suite=loaded.suite.name,
        file=file.as_posix(),
        in_suite=added.in_suite,
        hint=hint,
    )


def _wanted(metric: str, tag: str, *, failed: bool) -> Callable[[TrialRecord], bool]:
    def wanted(trial: TrialRecord) -> bool:
        value = trial.value(metric)
        bad = trial.error is not None or (value is not None and value < 1.0)
        return (not tag or tag in trial.case.tags) and (bad or not failed)

    return wanted


def _row(services: Services, who: Caller, trial: TrialRecord, metric: str) -> CaseRow:
    case, seen = trial.case, trial.observation
    asked = case.input if case.input is not None else next((one.user for one in case.turns if one.user), "")
    text = asked if isinstance(asked, str) else json.dumps(asked, ensure_ascii=False)
    judged = next((one for one in trial.scores if one.name == metric), None)
    return CaseRow(
        case=case.id,
        epoch=trial.epoch,
        tags=list(case.tags),
        score=trial.value(metric),
        scores={one.name: one.value for one in trial.scores},
        reason=(judged.error or judged.reason) if judged else "",
        error=f"{trial.error.code}: {trial.error.message}" if trial.error else "",
        seconds=seen.seconds if seen else trial.seconds,
        status=seen.status if seen else "",
        input=text[:_SHOWN],
        thread_id=_thread_of(services, who, trial),
    )


def _thread_of(services: Services, who: Caller, trial: TrialRecord) -> str | None:
    """The thread that a case was made of, where it is here."""
    named = trial.case.metadata.get("thread")
    if not isinstance(named, str):
        return None
    try:
        return services.threads.get(named, who.access).thread_id
    except NotFound:
        return None
