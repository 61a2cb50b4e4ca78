"""The store: what clients and graphs remember across threads, each caller for themselves."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from langgraph.store.base import Item, SearchItem
from starlette.responses import Response

from podium.core.clock import to_iso
from podium.core.errors import InputError, NotFound
from podium.runtime.memory import partition_of
from podium.server.auth import Caller, Parts, Who
from podium.server.models.store import (
    FoundItems,
    ItemDelete,
    ItemPut,
    ItemSearch,
    ItemShown,
    Key,
    Namespaces,
    NamespaceSearch,
)
from podium.server.routes.threads import NOT_FOUND
from podium.server.services import Services
from podium.server.wire import JsonResponse
from podium.storage.store_items import SqlStore

router = APIRouter(tags=["Store"])


@router.put("/store/items", status_code=204, response_class=Response)
async def put_item(body: ItemPut, services: Parts, who: Who) -> Response:
    """Keep an item; one that is there is replaced."""
    index = list(body.index) if isinstance(body.index, list) else body.index
    try:
        await _part(services, who).aput(tuple(body.namespace), body.key, body.value, index, ttl=body.ttl)
    except ValueError as error:
        raise _refused(error) from None
    return Response(status_code=204)


@router.get("/store/items", response_model=ItemShown, responses=NOT_FOUND)
async def get_item(
    services: Parts,
    who: Who,
    key: Annotated[Key, Query()],
    namespace: Annotated[str, Query(description="Labels joined by dots.", max_length=5_000)] = "",
    refresh_ttl: bool | None = None,
) -> JsonResponse:
    """One item."""
    labels = tuple(namespace.split(".")) if namespace else ()
    try:
        found = await _part(services, who).aget(labels, key, refresh_ttl=refresh_ttl)
    except ValueError as error:
        raise _refused(error) from None
    if found is None:
        raise NotFound(
            f"no item {key} in {namespace or 'the root'}", hint="POST /store/items/search finds items."
        )
    return JsonResponse(_shown(found))


@router.delete("/store/items", status_code=204, response_class=Response)
async def delete_item(body: ItemDelete, services: Parts, who: Who) -> Response:
    """Forget an item; it is no error when there is none."""
    await _part(services, who).adelete(tuple(body.namespace), body.key)
    return Response(status_code=204)


@router.post("/store/items/search", response_model=FoundItems)
async def search_items(body: ItemSearch, services: Parts, who: Who) -> JsonResponse:
    """Items under a namespace: those written last first, or those that answer a query best."""
    try:
        found = await _part(services, who).asearch(
            tuple(body.namespace_prefix),
            query=body.query,
            filter=body.filter,
            limit=body.limit,
            offset=body.offset,
            refresh_ttl=body.refresh_ttl,
        )
    except ValueError as error:
        raise _refused(error) from None
    return JsonResponse({"items": [_found(one) for one in found]})


@router.post("/store/namespaces", response_model=Namespaces)
async def list_namespaces(body: NamespaceSearch, services: Parts, who: Who) -> JsonResponse:
    """The namespaces that hold something."""
    found = await _part(services, who).alist_namespaces(
        prefix=tuple(body.prefix) if body.prefix else None,
        suffix=tuple(body.suffix) if body.suffix else None,
        max_depth=body.max_depth,
        limit=body.limit,
        offset=body.offset,
    )
    return JsonResponse({"namespaces": [list(one) for one in found]})


def _part(services: Services, who: Caller) -> SqlStore:
    return services.store.of(partition_of(who.principal))


def _refused(error: ValueError) -> InputError:
    return InputError(str(error), hint="See /docs for what is expected.")


def _shown(item: Item) -> dict[str, Any]:
    return {
        "namespace": list(item.namespace),
        "key": item.key,
        "value": item.value,
        "created_at": to_iso(item.created_at),
        "updated_at": to_iso(item.updated_at),
    }


def _found(item: SearchItem) -> dict[str, Any]:
    return {**_shown(item), "score": item.score}
