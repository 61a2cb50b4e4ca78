"""Runs that are asked for: from what a request says to what the run service is offered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from podium.core.clock import SystemClock, to_iso
from podium.core.errors import InputError
from podium.core.ids import new_id
from podium.runtime.serving.accepting import Offer
from podium.runtime.serving.input import brings_answers
from podium.server.governing import check_command, check_ending
from podium.storage.run_requests import DECIDES, ROLES, RunRequest

if TYPE_CHECKING:
    from podium.server.auth import Caller
    from podium.server.models.runs import BatchRun, CheckpointRef, RunCreate
    from podium.server.services import Services
    from podium.storage.operations import Work


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt to carry out a trigger's firing.

    Attributes:
        run_id: Of its run.
        earlier: The runs of the attempts before it, which it goes on from.
        noting: What notes, in the write that takes the run on, that it has begun.
    """

    run_id: str
    earlier: Sequence[str]
    noting: Callable[[RunRequest], Work[None]]


async def accept(
    services: Services,
    who: Caller,
    body: RunCreate,
    thread_id: str | None,
    *,
    attempt: Attempt | None = None,
) -> RunRequest:
    """Take a run on.

    Args:
        services: The server's parts.
        who: Asks for it.
        body: What is asked for.
        thread_id: The thread; None for one of its own.
        attempt: What a trigger's firing knows of it.

    Raises:
        NotAllowed: It decides what waits for a person, or has a run rolled back, and the caller may not.
    """
    offer = await _offer(services, who, body, thread_id, attempt=attempt)
    made = _made(services, who, offer)
    return made[0] if made else await services.runs.accept(offer)


async def accept_all(services: Services, who: Caller, bodies: Sequence[BatchRun]) -> list[RunRequest]:
    """Take runs on: all of them or, where one is refused, none.

    Args:
        services: The server's parts.
        who: Asks for them.
        bodies: What is asked for.

    Raises:
        NotAllowed: One decides what waits for a person, or has a run rolled back, and the caller may not.
    """
    offers = [await _offer(services, who, one, one.thread_id, number=n) for n, one in enumerate(bodies)]
    return _made(services, who, *offers) or await services.runs.accept_all(offers)


def check_thread(ref: CheckpointRef | None, thread_id: str) -> None:
    """Refuse the checkpoint of another thread.

    Raises:
        InputError: It is one.
    """
    if ref is not None and ref.thread_id not in (None, thread_id):
        raise InputError(
            f"the checkpoint is of thread {ref.thread_id}, not of {thread_id}",
            hint="Leave thread_id out of the checkpoint, or ask that thread.",
        )


def _made(services: Services, who: Caller, *offers: Offer) -> list[RunRequest]:
    """The runs that the same request made before, where its answer was lost with its process."""
    if not who.creates:
        return []
    found = [services.requests.made(offer.run.run_id, who.access) for offer in offers]
    return [made or offer.run for made, offer in zip(found, offers, strict=True)] if any(found) else []


async def _offer(
    services: Services,
    who: Caller,
    body: RunCreate,
    thread_id: str | None,
    *,
    number: int = 0,
    attempt: Attempt | None = None,
) -> Offer:
    assistant = services.assistants.resolve(body.assistant_id, who.access)
    if thread_id is not None:
        check_thread(body.checkpoint, thread_id)
        if attempt is None:  # a cron's was checked when it was made
            check_ending(who, body.multitask_strategy)
    if body.webhook:
        services.callbacks.targets.check(body.webhook)
    kwargs = body.kwargs()
    if assistant.config or assistant.context:
        kwargs["config"] = _merged(assistant.config, kwargs.get("config"))
        kwargs["context"] = {**(assistant.context or {}), **(kwargs.get("context") or {})} or None
    answers = brings_answers(kwargs.get("config"))
    await check_command(services, who, assistant.graph_id, body.command, answers=answers)
    if attempt and attempt.earlier:
        kwargs["goes_on"] = list(attempt.earlier)
    if not who.may("approve"):
        kwargs[DECIDES] = False
    if who.principal.roles:
        kwargs[ROLES] = sorted(who.principal.roles)
    due = to_iso(SystemClock().now() + timedelta(seconds=body.after_seconds)) if body.after_seconds else ""
    run = RunRequest(
        run_id=attempt.run_id if attempt else who.id_of(f"run {number}"),
        thread_id=thread_id or new_id(),
        graph_id=assistant.graph_id,
        assistant_id=assistant.assistant_id,
        tenant=who.principal.tenant,
        owner=who.principal.id,
        due_at=due,
        multitask_strategy=body.multitask_strategy or "enqueue",
        temporary=thread_id is None and body.on_completion != "keep",
        metadata=dict(body.metadata or {}),
        kwargs=kwargs,
    )
    return Offer(
        run,
        who.access,
        strategy=body.multitask_strategy or "enqueue",
        creates=thread_id is None or body.if_not_exists == "create",
        also=attempt.noting(run) if attempt else None,
    )


def _merged(below: Mapping[str, Any] | None, above: Mapping[str, Any] | None) -> dict[str, Any]:
    """An assistant's configuration with the request's over it."""
    below, above = below or {}, above or {}
    inner = {**(below.get("configurable") or {}), **(above.get("configurable") or {})}
    return {**below, **above, "configurable": inner}
