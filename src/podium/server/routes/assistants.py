"""Assistants: made, found, changed in versions, and what their graphs look like."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import Field
from starlette.responses import Response

from podium.core.clock import SystemClock
from podium.graphs.json_schemas import schemas_of
from podium.server.auth import Caller, Parts, Who
from podium.server.models.assistants import (
    AssistantCreate,
    AssistantFilter,
    AssistantPatch,
    AssistantSearch,
    AssistantShown,
    GraphSchemas,
    GraphShown,
    SelectedAssistant,
    VersionChoice,
    VersionSearch,
)
from podium.server.routes.threads import CONFLICT, NOT_FOUND
from podium.server.services import Services
from podium.server.wire import JsonResponse, page_headers
from podium.storage.assistants import Assistant, AssistantQuery
from podium.storage.leases import ThreadLeases
from podium.storage.thread_changes import ThreadChanges
from podium.storage.thread_search import ThreadQuery, ThreadSearch

router = APIRouter(tags=["Assistants"])

AssistantId = Annotated[str, Path(description="A UUID, or the name of a graph.", max_length=200)]
Depth = Annotated[int, Field(ge=0, le=100)]
_UNTITLED = "Untitled"


@router.post("/assistants", response_model=AssistantShown, responses={**NOT_FOUND, **CONFLICT})
async def create_assistant(body: AssistantCreate, services: Parts, who: Who) -> JsonResponse:
    """Make an assistant: a graph with a configuration of its own."""
    made = Assistant(
        assistant_id=(body.assistant_id or who.id_of("assistant")).lower(),
        graph_id=body.graph_id,
        tenant=who.principal.tenant,
        owner=who.principal.id,
        name=body.name or _UNTITLED,
        description=body.description,
        config=body.config.model_dump(exclude_none=True) if body.config else {},
        context=body.context or {},
        metadata=body.metadata or {},
    )
    repeated = bool(who.creates) and body.assistant_id is None  # whose answer was lost with its process
    keeps = repeated or body.if_exists == "do_nothing"
    return JsonResponse(shown(await services.assistants.acreate(made, who.access, keeps=keeps)))


@router.post("/assistants/search", response_model=list[SelectedAssistant])
async def search_assistants(body: AssistantSearch, services: Parts, who: Who) -> JsonResponse:
    """Assistants, those that come with the graphs among them."""
    found, total = services.assistants.search(body.query(), who.access)
    rows = [shown(one) for one in found]
    if body.select is not None:
        rows = [{name: row[name] for name in body.select} for row in rows]
    return JsonResponse(rows, headers=page_headers(total, body.offset, len(rows)))


@router.post("/assistants/count", response_model=int)
async def count_assistants(body: AssistantFilter, services: Parts, who: Who) -> JsonResponse:
    """How many assistants there are."""
    query = AssistantSearch(**body.model_dump(), limit=1).query()
    return JsonResponse(services.assistants.search(query, who.access)[1])


@router.get("/assistants/{assistant_id}", response_model=AssistantShown, responses=NOT_FOUND)
async def get_assistant(assistant_id: AssistantId, services: Parts, who: Who) -> JsonResponse:
    """One assistant."""
    return JsonResponse(shown(services.assistants.resolve(assistant_id, who.access)))


@router.patch(
    "/assistants/{assistant_id}", response_model=AssistantShown, responses={**NOT_FOUND, **CONFLICT}
)
async def change_assistant(
    assistant_id: AssistantId, body: AssistantPatch, services: Parts, who: Who
) -> JsonResponse:
    """Put a new version of an assistant into force."""
    found = services.assistants.changeable(assistant_id, who.access)
    changes = body.changes()
    if body.graph_id is not None:
        services.assistants.check_graph(body.graph_id)
    changed = await services.assistants.stored.achange(found.assistant_id, who.access, changes)
    return JsonResponse(shown(changed))


@router.delete(
    "/assistants/{assistant_id}",
    status_code=204,
    response_class=Response,
    responses={**NOT_FOUND, **CONFLICT},
)
async def delete_assistant(
    assistant_id: AssistantId, services: Parts, who: Who, delete_threads: bool = False
) -> Response:
    """Delete an assistant, and its threads where that is asked for."""
    found = services.assistants.changeable(assistant_id, who.access)
    if delete_threads:
        await _delete_threads(services, found, who)
    await services.assistants.stored.adelete(found.assistant_id, who.access)
    return Response(status_code=204)


@router.post("/assistants/{assistant_id}/versions", response_model=list[AssistantShown], responses=NOT_FOUND)
async def list_versions(
    assistant_id: AssistantId, body: VersionSearch, services: Parts, who: Who
) -> JsonResponse:
    """The versions of an assistant, the latest first."""
    found = services.assistants.resolve(assistant_id, who.access)
    query = AssistantQuery(metadata=body.metadata or {}, limit=body.limit, offset=body.offset)
    return JsonResponse([shown(one) for one in services.assistants.versions(found, who.access, query)])


@router.post(
    "/assistants/{assistant_id}/latest", response_model=AssistantShown, responses={**NOT_FOUND, **CONFLICT}
)
async def choose_version(
    assistant_id: AssistantId, body: VersionChoice, services: Parts, who: Who
) -> JsonResponse:
    """Put a version of an assistant into force."""
    found = services.assistants.changeable(assistant_id, who.access)
    chosen = await services.assistants.stored.aset_version(found.assistant_id, who.access, body.version)
    return JsonResponse(shown(chosen))


@router.get("/assistants/{assistant_id}/graph", response_model=GraphShown, responses=NOT_FOUND)
async def get_graph(
    assistant_id: AssistantId,
    services: Parts,
    who: Who,
    xray: Annotated[Depth | bool, Query(description="How deep subgraphs are shown; true for all.")] = False,
) -> JsonResponse:
    """The nodes and edges of an assistant's graph."""
    found = services.assistants.resolve(assistant_id, who.access)
    async with _opened(services, found) as graph:
        drawn = await graph.aget_graph(xray=xray)
        return JsonResponse(drawn.to_json())


