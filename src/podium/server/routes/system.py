"""Is it there, is it ready, and which version is it."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter

from podium import __version__
from podium.server.auth import Parts
from podium.server.wire import JsonResponse

router = APIRouter(tags=["System"])


@router.get("/ok")
async def ok() -> dict[str, bool]:
    """Whether the server is there."""
    return {"ok": True}


@router.get("/ready", responses={503: {"description": "Not now: it starts, or it is about to stop."}})
async def ready(services: Parts) -> JsonResponse:
    """Whether the server takes new runs; `degraded` names roles whose models have no key, if any lack one.

    Others stand in for these models, and each answer says so.
    """
    taking, context = services.runs.is_taking, services.app.context
    missing = await asyncio.to_thread(context.missing_keys)
    degraded = sorted(role for role, model in context.models.items() if model in missing)
    told = {"degraded": degraded} if degraded else {}
    return JsonResponse({"ready": taking, **told}, 200 if taking else 503)


@router.get("/info")
async def info() -> dict[str, Any]:
    """Versions and what the server can do."""
    return {
        "version": __version__,
        "langgraph_py_version": version("langgraph"),
        "flags": {"assistants": True, "crons": True, "langsmith": False},
    }
