"""How a project stands: what waits, what was given up, its objectives, its last backup."""

from __future__ import annotations

import sqlite3
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from podium.app.backup import last_backup
from podium.app.objectives import measure
from podium.core.clock import Clock, SystemClock, to_iso
from podium.storage.audit_rows import head_of
from podium.storage.standing import standing

if TYPE_CHECKING:
    from podium.app.objectives import Objective
    from podium.app.project import Project
    from podium.storage.database import Database
    from podium.storage.standing import Standing


def own_graph(project: Project) -> str:
    """The name of the graph whose runs are turns of the project."""
    return next(iter(project.manifest.graphs), project.manifest.project.name)


async def status_of(project: Project, database: Database, clock: Clock | None = None) -> dict[str, Any]:
    """How a project stands, as JSON values.

    Args:
        project: The project.
        database: Its open database.
        clock: Ends the window of what is measured.
    """
    now = (clock or SystemClock()).now()
    settings, own = project.manifest.objectives, own_graph(project)

    def work(connection: sqlite3.Connection) -> tuple[Standing, tuple[Objective, ...], int]:
        return standing(connection), measure(connection, settings, own, now), head_of(connection).seq

    found, objectives, records = await database.aread(work)
    return {
        "project": project.manifest.project.name,
        "at": to_iso(now),
        "queue": {"pending": found.pending, "running": found.running},
        "people": {"waiting_threads": found.waiting, "unclear_effects": found.unclear},
        "dead_letters": {
            "firings": found.dead_firings,
            "callbacks": found.failed_callbacks,
            "notifications": found.failed_notifications,
        },
        "objectives": {
            "window_days": settings.window_days,
            "measured": [asdict(one) for one in objectives],
        },
        "audit_records": records,
        "last_backup": last_backup(project),
    }


def server_url(project: Project) -> str:
    """Where the manifest says that the project's server listens."""
    settings = project.manifest.server
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{'https' if settings.tls_cert else 'http'}://{host}:{settings.port}"


def is_serving(project: Project) -> bool:
    """Whether a server answers where the manifest says that the project's listens."""
    import httpx

    try:
        where = f"{server_url(project)}/ok"
        answer = httpx.get(where, timeout=1.0, trust_env=False, verify=False)  # noqa: S501 - nothing is told
        return answer.status_code == httpx.codes.OK and answer.json() == {"ok": True}
    except (httpx.HTTPError, ValueError):
        return False
