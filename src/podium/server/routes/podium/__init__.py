"""Podium's own API, under /podium/v1: what the Agent Server protocol has no word for."""

from __future__ import annotations

from fastapi import APIRouter

from podium.server.routes.podium import (
    audit,
    cases,
    conversations,
    dashboard,
    decisions,
    documents,
    effects,
    evaluations,
    feedback,
    interrupts,
    keys,
    knowledge,
    me,
    project,
    status,
    suite_runs,
    traces,
    triggers,
    usage,
)

router = APIRouter(prefix="/podium/v1")
for _part in (
    me,
    conversations,
    interrupts,
    effects,
    knowledge,
    documents,
    feedback,
    suite_runs,
    cases,
    evaluations,
    audit,
    usage,
    project,
    status,
    keys,
    triggers,
    traces,
    decisions,
    dashboard,
):
    router.include_router(_part.router)
