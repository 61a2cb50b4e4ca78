"""The logs of evaluations that lie in the project, their figures, and two of them beside each other."""

from __future__ import annotations

import asyncio
from itertools import islice
from pathlib import Path as File
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query

from podium.core.errors import InputError
from podium.evals.gate import judge_run
from podium.evals.log import read_trials
from podium.evals.logs import LogFile, Logs, changes_of, earlier_than, primary_of
from podium.evals.report.build import build_report
from podium.evals.report.model import Report
from podium.evals.summary import Summary
from podium.server import errors
from podium.server.auth import Parts, Who
from podium.server.models.evaluations import (
    CaseDifference,
    Evaluation,
    EvaluationComparison,
    EvaluationList,
    EvaluationReport,
    Figure,
    MetricChange,
)
from podium.server.services import Services
from podium.server.wire import JsonResponse, page_headers

router = APIRouter(prefix="/evaluations", tags=["Evaluations"])
Name = Annotated[str, Path(max_length=300)]
NameAsked = Annotated[str, Query(max_length=300)]
Offset = Annotated[int, Query(ge=0, le=2**31)]
_FOLDER: Final = "evals"


@router.get("", response_model=EvaluationList)
async def list_evaluations(
    services: Parts,
    who: Who,
    suite: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    offset: Offset = 0,
) -> JsonResponse:
    """The logs, the latest first."""
    who.need_project(services)
    found = await asyncio.to_thread(lambda: list(logs_of(services).list(suite)))
    page = found[offset : offset + limit]
    headers = page_headers(len(found), offset, len(page))
    return JsonResponse(EvaluationList(evaluations=[shown(one) for one in page]), headers=headers)


@router.get(
    "/compare",
    response_model=EvaluationComparison,
    responses={404: {"model": errors.Problem, "description": "A run that is named is not there."}},
)
async def compare_evaluations(
    services: Parts,
    who: Who,
    before: NameAsked,
    after: NameAsked,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Offset = 0,
) -> JsonResponse:
    """Two runs of a suite, case by case: better, worse, or cannot tell."""
    who.need_project(services)
    logs = logs_of(services)
    earlier = await asyncio.to_thread(logs.find, before)
    later = await asyncio.to_thread(logs.find, after)
    if earlier.header.suite != later.header.suite:
        raise InputError(
            f"{before} is a run of {earlier.header.suite}, {after} of {later.header.suite}",
            hint="Compare runs of one suite.",
        )
    compared, total = await asyncio.to_thread(_compared, earlier, later, limit, offset)
    headers = page_headers(total, offset, len(compared.cases))
    return JsonResponse(compared, headers=headers)


@router.get("/{name:path}/report", response_model=Report)
async def get_report(name: Name, services: Parts, who: Who) -> JsonResponse:
    """What a run came to, whole but for its cases, and the runs before it."""
    who.need_project(services)
    log = await asyncio.to_thread(logs_of(services).find, name)
    return JsonResponse(await asyncio.to_thread(_report, log))


@router.get("/{name:path}", response_model=EvaluationReport)
async def get_evaluation(name: Name, services: Parts, who: Who) -> JsonResponse:
    """One evaluation and its figures, with where they may truly lie."""
    who.need_project(services)
    log = await asyncio.to_thread(logs_of(services).find, name)
    return JsonResponse(await asyncio.to_thread(_figures, log))


def logs_folder(services: Services) -> File:
    """Where the project's logs lie."""
    return services.app.project.data / _FOLDER


def logs_of(services: Services) -> Logs:
    """The project's logs."""
    return Logs(logs_folder(services))


def shown(log: LogFile) -> Evaluation:
    """A log as it is told."""
    return Evaluation(name=log.name, header=log.header, end=log.end, bytes=log.path.stat().st_size)


def _report(log: LogFile) -> Report:
    gate = judge_run(log.header, Summary.of(log.header, read_trials(log.path)), log.path)
    report = build_report(log.path, gate=gate, trend=earlier_than(log.path))
    return report.model_copy(update={"rows": (), "worst": ()})


def _figures(log: LogFile) -> EvaluationReport:
    summary = Summary.of(log.header, read_trials(log.path))
    figures = []
    for metric in summary.metrics:
        interval = summary.interval(metric)
        figures.append(
            Figure(
                metric=metric,
                mean=interval.mean if interval else None,
                low=interval.low if interval else None,
                high=interval.high if interval else None,
            )
        )
    return EvaluationReport(
        evaluation=shown(log), trials=summary.trials, errors=summary.errors, figures=figures
    )


def _compared(before: LogFile, after: LogFile, limit: int, offset: int) -> tuple[EvaluationComparison, int]:
    report, metric = build_report(after.path, baseline=before.path), primary_of(after)
    changes = changes_of(before, after, metric)
    cases = [
        CaseDifference(
            case=one.case,
            tags=list(one.tags),
            before=one.before,
            now=one.now,
            difference=one.now - one.before,
        )
        for one in islice(changes, offset, offset + limit)
    ]
    metrics = [MetricChange(name=one.name, primary=one.primary, change=one.change) for one in report.metrics]
    compared = EvaluationComparison(
        suite=after.header.suite,
        metric=metric,
        before=shown(before),
        after=shown(after),
        metrics=metrics,
        cases=cases,
    )
    return compared, len(changes)
