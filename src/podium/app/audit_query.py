"""What a person asks of the audit chain, made exact."""

from __future__ import annotations

from datetime import UTC, datetime

from podium.core.audit import AUDIT_KINDS
from podium.core.clock import to_iso
from podium.core.errors import InputError
from podium.storage.audit import AuditFilter
from podium.storage.audit_upkeep import Scope


def wanted_records(*, thread: str, kind: str, actor: str, since: str, until: str) -> AuditFilter:
    """Which records are wanted; what is empty does not matter.

    Raises:
        InputError: There is no such kind, or a moment is none.
    """
    if kind and kind not in AUDIT_KINDS:
        raise InputError(
            f"there are no records of the kind {kind}", hint=f"There are: {', '.join(AUDIT_KINDS)}."
        )
    return AuditFilter(
        thread_id=thread,
        kind=kind if kind in AUDIT_KINDS else None,
        actor=actor,
        since=to_iso(moment_of(since)) if since else "",
        until=to_iso(moment_of(until)) if until else "",
    )


def moment_of(text: str) -> datetime:
    """The moment in a text; without a time zone it is in UTC.

    Raises:
        InputError: It is none.
    """
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise InputError(
            f"{text!r} is no moment", hint="Write it like 2026-01-31 or 2026-01-31T12:00."
        ) from None


def erasure_of(*, thread: str, principal: str, record: int) -> tuple[Scope, str]:
    """Of what something is to be forgotten.

    Raises:
        InputError: Not exactly one is named.
    """
    named: list[tuple[Scope, str]] = []
    if thread:
        named.append(("thread", thread))
    if principal:
        named.append(("principal", principal))
    if record:
        named.append(("record", str(record)))
    if len(named) != 1:
        raise InputError("name one thing to forget", hint="Give --thread, --principal or --record.")
    return named[0]
