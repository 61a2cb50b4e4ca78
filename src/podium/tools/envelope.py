"""An action as a person approves it: what exactly would be done, with one digest over all of it."""

from __future__ import annotations

from podium.core.canonical import canonical_digest
from podium.core.effects import EffectClass
from podium.core.evidence import Provenance
from podium.core.model import JsonObject, JsonValue, Model
from podium.tools.scope import EffectScope


class ActionEnvelope(Model):
    """Everything that an approval covers; any other value anywhere in it has another digest."""

    schema_version: int = 1
    tool: str
    tool_version: str
    args: dict[str, JsonValue]
    """Canonical: every default filled in."""
    effect: EffectClass
    target: str = ""
    preview: JsonObject | None = None
    estimated_cost: float | None = None
    idempotency_key: str
    generation: int = 0
    """How often the same action was compensated before."""
    policy_version: str = ""
    provenance: dict[str, Provenance] = {}
    """Where each argument came from."""

    @property
    def digest(self) -> str:
        """SHA-256 of the envelope's canonical JSON (RFC 8785)."""
        return canonical_digest(self.model_dump(mode="json"))


def idempotency_key(scope: EffectScope, tool: str, args: JsonObject, generation: int) -> str:
    """The identity of an effect, kept by retry, resume and replay of its turn.

    The tool's name is part of it, because one step may call two tools with equal arguments.

    Args:
        scope: Tenant, thread, turn and step.
        tool: The tool's name.
        args: Canonical arguments.
        generation: How often the same action was compensated before.
    """
    return canonical_digest(
        [scope.tenant, scope.thread_id, scope.turn_id, scope.step_id, tool, args, generation]
    )
