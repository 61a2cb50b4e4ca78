"""What agents know of a tool: enough to plan and fill a call, nothing to run it."""

from __future__ import annotations

from podium.core.effects import EffectClass
from podium.core.evidence import Provenance
from podium.core.model import JsonObject, JsonValue, Model


class ToolSpec(Model):
    """A tool as the agents see it."""

    name: str
    description: str
    """The tool's whole docstring; its first line says what it does in a user's words."""
    args_schema: JsonObject
    """JSON Schema of the arguments, an object."""
    effect: EffectClass
    version: str = "1"


class ToolCall(Model):
    """A call that an agent proposes."""

    tool: str
    args: dict[str, JsonValue] = {}
    provenance: dict[str, Provenance] = {}
    """Where each argument's value came from, by argument."""
    step: str = ""
    """The step that asks for the call."""


class ToolOutput(Model):
    """What a read-only tool returned during the turn."""

    call: ToolCall
    ok: bool
    result: JsonValue = None
    error: str = ""
    code: str = ""
    """Of the error: `action_failed` for a refusal, others for a tool that broke."""
