"""The call behind an effect, with where each of its arguments came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podium.core.evidence import Provenance
from podium.core.tool import ToolCall

if TYPE_CHECKING:
    from podium.graphs.context import GraphContext
    from podium.tools.effect import Effect


def call_of(effect: Effect, context: GraphContext) -> ToolCall:
    """The call behind an effect; an argument that has the tool's own default comes from the tool."""
    known = effect.envelope.provenance
    schema: dict[str, Any] = context.toolbox.get(effect.tool).spec.args_schema
    own = {name: item["default"] for name, item in schema.get("properties", {}).items() if "default" in item}
    defaults = {
        name: Provenance(origin="default", trust="trusted")
        for name, value in effect.args.items()
        if name not in known and name in own and own[name] == value
    }
    return ToolCall(tool=effect.tool, args=effect.args, provenance={**known, **defaults}, step=effect.step_id)
