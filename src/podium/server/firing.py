"""Carrying out the firings of triggers, as those who made them would."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from podium.core.errors import InputError
from podium.core.principal import Access, Principal
from podium.runtime.triggers.events import input_of, marked
from podium.runtime.triggers.templates import render
from podium.server.asking import Attempt, accept
from podium.server.auth import Caller
from podium.server.models.crons import run_of
from podium.server.models.runs import RunCreate
from podium.storage.run_requests import OPEN, find
from podium.storage.triggers import unknown_trigger

if TYPE_CHECKING:
    from podium.server.services import Services
    from podium.storage.crons import Cron
    from podium.storage.firings import Firing
    from podium.storage.operations import Work
    from podium.storage.run_requests import RunRequest
    from podium.storage.triggers import Trigger


class FiringRuns:
    """Carries out firings as runs of the server.

    Args:
        services: The server's parts.
    """

    def __init__(self, services: Services) -> None:
        self._services = services

    async def start(self, firing: Firing) -> None:
        """Take the run of a firing on, and note so in the same write.

        Raises:
            AlreadyBegun: It has begun already.
            Overloaded: Too many runs wait.
            PodiumError: What it needs is gone.
        """
        try:
            body, thread_id = self._event(firing) if firing.kind == "event" else self._schedule(firing)
        except ValidationError as error:
            problem = error.errors()[0]
            place = ".".join(str(part) for part in problem["loc"])
            raise InputError(f"the run it asks for cannot be: {place}: {problem['msg']}") from None
        earlier = [firing.run_id_of(number) for number in range(firing.attempts)] if firing.thread_id else []
        attempt = Attempt(firing.next_run_id, earlier, partial(self._noting, firing))
        await accept(self._services, caller_of(firing), body, thread_id, attempt=attempt)

    async def cancel(self, run_id: str) -> None:
        """End a run before its time."""
        await call_off(self._services, run_id)

    def _event(self, firing: Firing) -> tuple[RunCreate, str]:
        trigger = self._services.triggers.stored.with_id(firing.trigger_id)
        if trigger is None:
            raise unknown_trigger(firing.trigger_id)
        settings = self._services.triggers.events.settings_of(trigger)
        told: dict[str, Any] = {
            "assistant_id": settings.graph,
            "input": marked(input_of(trigger.name, settings, firing.event), trigger.name, settings.trust),
            "metadata": {
                **settings.metadata,
                "trigger": trigger.name,
                "trigger_id": trigger.trigger_id,
                "event_id": firing.event_id,
            },
            "if_not_exists": "create",
        }
        return RunCreate.model_validate(told), firing.thread_id

    def _schedule(self, firing: Firing) -> tuple[RunCreate, str | None]:
        cron = self._services.crons.with_id(firing.trigger_id)
        payload, marks = dict(cron.payload), {"cron_id": cron.cron_id}
        if cron.name:
            marks["trigger"] = cron.name
            if "input" in payload:
                payload["input"] = render(payload["input"], {**firing.event, "trigger": cron.name})
        metadata = {**cron.metadata, **marks}
        return run_of(payload, cron.assistant_id, metadata, cron.on_run_completed), cron.thread_id

    def _noting(self, firing: Firing, run: RunRequest) -> Work[None]:
        return self._services.triggers.firings.beginning(firing, run.run_id, run.thread_id)


def caller_of(made: Firing | Cron | Trigger) -> Caller:
    """Who asks for the runs of a trigger: its owner, who sees their own, and decides nothing by the clock."""
    principal = Principal(made.owner, made.tenant, frozenset({"operator"}))
    return Caller(principal, Access(made.tenant, made.owner))


async def call_off(services: Services, run_id: str) -> None:
    """End a run before its time; one that has ended, or is gone, stays so."""
    run = services.database.read(lambda connection: find(connection, run_id))
    if run is not None and run.status in OPEN:
        await services.runs.cancel(run)
