"""API keys of a tenant."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from podium.server.auth import Parts, Who
from podium.server.models.podium import Key, KeyBody, KeyList, NewKey
from podium.server.models.runs import Uuid
from podium.server.wire import JsonResponse
from podium.storage.api_keys import ApiKey

router = APIRouter(prefix="/keys", tags=["Keys"])


@router.get("", response_model=KeyList)
async def list_keys(services: Parts, who: Who) -> JsonResponse:
    """The keys of the caller's tenant, the latest first; never what they are."""
    found = services.key_ring.keys.list(who.access)
    return JsonResponse(KeyList(keys=[Key(**_shown(key)) for key in found]))


@router.post("", response_model=NewKey, status_code=201)
async def make_key(body: KeyBody, services: Parts, who: Who) -> JsonResponse:
    """Make a key, and tell it this once."""
    tenant = body.tenant or who.access.tenant
    if tenant != who.access.tenant:
        who.need_project(services)
    key, secret = services.key_ring.keys.create(
        body.name,
        scopes=body.scopes or (() if body.roles else ("read", "write")),
        roles=body.roles,
        tenant=tenant,
        owner=body.owner or "",
        expires_at=body.expires_at,
    )
    return JsonResponse(NewKey(key=secret, **_shown(key)), 201, {"Cache-Control": "no-store"})


@router.delete("/{key_id}", response_model=Key)
async def revoke_key(key_id: Annotated[Uuid, Path()], services: Parts, who: Who) -> JsonResponse:
    """Take a key back, for good."""
    return JsonResponse(Key(**_shown(services.key_ring.revoke(key_id, who.access))))


def _shown(key: ApiKey) -> dict[str, object]:
    return {
        "key_id": key.key_id,
        "name": key.name,
        "tenant": key.tenant,
        "owner": key.owner,
        "scopes": sorted(key.scopes),
        "roles": sorted(key.roles),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": key.last_used_at,
    }