@router.get("/assistants/{assistant_id}/schemas", response_model=GraphSchemas, responses=NOT_FOUND)
async def get_schemas(assistant_id: AssistantId, services: Parts, who: Who) -> JsonResponse:
    """What an assistant's graph takes, gives and holds."""
    found = services.assistants.resolve(assistant_id, who.access)
    async with _opened(services, found) as graph:
        return JsonResponse(await asyncio.to_thread(schemas_of, graph, found.graph_id))


@router.get(
    "/assistants/{assistant_id}/subgraphs", response_model=dict[str, GraphSchemas], responses=NOT_FOUND
)
async def get_subgraphs(
    assistant_id: AssistantId, services: Parts, who: Who, recurse: bool = False
) -> JsonResponse:
    """What the subgraphs of an assistant's graph take, give and hold."""
    return await _subgraphs(services, who, assistant_id, None, recurse=recurse)


@router.get(
    "/assistants/{assistant_id}/subgraphs/{namespace}",
    response_model=dict[str, GraphSchemas],
    responses=NOT_FOUND,
)
async def get_subgraphs_in(
    assistant_id: AssistantId,
    namespace: Annotated[str, Path(max_length=1_000)],
    services: Parts,
    who: Who,
    recurse: bool = False,
) -> JsonResponse:
    """What the subgraphs in a namespace take, give and hold."""
    return await _subgraphs(services, who, assistant_id, namespace, recurse=recurse)


def shown(assistant: Assistant) -> dict[str, Any]:
    """An assistant as it is told."""
    return {
        "assistant_id": assistant.assistant_id,
        "graph_id": assistant.graph_id,
        "version": assistant.version,
        "name": assistant.name,
        "description": assistant.description,
        "config": assistant.config,
        "context": assistant.context,
        "metadata": assistant.metadata,
        "created_at": assistant.created_at,
        "updated_at": assistant.updated_at,
    }


def _opened(services: Services, assistant: Assistant) -> Any:
    config: Any = {"configurable": dict(assistant.config.get("configurable") or {})}
    return services.graphs.opened(assistant.graph_id, config, purpose="assistants.read")


async def _delete_threads(services: Services, assistant: Assistant, who: Caller) -> None:
    """Delete the threads of an assistant that the caller may see, unless one of them has an active run."""
    wanted = ThreadQuery(metadata={"assistant_id": assistant.assistant_id})
    found = await ThreadSearch(services.database).ids(wanted, who.access)
    clock = SystemClock()
    changes = ThreadChanges(ThreadLeases(services.database, clock), clock)
    await services.database.awrite(changes.removing(found, who.access, who.principal.id))


async def _subgraphs(
    services: Services, who: Caller, assistant_id: str, namespace: str | None, *, recurse: bool
) -> JsonResponse:
    found = services.assistants.resolve(assistant_id, who.access)
    async with _opened(services, found) as graph:
        parts = {
            name: part async for name, part in graph.aget_subgraphs(namespace=namespace, recurse=recurse)
        }
        described = {
            name: await asyncio.to_thread(schemas_of, part, part.get_name()) for name, part in parts.items()
        }
        return JsonResponse(described)
