"""Who asks, what they may do, which model answers them; and setting up its key."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import APIRouter, Query

from podium import __version__
from podium.agents.contracts import ROLES
from podium.app.model_keys import (
    ProviderKey,
    check_model,
    forget_key,
    keep_key,
    provider_keys,
    use_model,
)
from podium.app.project import Project
from podium.core.errors import NotAllowed
from podium.core.principal import is_owner
from podium.core.settings import MANIFEST
from podium.models.resolver import OFFLINE
from podium.server.auth import Caller, Parts, Who
from podium.server.errors import Problem
from podium.server.models.me import (
    GraphShown,
    KeyEntry,
    May,
    Me,
    ModelChoice,
    ModelsShown,
    ProjectShown,
    ProviderName,
    ProviderShown,
    RoleModel,
    SetUp,
)
from podium.server.routes.threads import NOT_FOUND
from podium.server.scopes import covers
from podium.server.services import Services
from podium.server.wire import JsonResponse
from podium.storage.api_keys import SCOPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from podium.agents.contracts import Role
    from podium.core.errors import ModelAuthError
    from podium.core.settings import ModelSettings
    from podium.storage.api_keys import Scope

router = APIRouter(tags=["Project"])

_HOW: Final = {
    "environment": "It is set. Another one: change the variable, and start again.",
    "stored": "It is stored with the project's data.",
    "file": "It is read from the file that podium.toml names.",
    "command": "The program that podium.toml names prints it.",
    "none_needed": "The server that podium.toml names is asked without one.",
}
_ASK: Final = "Ask those who run the project."
_WHEN: Final = {
    "now": "It counts from now on.",
    "reload": "The server starts again with it, in a few seconds.",
    "restart": "It counts when the server is started again.",
}


@router.get("/me", response_model=Me)
async def get_me(services: Parts, who: Who) -> JsonResponse:
    """Who asks, what they may do, what is served, and which models answer."""
    scopes = _scopes(who)
    without_key = await asyncio.to_thread(services.app.context.missing_keys)
    runs_project = "admin" in scopes and who.principal.tenant == services.app.principal.tenant
    manifest = services.app.project.manifest
    me = Me(
        principal=who.principal.id,
        tenant=who.principal.tenant,
        roles=sorted(who.principal.roles.difference(SCOPES) | who.principal.roles.intersection({"admin"})),
        scopes=scopes,
        may=May(
            read="read" in scopes,
            run="write" in scopes,
            decide="approve" in scopes,
            administer="admin" in scopes,
            run_project=runs_project,
        ),
        dev=services.dev,
        version=__version__,
        project=ProjectShown(
            name=manifest.project.name,
            description=manifest.project.description,
            examples=list(manifest.project.examples),
            graphs=_graphs(services),
        ),
        models=_models(services, without_key, whole=runs_project),
        budget=manifest.budget,
    )
    return JsonResponse(me)


@router.put("/models/key", response_model=SetUp)
async def put_model_key(body: KeyEntry, services: Parts, who: Who) -> JsonResponse:
    """Store the key of a provider with the project's data; it is never told again."""
    who.need_project(services)
    if body.model is not None:
        _need_dev(services)
        check_model(services.app.project, body.model)
    project = services.app.project
    await asyncio.to_thread(keep_key, project, body.provider, body.key.get_secret_value())
    if body.model is not None:
        await asyncio.to_thread(use_model, project, body.model)
    return await _set_up(services, body.provider)


@router.delete("/models/key", response_model=SetUp, responses=NOT_FOUND)
async def delete_model_key(
    provider: Annotated[ProviderName, Query()], services: Parts, who: Who
) -> JsonResponse:
    """Keep the key of a provider no longer."""
    who.need_project(services)
    await asyncio.to_thread(forget_key, services.app.project, provider)
    return await _set_up(services, provider)


@router.put("/models/default", response_model=SetUp)
async def put_default_model(body: ModelChoice, services: Parts, who: Who) -> JsonResponse:
    """Write the model that answers into `podium.toml`; only in dev, where that is the caller's own."""
    who.need_project(services)
    _need_dev(services)
    await asyncio.to_thread(use_model, services.app.project, body.model)
    return await _set_up(services, body.model.partition(":")[0])


def _need_dev(services: Services) -> None:
    if not services.dev:
        raise NotAllowed(
            f"only podium dev writes into {MANIFEST}", hint=f"Change {MANIFEST} where the project is kept."
        )


async def _set_up(services: Services, provider: str) -> JsonResponse:
    project = services.app.project
    found = next((one for one in provider_keys(project, ()) if one.provider == provider), None)
    effective: Final = "reload" if services.reloads else "restart"
    if services.reloads:
        await asyncio.to_thread(_touch, project)
    return JsonResponse(
        SetUp(
            provider=provider,
            source=found.source if found is not None else "none_needed",
            effective=effective,
            message=_WHEN[effective],
        )
    )


def _touch(project: Project) -> None:
    """Let whoever watches the project's files start the server again."""
    manifest = project.folder / MANIFEST
    if manifest.is_file():
        os.utime(manifest)


def _scopes(who: Caller) -> list[Scope]:
    if is_owner(who.principal):
        return list(SCOPES)
    return [scope for scope in SCOPES if covers(who.principal.roles, scope)]


def _graphs(services: Services) -> list[GraphShown]:
    graphs = services.graphs
    return [
        GraphShown(
            graph_id=name,
            description=graphs.description(name),
            own=name == graphs.own,
            error=Problem(detail=error.message, code=error.code, hint=error.hint)
            if (error := graphs.broken.get(name)) is not None
            else None,
        )
        for name in graphs.names()
    ]


def _models(services: Services, without_key: Mapping[str, ModelAuthError], *, whole: bool) -> ModelsShown:
    """Which models answer; whole with addresses, files and programs, which are the project's own matter."""
    project = services.app.project
    settings, by_role = project.manifest.models, services.app.context.models
    others = (other for role in ROLES for other in (settings.draft_for(role), settings.fallback_for(role)))
    providers = provider_keys(project, (*by_role.values(), *(other for other in others if other)))
    return ModelsShown(
        offline=all(name == OFFLINE for name in by_role.values()),
        roles={
            role: _role(role, name, settings, without_key.get(name), whole=whole)
            for role, name in by_role.items()
        },
        providers=[_provider(one, whole=whole) for one in providers],
    )


def _role(
    role: Role, name: str, settings: ModelSettings, lacking: ModelAuthError | None, *, whole: bool
) -> RoleModel:
    problem = None
    if lacking is not None:
        problem = f"{lacking.message}. {lacking.hint}" if whole else "It needs a key."
    return RoleModel(
        model=name,
        provider=name.partition(":")[0],
        draft=settings.draft_for(role),
        fallback=settings.fallback_for(role),
        ready=lacking is None,
        problem=problem,
    )


def _provider(one: ProviderKey, *, whole: bool) -> ProviderShown:
    if not whole:
        return ProviderShown(
            provider=one.provider,
            models=list(one.models),
            base_url=None,
            place="",
            source=one.source,
            settable=False,
            how=_ASK,
        )
    lacking = f"Store a key here, or set {one.place}." if one.settable else f"Put a key into {one.place}."
    return ProviderShown(
        provider=one.provider,
        models=list(one.models),
        base_url=one.base_url,
        place=one.place,
        source=one.source,
        settable=one.settable,
        how=_HOW.get(one.source) or lacking,
    )
