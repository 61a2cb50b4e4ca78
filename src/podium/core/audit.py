"""The form of an audit record: canonical JSON that names the hash of the record before it.

A record's hash is the SHA-256 of its canonical JSON (RFC 8785), and the next record begins with it. What may
be personal is not in the record but sealed: the record holds a commitment to it, the SHA-256 of 16 random
bytes (the salt) and the value's canonical JSON. Salt and value lie beside the chain and can be erased without
touching it. docs/audit.md describes the format.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from podium.core.canonical import canonical_bytes
from podium.core.model import JsonObject, JsonValue

AUDIT_FORMAT: Final = 1
GENESIS: Final = "0" * 64
"""What the first record names as the hash before it."""
PERSON: Final = "person:"
"""Begins the name under which a record files a person."""
AFTER_AT: Final = 10
"""Where a record's text has the hash before it: `after` is the first of its keys, `{"after":"…"`."""

_QUOTE: Final = json.JSONEncoder(ensure_ascii=False).encode

AuditKind = Literal[
    "run",
    "turn",
    "plan",
    "read",
    "verdict",
    "confidence",
    "review",
    "consent",
    "effect",
    "rollback",
    "live",
    "outcome",
    "end",
    "erased",
    "segment",
    "restored",
    "deleted",
    "knowledge",
]
"""What a record tells: a run began, a turn was admitted, what was planned, what was read, what a guardrail
said, how sure the turn is and where it goes, what a person decided, that one of several people approved, a
move of the ledger, that somebody went back to a checkpoint, that a copied thread was let act, how the turn
ended, how the run ended, what was erased, which records were put away, that the whole was brought back from a
backup, that a thread was deleted, and what was changed in the knowledge base."""

AUDIT_KINDS: Final[tuple[AuditKind, ...]] = get_args(AuditKind)


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something to put on record.

    Attributes:
        kind: What it tells.
        at: When, ISO 8601 in UTC.
        who: The principal behind it, or the part of Podium that acted, such as `clock`.
        data: The facts; nothing personal.
        sealed: What may be personal: words, arguments, results; None where there is nothing.
        thread_id: The thread it belongs to, if any.
        run_id: The run it belongs to, if any.
        tenant: Whose data.
    """

    kind: AuditKind
    at: str
    who: str
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    sealed: JsonValue = None
    thread_id: str = ""
    run_id: str = ""
    tenant: str = ""


@dataclass(frozen=True, slots=True)
class AuditRecord:
    """One record of the chain.

    Attributes:
        seq: Its number; the first is 1.
        hash: SHA-256 of its canonical JSON.
        after: The hash of the record before it.
        kind: What it tells.
        at: When, ISO 8601 in UTC.
        who: The person's name within the chain, or the part of Podium that acted.
        tenant: Whose data.
        thread_id: The thread, if any.
        run_id: The run, if any.
        data: The facts.
        seal: The commitment to what is sealed; empty where nothing is.
        sealed: What is sealed; None where nothing is, or where it was erased.
        person: Who that is; empty for a part of Podium, or where it was erased.
    """

    seq: int
    hash: str
    after: str
    kind: AuditKind
    at: str
    who: str
    tenant: str
    thread_id: str
    run_id: str
    data: JsonObject
    seal: str = ""
    sealed: JsonValue = None
    person: str = ""


def is_person(who: str) -> bool:
    """Whether this names a principal, and not a part of Podium or its policy."""
    return ":" in who and not who.startswith("policy:")


def body_of(entry: AuditEntry, *, seq: int, after: str, who: str, seal: str) -> bytes:
    """The canonical JSON of a record.

    Args:
        entry: What is recorded.
        seq: Its number.
        after: The hash of the record before it.
        who: As the chain files it.
        seal: The commitment to what is sealed; empty where nothing is.
    """
    data = canonical_bytes(dict(entry.data)).decode()
    text = (
        f'{{"after":"{after}","at":{_quoted(entry.at)},"data":{data},"format":{AUDIT_FORMAT},'
        f'"kind":"{entry.kind}","run":{_quoted(entry.run_id)},"seal":"{seal}","seq":{seq},'
        f'"tenant":{_quoted(entry.tenant)},"thread":{_quoted(entry.thread_id)},"who":{_quoted(who)}}}'
    )
    return text.encode()


def _quoted(text: str) -> str:
    """A text as canonical JSON has it; what cannot be written in UTF-8 is replaced."""
    return _QUOTE(text if text.isascii() else text.encode("utf-8", "replace").decode())


def hash_of(body: bytes) -> str:
    """A record's hash."""
    return hashlib.sha256(body).hexdigest()


def after_of(body: bytes) -> str:
    """The hash that a record's text names as the one before it; anything else where it is no record."""
    return body[AFTER_AT : AFTER_AT + len(GENESIS)].decode("ascii", "replace")


def seq_of(body: bytes) -> int:
    """The number that a record's text gives itself; 0 where it is no record."""
    try:
        seq = json.loads(body)["seq"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return 0
    return seq if isinstance(seq, int) else 0


def commitment(salt: bytes, value: bytes) -> str:
    """What a record holds in place of a sealed value.

    Args:
        salt: 16 random bytes, for this value alone.
        value: Its canonical JSON.
    """
    return hashlib.sha256(salt + value).hexdigest()


def parse_record(
    seq: int, digest: str, body: bytes, *, sealed: JsonValue = None, person: str = ""
) -> AuditRecord:
    """The record in its text.

    Args:
        seq: The number under which it is stored.
        digest: Its hash as stored.
        body: Its canonical JSON.
        sealed: What was sealed, if it is still there.
        person: Who acted, if that is still known.
    """
    held: dict[str, Any] = json.loads(body)
    return AuditRecord(
        seq=seq,
        hash=digest,
        after=held["after"],
        kind=held["kind"],
        at=held["at"],
        who=held["who"],
        tenant=held["tenant"],
        thread_id=held["thread"],
        run_id=held["run"],
        data=held["data"],
        seal=held["seal"],
        sealed=sealed,
        person=person,
    )
