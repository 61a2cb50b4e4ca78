"""Names of spans and attributes after OpenTelemetry's semantic conventions for generative AI.

Source: the `gen_ai.*` registry of the OpenTelemetry semantic conventions 1.36 and later. What they have
no name for is called `podium.*`.
"""

from __future__ import annotations

from typing import Final

from podium.telemetry.records import SpanKind

OPERATION: Final = "gen_ai.operation.name"
THREAD: Final = "gen_ai.conversation.id"
RUN: Final = "podium.run.id"
KIND: Final = "podium.span.kind"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
COST: Final = "podium.usage.cost"

CONTENT: Final = frozenset(
    {
        "gen_ai.retrieval.query.text",
        "gen_ai.tool.call.arguments",
        "gen_ai.tool.call.result",
        "podium.messages",
        "podium.reply",
    }
)
"""Attributes that hold what people, models and tools said: shown outside only where the manifest says so."""
IDS: Final = ("thread_id", "run_id", "request_id")
"""What every log line names, as far as it is known."""

OPERATIONS: Final[dict[SpanKind, str]] = {
    "request": "",
    "run": "invoke_workflow",
    "node": "invoke_agent",
    "model": "chat",
    "retrieval": "retrieval",
    "guardrail": "podium.guardrail",
    "tool": "execute_tool",
}

NAMES: Final[dict[SpanKind, str]] = {
    "request": "http.route",
    "run": "gen_ai.workflow.name",
    "node": "podium.node.name",
    "model": "gen_ai.request.model",
    "retrieval": "podium.step.id",
    "guardrail": "podium.guardrail.name",
    "tool": "gen_ai.tool.name",
}
"""The attribute that holds a span's name."""

_ATTRIBUTES: Final = {
    "thread_id": THREAD,
    "run_id": RUN,
    "agent": "gen_ai.agent.name",
    "model": "gen_ai.request.model",
    "response_model": "gen_ai.response.model",
    "provider": "gen_ai.provider.name",
    "temperature": "gen_ai.request.temperature",
    "max_tokens": "gen_ai.request.max_tokens",
    "finish_reason": "gen_ai.response.finish_reasons",
    "response_id": "gen_ai.response.id",
    "input_tokens": INPUT_TOKENS,
    "output_tokens": OUTPUT_TOKENS,
    "cost": COST,
    "tool": "gen_ai.tool.name",
    "call_id": "gen_ai.tool.call.id",
    "collection": "gen_ai.data_source.id",
    "query": "gen_ai.retrieval.query.text",
    "arguments": "gen_ai.tool.call.arguments",
    "result": "gen_ai.tool.call.result",
    "prompt": "gen_ai.prompt.name",
}

TRUSTED: Final = frozenset(
    {
        *(THREAD, RUN, "gen_ai.agent.name", KIND, OPERATION, "http.request.method", "http.route"),
        *("podium.request_id", "podium.principal"),
    }
)
"""Attributes that hold our own identifiers and need no search for secrets."""


def attribute_name(short: str) -> str:
    """The attribute's name by the conventions; `podium.NAME` where they have none."""
    return _ATTRIBUTES.get(short) or (short if "." in short else f"podium.{short}")
