"""Podium's own API, under /podium/v1: what the Agent Server protocol has no word for."""

from __future__ import annotations

from podium.server.routes.podium import (
    audit,
    cases,
    changes,
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

PREFIX = "/podium/v1"

ROUTERS = (
    triggers.router,
    interrupts.router,
    me.router,
    conversations.router,
    effects.router,
    knowledge.router,
    documents.router,
    feedback.router,
    suite_runs.router,
    cases.router,
    changes.router,
    evaluations.router,
    audit.router,
    usage.router,
    project.router,
    status.router,
    keys.router,
    traces.router,
    decisions.router,
    dashboard.router,
)
