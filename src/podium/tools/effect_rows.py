"""The ledger's statements, each run inside a transaction that somebody else opened."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from podium.core.effects import EffectStatus, check_move
from podium.core.errors import NotFound
from podium.core.model import JsonValue
from podium.tools.effect import EFFECT_COLUMNS, JSON_FIELDS, Effect, effect_of
from podium.tools.effect_audit import record_live, record_move, record_proposal
from podium.tools.envelope import ActionEnvelope
from podium.tools.scope import EffectScope

_SELECT = f"SELECT {EFFECT_COLUMNS} FROM effects"  # noqa: S608 - our own names
_RENEWED = (
    f"{_SELECT} WHERE thread_id=? AND effect_id IN (SELECT effect_id FROM effect_moves AS m"  # noqa: S608 - as above
    " WHERE m.effect_id=effects.effect_id AND m.to_status='proposed' AND json_extract(m.data, '$.before')=?)"
)
_CHUNK = 500
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_INSERT = (
    "INSERT INTO effects(effect_id, idempotency_key, generation, digest, tenant, owner, thread_id, run_id,"
    " turn_id, step_id, checkpoint_id, tool, tool_version, effect_class, target, args, preview,"
    " policy_version, provenance, estimated_cost, status, principal, proposed_at, expires_at)"
    " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,'proposed',?,?,?)"
)
_REFRESH = (
    "UPDATE effects SET digest=?, tool_version=?, effect_class=?, target=?, preview=?, policy_version=?,"
    " provenance=?, estimated_cost=?, run_id=?, checkpoint_id=?, principal=?, proposed_at=?, expires_at=?,"
    " decided_at=NULL, error=NULL WHERE effect_id=?"
)
_MOVE = (
    "INSERT INTO effect_moves(effect_id, from_status, to_status, at, actor, reason, data)"
    " VALUES (?,?,?,?,?,?,?)"
)
_DECIDES = frozenset({"approved", "rejected", "superseded", "expired", "refused", "skipped", "simulated"})
_ENDS = frozenset({"succeeded", "failed", "in_doubt", "compensated", "compensation_failed"})


def by_digest(connection: sqlite3.Connection, digest: str) -> Effect:
    """The effect with the digest.

    Raises:
        NotFound: There is none.
    """
    row = connection.execute(f"{_SELECT} WHERE digest=? ORDER BY seq DESC", (digest,)).fetchone()
    if row is None:
        raise NotFound(f"there is no action {digest[:12]}", hint="It may have been edited since.")
    return effect_of(row)


def by_key(connection: sqlite3.Connection, key: str) -> Effect | None:
    """The effect with the idempotency key."""
    row = connection.execute(f"{_SELECT} WHERE idempotency_key=?", (key,)).fetchone()
    return None if row is None else effect_of(row)


def by_digests(connection: sqlite3.Connection, digests: Sequence[str]) -> dict[str, Effect]:
    """The effects with these digests; those that nobody knows are left out."""
    found: dict[str, Effect] = {}
    for start in range(0, len(digests), _CHUNK):
        some = digests[start : start + _CHUNK]
        marks = ",".join("?" * len(some))
        for row in connection.execute(f"{_SELECT} WHERE digest IN ({marks})", tuple(some)):
            effect = effect_of(row)
            found[effect.digest] = effect
    return found


def begun(connection: sqlite3.Connection, effect_ids: Sequence[str]) -> dict[str, int]:
    """By effect the place, among all moves, of the call that was made last; only those that were begun."""
    found: dict[str, int] = {}
    for start in range(0, len(effect_ids), _CHUNK):
        some = effect_ids[start : start + _CHUNK]
        marks = ",".join("?" * len(some))
        found.update(
            connection.execute(
                "SELECT effect_id, max(seq) FROM effect_moves"  # noqa: S608 - our own names
                f" WHERE to_status='started' AND effect_id IN ({marks}) GROUP BY effect_id",
                tuple(some),
            )
        )
    return found


def renewed(connection: sqlite3.Connection, digest: str, thread_id: str) -> Effect | None:
    """The effect of a thread that had this digest before it was proposed anew."""
    row = connection.execute(_RENEWED, (thread_id, digest)).fetchone()
    return None if row is None else effect_of(row)


def where(connection: sqlite3.Connection, condition: str, values: Sequence[str | int]) -> list[Effect]:
    """The effects that meet an SQL condition of ours, oldest first."""
    rows = connection.execute(f"{_SELECT} WHERE {condition} ORDER BY seq", tuple(values))
    return [effect_of(row) for row in rows]


def insert(
    connection: sqlite3.Connection,
    effect_id: str,
    envelope: ActionEnvelope,
    scope: EffectScope,
    *,
    at: str,
    expires_at: str | None,
) -> None:
    """A new effect, proposed."""
    connection.execute(
        _INSERT,
        (
            effect_id,
            envelope.idempotency_key,
            envelope.generation,
            envelope.digest,
            scope.tenant,
            scope.principal,
            scope.thread_id,
            scope.run_id,
            scope.turn_id,
            scope.step_id,
            scope.checkpoint_id,
            envelope.tool,
            envelope.tool_version,
            envelope.effect,
            envelope.target,
            _text(envelope.args),
            _text(envelope.preview),
            envelope.policy_version,
            _provenance(envelope),
            _text(envelope.estimated_cost),
            scope.principal,
            at,
            expires_at,
        ),
    )
    connection.execute(_MOVE, (effect_id, None, "proposed", at, scope.principal, "", None))
    record_proposal(connection, effect_id, envelope, scope, at)


def refresh(
    connection: sqlite3.Connection,
    effect: Effect,
    envelope: ActionEnvelope,
    scope: EffectScope,
    *,
    at: str,
    expires_at: str | None,
) -> None:
    """Propose again what had expired or was refused, as it would be now."""
    move(connection, effect, "proposed", at=at, actor=scope.principal, data={"before": effect.digest})
    connection.execute(
        _REFRESH,
        (
            envelope.digest,
            envelope.tool_version,
            envelope.effect,
            envelope.target,
            _text(envelope.preview),
            envelope.policy_version,
            _provenance(envelope),
            _text(envelope.estimated_cost),
            scope.run_id,
            scope.checkpoint_id,
            scope.principal,
            at,
            expires_at,
            effect.effect_id,
        ),
    )
    record_proposal(connection, effect.effect_id, envelope, scope, at)


def move(
    connection: sqlite3.Connection,
    effect: Effect,
    to: EffectStatus,
    *,
    at: str,
    actor: str,
    reason: str = "",
    data: JsonValue = None,
    **changes: Any,
) -> Effect:
    """Take the effect to another status and record the move.

    Args:
        connection: With an open transaction.
        effect: As it is stored.
        to: Where it goes.
        at: When.
        actor: Who or what moves it.
        reason: Why, on one line.
        data: More of it.
        changes: Other fields of the effect that change with it.

    Returns:
        The effect as it is stored now.

    Raises:
        IllegalMove: The table of moves does not have it.
    """
    check_move(effect.status, to)
    changes["status"] = to
    if to in _DECIDES:
        changes.update(decided_at=at, principal=actor)
    if to in _ENDS:
        changes["ended_at"] = at
    values = [_text(value) if name in JSON_FIELDS else value for name, value in changes.items()]
    connection.execute(
        f"UPDATE effects SET {', '.join(f'{name}=?' for name in changes)} WHERE effect_id=?",  # noqa: S608 - our own names
        (*values, effect.effect_id),
    )
    connection.execute(_MOVE, (effect.effect_id, effect.status, to, at, actor, reason, _text(data)))
    record_move(connection, effect, to, at=at, actor=actor, reason=reason, data=data, changes=changes)
    return replace(effect, **changes)


def begin(
    connection: sqlite3.Connection,
    effect: Effect,
    scope: EffectScope,
    *,
    at: str,
    reason: str = "",
    data: JsonValue = None,
) -> Effect:
    """Take the effect to `started`, count the attempt and note from where it is made."""
    return move(
        connection,
        effect,
        "started",
        at=at,
        actor=scope.principal,
        reason=reason,
        data=data,
        attempts=effect.attempts + 1,
        started_at=at,
        run_id=scope.run_id or effect.run_id,
        checkpoint_id=scope.checkpoint_id or effect.checkpoint_id,
        error=None,
    )


def mark_fork(connection: sqlite3.Connection, thread_id: str, source: str, at: str) -> None:
    """A thread is a copy of another, and simulates until a person says otherwise."""
    connection.execute(
        "INSERT OR IGNORE INTO forks(thread_id, source, at) VALUES (?,?,?)", (thread_id, source, at)
    )


def go_live(connection: sqlite3.Connection, thread_id: str, at: str, principal: str) -> bool:
    """A copy of a thread acts from now on; whether it only simulated until now."""
    done = connection.execute(
        "UPDATE forks SET live_at=?, live_by=? WHERE thread_id=? AND live_at IS NULL",
        (at, principal, thread_id),
    )
    if done.rowcount == 0:
        return False
    record_live(connection, thread_id, at, principal)
    return True


def _provenance(envelope: ActionEnvelope) -> str | None:
    return _text({key: item.model_dump(mode="json") for key, item in envelope.provenance.items()})


def _text(value: object) -> str | None:
    return None if value is None else _ENCODE(value)
