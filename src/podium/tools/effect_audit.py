"""What the audit chain says of an effect: its envelope when it is proposed, and each of its moves."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

from podium.core.audit import AuditEntry
from podium.core.effects import EffectStatus
from podium.core.model import JsonObject, JsonValue
from podium.storage.audit_rows import append

if TYPE_CHECKING:
    from podium.tools.effect import Effect
    from podium.tools.envelope import ActionEnvelope
    from podium.tools.scope import EffectScope

_OPEN_DATA = frozenset({"grant", "code", "before"})
"""What a move tells beside its reason that is never personal."""
_OUTCOME = ("result", "observed", "error")


def record_proposal(
    connection: sqlite3.Connection, effect_id: str, envelope: ActionEnvelope, scope: EffectScope, at: str
) -> None:
    """Put on record that an envelope was proposed."""
    provenance: JsonObject = {key: item.model_dump(mode="json") for key, item in envelope.provenance.items()}
    data: JsonObject = {
        "effect": effect_id,
        "digest": envelope.digest,
        "tool": envelope.tool,
        "version": envelope.tool_version,
        "class": envelope.effect,
        "policy": envelope.policy_version,
        "generation": envelope.generation,
        "turn": scope.turn_id,
        "step": scope.step_id,
        "checkpoint": scope.checkpoint_id,
        "from": None,
        "to": "proposed",
    }
    sealed: JsonObject = {
        "args": envelope.args,
        "target": envelope.target,
        "preview": envelope.preview,
        "provenance": provenance,
    }
    append(
        connection,
        [
            AuditEntry(
                "effect",
                at,
                scope.principal,
                data,
                sealed,
                thread_id=scope.thread_id,
                run_id=scope.run_id,
                tenant=scope.tenant,
            )
        ],
    )


def record_live(connection: sqlite3.Connection, thread_id: str, at: str, principal: str) -> None:
    """Put on record that a person let a copied thread act."""
    append(connection, [AuditEntry("live", at, principal, thread_id=thread_id)])


def record_move(
    connection: sqlite3.Connection,
    effect: Effect,
    to: EffectStatus,
    *,
    at: str,
    actor: str,
    reason: str,
    data: JsonValue,
    changes: dict[str, Any],
) -> None:
    """Put on record that an effect has moved, why, and what came of it.

    Args:
        connection: With an open transaction.
        effect: As it was before.
        to: Where it went.
        at: When.
        actor: Who or what moved it.
        reason: Why.
        data: More of it.
        changes: Fields of the effect that changed with it.
    """
    more = data if isinstance(data, dict) else {}
    told: JsonObject = {key: value for key, value in more.items() if key in _OPEN_DATA}
    sealed: JsonObject = {"reason": reason} if reason else {}
    sealed.update({name: changes[name] for name in _OUTCOME if changes.get(name) is not None})
    append(
        connection,
        [
            AuditEntry(
                "effect",
                at,
                actor,
                {
                    "effect": effect.effect_id,
                    "digest": effect.digest,
                    "tool": effect.tool,
                    "from": effect.status,
                    "to": to,
                    **told,
                },
                sealed or None,
                thread_id=effect.thread_id,
                run_id=changes.get("run_id") or effect.run_id,
                tenant=effect.tenant,
            )
        ],
    )
