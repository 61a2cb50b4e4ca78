"""How the project stands."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import RootModel

from podium.app.status import status_of
from podium.server.auth import Parts, Who
from podium.server.wire import JsonResponse

router = APIRouter(tags=["Project"])


class Standing(RootModel[dict[str, Any]]):
    """How the project stands, as `podium status --json` tells it."""


@router.get("/status", response_model=Standing)
async def get_status(services: Parts, who: Who) -> JsonResponse:
    """What waits and was given up, the objectives, and the last backup, of all tenants."""
    who.need_project(services)
    found = await status_of(services.app.project, services.database)
    return JsonResponse({"server": {"up": True, "ready": services.runs.is_taking}, **found})
