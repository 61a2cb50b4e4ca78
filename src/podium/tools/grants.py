"""Grants: each lets exactly one envelope run, once, for one principal, under one policy, for a while."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import timedelta

from podium.core.clock import from_iso
from podium.core.errors import GrantError
from podium.core.ids import new_id
from podium.tools.effect import Effect
from podium.tools.scope import POLICY_PREFIX, EffectScope

_COLUMNS = (
    "grant_id, digest, effect_id, tenant, principal, policy_version, issued_at, expires_at, consumed_at"
)


CLOCK_SKEW = timedelta(minutes=5)
"""How far the clocks of two machines may be apart; beyond it the expiry of a grant means nothing."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to carry out one envelope.

    Attributes:
        grant_id: Unique.
        digest: The envelope.
        effect_id: Its effect.
        tenant: Whose data.
        principal: Who granted it, and for whose runs it counts; a policy's grant counts for all.
        policy_version: The policy in force when it was granted.
        issued_at: ISO 8601 in UTC; likewise the next ones.
        expires_at: Until when it may be used.
        consumed_at: When it was used; None while it was not.
    """

    grant_id: str
    digest: str
    effect_id: str
    tenant: str
    principal: str
    policy_version: str
    issued_at: str
    expires_at: str | None
    consumed_at: str | None = None


def issue(
    connection: sqlite3.Connection,
    effect: Effect,
    principal: str,
    policy_version: str,
    now: str,
    expires_at: str | None,
) -> Grant:
    """A new grant for an effect, inside the caller's transaction."""
    grant = Grant(
        new_id(), effect.digest, effect.effect_id, effect.tenant, principal, policy_version, now, expires_at
    )
    connection.execute(
        f"INSERT INTO grants({_COLUMNS}) VALUES (?,?,?,?,?,?,?,?,NULL)",  # noqa: S608 - our own names
        (
            grant.grant_id,
            grant.digest,
            grant.effect_id,
            grant.tenant,
            grant.principal,
            grant.policy_version,
            grant.issued_at,
            grant.expires_at,
        ),
    )
    return grant


def newest_of(connection: sqlite3.Connection, effect: Effect) -> Grant | None:
    """The grant that was issued last for an effect."""
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM grants WHERE effect_id=? ORDER BY rowid DESC LIMIT 1",  # noqa: S608 - our own names
        (effect.effect_id,),
    ).fetchone()
    return None if row is None else Grant(*row)


def spend(
    connection: sqlite3.Connection, effect: Effect, scope: EffectScope, now: str, grant_id: str | None
) -> Grant:
    """Use up a grant for an effect, inside the caller's transaction.

    Raises:
        GrantError: It does not cover this effect, here and now.
    """
    grant = covering(connection, effect, scope, now, grant_id)
    connection.execute("UPDATE grants SET consumed_at=? WHERE grant_id=?", (now, grant.grant_id))
    return grant


def covering(
    connection: sqlite3.Connection, effect: Effect, scope: EffectScope, now: str, grant_id: str | None = None
) -> Grant:
    """The grant that lets an effect run here and now; it is not used up.

    Raises:
        GrantError: There is none.
    """
    grant = _by_id(connection, grant_id) if grant_id else newest_of(connection, effect)
    if grant is None:
        raise GrantError(f"{effect.tool} ({effect.digest[:12]}) was not approved", hint="Approve it first.")
    if problem := _problem(grant, effect, scope, now):
        raise GrantError(
            f"the approval of {effect.tool} ({effect.digest[:12]}) {problem}", hint="Approve it again."
        )
    return grant


def _by_id(connection: sqlite3.Connection, grant_id: str) -> Grant | None:
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM grants WHERE grant_id=?",  # noqa: S608 - our own names
        (grant_id,),
    ).fetchone()
    return None if row is None else Grant(*row)


def _problem(grant: Grant, effect: Effect, scope: EffectScope, now: str) -> str:
    if grant.digest != effect.digest or grant.effect_id != effect.effect_id:
        return "is for another action"
    if grant.consumed_at is not None:
        return "was used already"
    if grant.expires_at is not None and grant.expires_at <= now:
        return "has expired"
    if from_iso(grant.issued_at) > from_iso(now) + CLOCK_SKEW:
        return f"was given at {grant.issued_at}, which is yet to come: the clock was set back"
    if grant.policy_version != scope.policy_version:
        return "was given under another policy"
    if grant.tenant != scope.tenant or scope.tenant != effect.tenant:
        return "belongs to another tenant"
    if scope.thread_id != effect.thread_id:
        return "belongs to another thread"
    if grant.principal != scope.principal and grant.principal != f"{POLICY_PREFIX}{scope.policy_version}":
        return f"was given by {grant.principal}, not by {scope.principal}"
    return ""
