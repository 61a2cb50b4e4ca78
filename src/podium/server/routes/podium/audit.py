"""The record that cannot be quietly changed: looking, checking, handing out."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import StreamingResponse

from podium.app.audit import AuditTrail
from podium.app.audit_query import wanted_records
from podium.core.audit import AUDIT_KINDS
from podium.server.auth import Parts, Who
from podium.server.models.podium import AuditCheck, AuditRecordList, AuditRecordView
from podium.server.services import Services
from podium.server.wire import JsonResponse

router = APIRouter(prefix="/audit", tags=["Audit"])
_HELD_BYTES = 1_000_000
_PART_BYTES = 65_536


@router.get("/records", response_model=AuditRecordList)
async def list_records(
    services: Parts,
    who: Who,
    thread: Annotated[str, Query(max_length=200)] = "",
    kind: Annotated[str, Query(max_length=50)] = "",
    actor: Annotated[str, Query(max_length=200)] = "",
    since: Annotated[str, Query(max_length=50)] = "",
    until: Annotated[str, Query(max_length=50)] = "",
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    before: Annotated[int, Query(ge=0, le=2**62, description="The page before: its first record's seq.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
) -> JsonResponse:
    """Records of the caller's tenant, oldest first; the latest ones where there are more than the limit."""
    wanted = wanted_records(thread=thread, kind=kind, actor=actor, since=since, until=until)
    wanted = replace(wanted, tenant=who.access.tenant, after=after, before=before)
    found = await asyncio.to_thread(_trail(services).records, wanted, limit=limit)
    return JsonResponse(
        AuditRecordList(
            records=[
                AuditRecordView(
                    seq=one.seq,
                    hash=one.hash,
                    after=one.after,
                    kind=one.kind,
                    at=one.at,
                    who=one.who,
                    person=one.person,
                    thread_id=one.thread_id,
                    run_id=one.run_id,
                    data=one.data,
                    sealed=one.sealed,
                )
                for one in found
            ],
            before=found[0].seq if len(found) == limit and found[0].seq > 1 else None,
            kinds=list(AUDIT_KINDS),
        )
    )


@router.get("/check", response_model=AuditCheck)
async def check_chain(services: Parts, who: Who) -> JsonResponse:
    """Check that no record of the chain was changed, removed, inserted or moved."""
    who.need_project(services)
    report = await asyncio.to_thread(_trail(services).verify)
    return JsonResponse(
        AuditCheck(
            ok=report.fault is None,
            records=report.records,
            head=report.head.hash,
            fault=report.fault.message if report.fault else None,
            put_away=report.put_away,
            signed=report.signed,
            trusted=report.trusted,
        )
    )


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/jsonl": {}}, "description": "The chain, one record a line."}},
)
async def export_chain(services: Parts, who: Who, *, sealed: bool = False) -> StreamingResponse:
    """The whole chain as JSON Lines that anybody can check; with what is sealed only where asked."""
    who.need_project(services)
    file = tempfile.SpooledTemporaryFile(max_size=_HELD_BYTES, mode="w+", encoding="utf-8")  # noqa: SIM115
    await asyncio.to_thread(_trail(services).export, file, sealed=sealed)
    file.seek(0)

    def parts() -> Iterator[str]:
        with file:
            while part := file.read(_PART_BYTES):
                yield part

    headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"'}
    return StreamingResponse(parts(), media_type="application/jsonl", headers=headers)


def _trail(services: Services) -> AuditTrail:
    return AuditTrail(services.app.project, services.database)
