"""The logs of evaluations that lie in the project, and their figures."""

from __future__ import annotations

import asyncio
from pathlib import Path as File
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query

from podium.core.errors import InputError, NotFound
from podium.evals.log import LogEnd, LogHeader, read_entries, read_trials
from podium.evals.summary import Summary
from podium.server.auth import Parts, Who
from podium.server.models.podium import Evaluation, EvaluationList, EvaluationReport, Figure
from podium.server.services import Services
from podium.server.wire import JsonResponse, page_headers

router = APIRouter(prefix="/evaluations", tags=["Evaluations"])
_FOLDER: Final = "evals"


@router.get("", response_model=EvaluationList)
async def list_evaluations(
    services: Parts,
    who: Who,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> JsonResponse:
    """The logs, the latest first."""
    who.need_project(services)
    found, total = await asyncio.to_thread(_listed, services, limit, offset)
    headers = page_headers(total, offset, len(found))
    return JsonResponse(EvaluationList(evaluations=found), headers=headers)


@router.get("/{name:path}", response_model=EvaluationReport)
async def get_evaluation(
    name: Annotated[str, Path(max_length=300)], services: Parts, who: Who
) -> JsonResponse:
    """One evaluation and its figures, with where they may truly lie."""
    who.need_project(services)
    return JsonResponse(await asyncio.to_thread(_report, services, name))


def _folder(services: Services) -> File:
    return services.app.project.data / _FOLDER


def _listed(services: Services, limit: int, offset: int) -> tuple[list[Evaluation], int]:
    folder = _folder(services)
    files = sorted(folder.rglob("*.jsonl"), key=lambda file: file.stat().st_mtime, reverse=True)
    shown = [_evaluation(folder, file) for file in files]
    found = [one for one in shown if one is not None]
    return found[offset : offset + limit], len(found)


def _evaluation(folder: File, file: File) -> Evaluation | None:
    """What a log says of itself; None where the file is none."""
    header, end = None, None
    try:
        for entry in read_entries(file):
            if isinstance(entry, LogHeader):
                header = entry
            elif isinstance(entry, LogEnd):
                end = entry
    except InputError:
        return None
    if header is None:
        return None
    name = file.relative_to(folder).with_suffix("").as_posix()
    return Evaluation(name=name, header=header, end=end, bytes=file.stat().st_size)


def _report(services: Services, name: str) -> EvaluationReport:
    folder = _folder(services)
    file = next((one for one in folder.rglob("*.jsonl") if _named(folder, one) == name), None)
    shown = _evaluation(folder, file) if file is not None else None
    if file is None or shown is None:
        raise NotFound(f"no evaluation {name!r}", hint="List the evaluations to see which there are.")
    summary = Summary.of(shown.header, read_trials(file))
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
    return EvaluationReport(evaluation=shown, trials=summary.trials, errors=summary.errors, figures=figures)


def _named(folder: File, file: File) -> str:
    return file.relative_to(folder).with_suffix("").as_posix()
