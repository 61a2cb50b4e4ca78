"""Consents: the approvals of actions that several people have to approve.

A consent belongs to one proposal, by the number of the move that made it. What is proposed anew, after it
expired or was edited, begins without any, even where its digest is the same again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from podium.core.audit import AuditEntry
from podium.core.errors import ConsentRepeated, ConsentUnclear, GrantError
from podium.storage.audit_rows import append
from podium.tools.effect import Effect
from podium.tools.scope import POLICY_PREFIX

_COLUMNS = "digest, principal, policy_version, run_id, at"
_PROPOSAL = "SELECT max(seq) FROM effect_moves WHERE effect_id=? AND to_status='proposed'"
_INSERT = (
    "INSERT INTO consents(proposal, principal, effect_id, digest, tenant, policy_version, run_id, at)"
    " VALUES (?,?,?,?,?,?,?,?)"
)
_OPEN = ("proposed", "approved")


@dataclass(frozen=True, slots=True)
class Consent:
    """One person's approval of one envelope.

    Attributes:
        digest: The envelope.
        principal: Who approved it.
        policy_version: The policy in force then.
        run_id: The run that brought the person's word.
        at: When, ISO 8601 in UTC.
    """

    digest: str
    principal: str
    policy_version: str
    run_id: str
    at: str


@dataclass(frozen=True, slots=True)
class Word:
    """Somebody's approval.

    Attributes:
        principal: Whose.
        policy_version: The policy in force.
        at: When, ISO 8601 in UTC.
        run_id: The run that brought it; empty where nobody knows which one did.
        people: By digest, how many have to approve; one where it says nothing.
    """

    principal: str
    policy_version: str
    at: str
    run_id: str
    people: Mapping[str, int]


def consents_to(connection: sqlite3.Connection, effect: Effect) -> list[Consent]:
    """Who has approved an action as it is proposed now, in their order; nobody once it is closed."""
    if effect.status not in _OPEN:
        return []
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM consents WHERE proposal=({_PROPOSAL}) AND digest=? ORDER BY rowid",  # noqa: S608 - our own names
        (effect.effect_id, effect.digest),
    )
    return [Consent(*row) for row in rows]


def are_enough(connection: sqlite3.Connection, effects: Sequence[Effect], word: Word) -> bool:
    """Put a person's approval on record; whether enough people have approved each action now.

    All of them are granted together, to whoever approved last and goes on with the run. The same word again,
    when its run is taken up after a crash, adds nothing.

    Args:
        connection: With an open transaction that may write.
        effects: What is approved.
        word: By whom, under which policy.

    Raises:
        ConsentRepeated: The person has approved all of it already, and others have not.
        ConsentUnclear: Nobody knows whose word it is.
        GrantError: A policy approves where people have to.
    """
    shared = [one for one in effects if one.status == "proposed" and word.people.get(one.digest, 1) > 1]
    if not shared:
        return True
    _check_word(shared[0], word)
    adds, lacking = False, list[tuple[Effect, int]]()
    for effect in shared:
        counted = [
            one for one in consents_to(connection, effect) if one.policy_version == word.policy_version
        ]
        mine = next((one for one in counted if one.principal == word.principal), None)
        if mine is None:
            _record(connection, effect, word, number=len(counted) + 1)
        adds = adds or mine is None or mine.run_id == word.run_id
        missing = word.people[effect.digest] - len(counted) - (mine is None)
        if missing > 0:
            lacking.append((effect, missing))
    if lacking and not adds:
        raise _repeated(*lacking[0], word)
    return not lacking


def _check_word(effect: Effect, word: Word) -> None:
    people = word.people[effect.digest]
    if word.principal.startswith(POLICY_PREFIX):
        raise GrantError(f"{people} people have to approve {effect.tool}", hint="Ask them.")
    if not word.run_id:
        raise ConsentUnclear(
            f"{people} people have to approve {effect.tool}, and nobody knows whose this approval is",
            hint="Approve it over the server, with 'podium resume', or with Podium.resume.",
        )


def _record(connection: sqlite3.Connection, effect: Effect, word: Word, *, number: int) -> None:
    (proposal,) = connection.execute(_PROPOSAL, (effect.effect_id,)).fetchone()
    connection.execute(
        _INSERT,
        (
            proposal,
            word.principal,
            effect.effect_id,
            effect.digest,
            effect.tenant,
            word.policy_version,
            word.run_id,
            word.at,
        ),
    )
    entry = AuditEntry(
        "consent",
        word.at,
        word.principal,
        {
            "effect": effect.effect_id,
            "digest": effect.digest,
            "tool": effect.tool,
            "policy": word.policy_version,
            "number": number,
            "people": word.people[effect.digest],
        },
        thread_id=effect.thread_id,
        run_id=word.run_id,
        tenant=effect.tenant,
    )
    append(connection, [entry])


def _repeated(effect: Effect, missing: int, word: Word) -> ConsentRepeated:
    others = "another person" if missing == 1 else f"{missing} other people"
    return ConsentRepeated(
        f"{word.principal} has approved {effect.tool} already; {others} must",
        hint="Ask somebody else who may approve to look at it.",
    )
