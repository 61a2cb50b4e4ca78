"""Reading with a tool: the guardrails look at the call first, and a span tells what was asked and given."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from podium.core.tool import ToolCall, ToolOutput
from podium.core.verdict import Verdict
from podium.graphs.context import GraphContext
from podium.graphs.screening import blocking, check_call

if TYPE_CHECKING:
    from podium.graphs.node import RunScope
    from podium.tools.scope import EffectScope

SHOWN: Final = 8_000
"""Characters of what a tool was given and gave that are recorded; the whole is in the run's state."""


async def read(
    call: ToolCall, place: EffectScope, context: GraphContext, scope: RunScope
) -> tuple[ToolOutput, tuple[Verdict, ...]]:
    """What a read-only call gives, unless the guardrails forbid it; and what they said.

    Args:
        call: The call.
        place: For the ledger.
        context: What the node works with.
        scope: Where the node runs.
    """
    verdicts = await check_call(context, call)
    if blocked := blocking(verdicts):
        return ToolOutput(call=call, ok=False, error=blocked), verdicts
    tool, ids = call.tool, {"thread_id": scope.thread_id, "run_id": scope.run_id}
    with context.telemetry.span("tool", tool, arguments=shown(call.args), **ids) as span:
        output = await context.toolbox.read(call, place)
        span.set(ok=output.ok, result=shown(output.result if output.ok else output.error), code=output.code)
    return output, verdicts


def shown(value: Any) -> str:
    """A value as JSON text, as far as it is recorded."""
    return json.dumps(value, ensure_ascii=False, default=str)[:SHOWN]
