"""What waits for a person, over all threads, and who may decide it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from podium.app.results import ConsentView
from podium.core.clock import SystemClock, from_iso, to_iso
from podium.core.errors import Conflict, NotAllowed, NotFound
from podium.core.principal import Access
from podium.server.models.podium import Interrupt
from podium.storage.tickets import Ticket

if TYPE_CHECKING:
    from podium.server.auth import Caller
    from podium.server.services import Services
    from podium.storage.threads import ThreadRecord


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits.

    Attributes:
        shown: It, as it is told.
        thread: Where.
        own: Whether the thread's graph is the project's own.
    """

    shown: Interrupt
    thread: ThreadRecord
    own: bool


async def interrupts_in(services: Services, thread: ThreadRecord) -> list[Waiting]:
    """What waits in a thread."""
    graph = await services.threads.states.graph_of(thread)
    tickets, own = services.tickets.of_thread(thread.thread_id), graph in (None, services.graphs.own)
    now = SystemClock().now()

    def told(
        interrupt_id: str, created_at: str, expires_at: str, consents: Sequence[ConsentView] = (), **more: Any
    ) -> Waiting:
        ticket = tickets.get(interrupt_id) or _inherited(tickets.values(), consents, created_at)
        ticket = ticket or Ticket(thread.thread_id, interrupt_id)
        since = created_at or thread.state_updated_at or thread.updated_at
        shown = Interrupt(
            interrupt_id=interrupt_id,
            thread_id=thread.thread_id,
            graph_id=graph or services.graphs.own or "",
            owner=thread.owner,
            created_at=since,
            age_seconds=_seconds(since, now),
            expires_at=ticket.expires_at or expires_at or None,
            assignee=ticket.assignee or None,
            consents=tuple(consents),
            **more,
        )
        return Waiting(shown, thread, own)

    if own:
        return [
            told(
                view.id,
                view.created_at,
                view.expires_at,
                question=view.question,
                actions=view.actions,
                digests=view.digests,
                reasons=view.reasons,
                confidence=view.confidence,
                draft=view.draft,
                people=view.people,
                consents=view.consents,
            )
            for view in await services.app.pending(thread.thread_id)
        ]
    head = await services.threads.states.head(thread)
    waiting = [item for items in head.interrupts.values() for item in items]
    return [
        told(str(item["id"]), "", "", value=item.get("value"), **_shared(item.get("value")))
        for item in waiting
    ]


async def find(services: Services, who: Caller, thread_id: str, interrupt_id: str) -> Waiting:
    """What waits in a thread under an id, for one who may see the thread or is to decide.

    Raises:
        NotFound: Nothing does, or it is another's.
    """
    tickets = services.tickets.of_thread(thread_id).values()
    invited = any(ticket.assignee == who.principal.id for ticket in tickets)
    thread = services.threads.get(thread_id, Access(who.access.tenant) if invited else who.access)
    theirs = who.access.owner in (None, thread.owner)
    for one in await interrupts_in(services, thread):
        is_asked = theirs or one.shown.assignee == who.principal.id
        if one.shown.interrupt_id == interrupt_id and is_asked:
            return one
    raise NotFound(
        f"nothing waits under {interrupt_id} in thread {thread_id}",
        hint="List the interrupts to see what does.",
    )


def _shared(value: object) -> dict[str, Any]:
    """How many people a governed tool in another's graph asks, and who approved; it may say anything."""
    try:
        asked = _Shared.model_validate(value)
    except ValidationError:
        return {}
    return {"people": asked.people, "consents": asked.consents}


class _Shared(BaseModel):
    """What a governed tool asks, as far as it is about several people."""

    people: int
    consents: tuple[ConsentView, ...]


def _inherited(tickets: Iterable[Ticket], consents: Sequence[ConsentView], since: str) -> Ticket | None:
    """What was arranged before one of several people approved, for it waits under another id since then.

    Who was to decide and has approved is not who is to decide now.
    """
    found = [ticket for ticket in tickets if consents and ticket.at >= since]
    if not found:
        return None
    latest = max(found, key=lambda ticket: ticket.at)
    approved = any(one.principal == latest.assignee for one in consents)
    return replace(latest, assignee="") if approved else latest


def check_may_decide(who: Caller, waiting: Waiting) -> None:
    """Refuse a decision that comes too late, or from somebody else than who is to make it.

    Raises:
        Conflict: It has expired.
        NotAllowed: It is assigned to another.
    """
    shown = waiting.shown
    if shown.expires_at is not None and shown.expires_at <= to_iso(SystemClock().now()):
        raise Conflict(
            f"this could be decided until {shown.expires_at}",
            hint="Let it be asked again, or extend the time.",
        )
    if shown.assignee not in (None, who.principal.id) and who.access.owner is not None:
        raise NotAllowed("somebody else is to decide this", hint="Have it assigned to you.")


def why_not_decide(who: Caller, waiting: Waiting) -> str:
    """Why a caller may not decide something that waits; empty when they may."""
    try:
        who.need("approve")
        check_may_decide(who, waiting)
    except (Conflict, NotAllowed) as refusal:
        return f"{refusal.message}. {refusal.hint}" if refusal.hint else refusal.message
    return ""


def _seconds(since: str, now: datetime) -> float:
    try:
        return max(0.0, (now - from_iso(since)).total_seconds())
    except ValueError:
        return 0.0
