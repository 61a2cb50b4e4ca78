"""Starting the runs of crons, as those who made them would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podium.core.principal import Access, Principal, is_owner
from podium.server.auth import Caller
from podium.server.models.crons import run_of
from podium.server.routes.runs import accept

if TYPE_CHECKING:
    from podium.server.services import Services
    from podium.storage.crons import Cron
    from podium.storage.run_requests import RunRequest


async def start_cron(services: Services, cron: Cron) -> RunRequest:
    """Start the run of a firing, which cron and `next_run_at` identify; once, however often it is called.

    Args:
        services: The server's parts.
        cron: As it was when it was due.
    """
    body = run_of(
        dict(cron.payload),
        cron.assistant_id,
        {**cron.metadata, "cron_id": cron.cron_id},
        cron.on_run_completed,
    )
    return await accept(services, caller_of(cron), body, cron.thread_id)


def caller_of(cron: Cron) -> Caller:
    """Who asks for the runs of a cron: its owner, who sees their own, and makes one run for each firing."""
    principal = Principal(cron.owner, cron.tenant)
    access = Access(cron.tenant, None if is_owner(principal) else cron.owner)
    return Caller(principal, access, creates=f"cron {cron.cron_id} {cron.next_run_at}")
