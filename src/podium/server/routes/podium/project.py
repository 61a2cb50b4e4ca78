"""The project itself: its graphs as drawings, and its settings."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from podium.server.auth import Parts, Who
from podium.server.models.podium import ConfigView, Drawing
from podium.server.wire import JsonResponse

router = APIRouter(tags=["Project"])


@router.get("/graphs/{graph_id}/mermaid", response_model=Drawing)
async def draw_graph(
    graph_id: Annotated[str, Path(max_length=200)], services: Parts, who: Who
) -> JsonResponse:
    """A graph as a Mermaid diagram."""
    del who
    async with services.graphs.opened(graph_id, None, purpose="assistants.read") as graph:
        drawn = (await graph.aget_graph()).draw_mermaid()
    return JsonResponse(Drawing(graph_id=graph_id, mermaid=drawn))


@router.get("/config", response_model=ConfigView)
async def get_config(services: Parts, who: Who) -> JsonResponse:
    """Every setting, those that podium.toml leaves out among them."""
    who.need_project(services)
    project = services.app.project
    settings = project.manifest.model_dump(mode="json")
    return JsonResponse(ConfigView(project_folder=str(project.folder), config=settings))
