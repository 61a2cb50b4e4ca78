"""One effect as the ledger holds it."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, fields
from typing import Any, cast

from podium.core.effects import EffectClass, EffectStatus
from podium.core.evidence import Provenance
from podium.core.model import JsonObject, JsonValue
from podium.tools.envelope import ActionEnvelope

JSON_FIELDS = frozenset({"args", "preview", "provenance", "estimated_cost", "result", "observed"})
"""Fields that are stored as JSON text."""


@dataclass(frozen=True, slots=True)
class Effect:
    """An action from its proposal to its end, and what became of it.

    Attributes:
        seq: Its place in the ledger; later ones are higher.
        effect_id: Unique.
        digest: Of its envelope; what a person approves.
        idempotency_key: What the tool is called with.
        generation: How often the same action was compensated before.
        tenant: Whose data.
        thread_id: The thread.
        run_id: The run that proposed it, then the one that carried it out.
        turn_id: The user message that it serves.
        step_id: The step of the plan.
        checkpoint_id: Where it was proposed, then where it was carried out.
        tool: The tool.
        tool_version: The tool's version.
        effect_class: How far it reaches.
        target: What it acts on.
        args: Canonical arguments.
        preview: What it would change; None when the tool does not say.
        policy_version: The policy under which it was proposed.
        provenance: Where each argument came from.
        estimated_cost: In the project's currency.
        status: Where it stands.
        attempts: How often the tool was called.
        result: What the tool gave back.
        error: Why it failed or was refused, on one line.
        principal: Who proposed it, then who decided.
        proposed_at: ISO 8601 in UTC; likewise the next ones.
        decided_at: When it was approved, rejected or closed.
        started_at: When the tool was last called.
        ended_at: When the outcome was known.
        expires_at: Until when it may be approved.
        observed: What reading the outcome back showed; `result` is what the tool claimed.
    """

    seq: int
    effect_id: str
    digest: str
    idempotency_key: str
    generation: int
    tenant: str
    thread_id: str
    run_id: str
    turn_id: str
    step_id: str
    checkpoint_id: str
    tool: str
    tool_version: str
    effect_class: EffectClass
    target: str
    args: JsonObject
    preview: JsonObject | None
    policy_version: str
    provenance: JsonObject
    estimated_cost: float | None
    status: EffectStatus
    attempts: int
    result: JsonValue
    error: str | None
    principal: str
    proposed_at: str
    decided_at: str | None
    started_at: str | None
    ended_at: str | None
    expires_at: str | None
    observed: JsonValue

    @property
    def envelope(self) -> ActionEnvelope:
        """The envelope that these values make; its digest is `digest` unless the row was altered."""
        return ActionEnvelope(
            tool=self.tool,
            tool_version=self.tool_version,
            args=self.args,
            effect=self.effect_class,
            target=self.target,
            preview=self.preview,
            estimated_cost=self.estimated_cost,
            idempotency_key=self.idempotency_key,
            generation=self.generation,
            policy_version=self.policy_version,
            provenance={key: Provenance.model_validate(item) for key, item in self.provenance.items()},
        )


@dataclass(frozen=True, slots=True)
class EffectMove:
    """One step in the life of an effect.

    Attributes:
        from_status: Where it stood; None for the first.
        to_status: Where it went.
        at: ISO 8601 in UTC.
        actor: Who or what moved it.
        reason: Why, on one line; may be empty.
        data: More of it, such as the grant that was spent.
    """

    from_status: EffectStatus | None
    to_status: EffectStatus
    at: str
    actor: str
    reason: str
    data: JsonValue


EFFECT_COLUMNS = ", ".join(field.name for field in fields(Effect))
MOVE_COLUMNS = ", ".join(field.name for field in fields(EffectMove))
_NAMES = tuple(field.name for field in fields(Effect))


def effect_of(row: sqlite3.Row | tuple[Any, ...]) -> Effect:
    """The effect in a row of `EFFECT_COLUMNS`."""
    values = dict(zip(_NAMES, row, strict=True))
    for name in JSON_FIELDS:
        values[name] = None if values[name] is None else json.loads(values[name])
    values["provenance"] = values["provenance"] or {}
    return Effect(**values)


def move_of(row: sqlite3.Row | tuple[Any, ...]) -> EffectMove:
    """The move in a row of `MOVE_COLUMNS`."""
    before, after, at, actor, reason, data = row
    return EffectMove(
        from_status=cast("EffectStatus | None", before),
        to_status=after,
        at=at,
        actor=actor,
        reason=reason,
        data=None if data is None else json.loads(data),
    )
