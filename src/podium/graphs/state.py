"""The state of a thread: JSON values and messages only, so that it survives strict reloading."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias, TypedDict

from langchain_core.messages import AnyMessage
from langgraph.graph.message import _messages_delta_reducer

from podium.graphs.channels import GrowingDelta

STATE_VERSION = 1

Record: TypeAlias = dict[str, Any]
"""A pydantic model's JSON form, as the checkpoint holds it."""

Update: TypeAlias = dict[str, Any]
"""What a node writes."""


def merge_evidence(held: list[Record], found: list[Record]) -> list[Record]:
    """Add passages; one that is held already keeps its better score."""
    merged = {item["id"]: item for item in held}
    for item in found:
        known = merged.get(item["id"])
        if known is None or item["score"] > known["score"]:
            merged[item["id"]] = item
    return list(merged.values())


def merge_results(held: dict[str, Record], new: dict[str, Record]) -> dict[str, Record]:
    """Add results of steps; a newer one replaces the older."""
    return {**held, **new}


def extend(held: list[Any], new: list[Any]) -> list[Any]:
    """Append in order."""
    return [*held, *new]


def add_usage(held: dict[str, float], spent: dict[str, float]) -> dict[str, float]:
    """Sum by name."""
    return {name: held.get(name, 0) + spent.get(name, 0) for name in {**held, **spent}}


def reset(value: object) -> Record:
    """An update that replaces a channel's value instead of adding to it."""
    return {"__overwrite__": value}


class PodiumState(TypedDict, total=False):
    """Everything a thread remembers.

    Only `messages` grows with the conversation, and it is stored as deltas. `memory` is bounded. All else
    belongs to the current turn and is reset when the next one is admitted.
    """

    schema_version: int
    messages: Annotated[list[AnyMessage], GrowingDelta(_messages_delta_reducer, snapshot_frequency=50)]
    memory: Record
    """`agents.memory.Memory`: what is kept of the messages that are no longer shown as they are."""
    turn: Record
    """The turn under way, a `graphs.turn.Turn`."""
    plan: Record
    """`core.plan.Plan`."""
    evidence: Annotated[list[Record], merge_evidence]
    """`core.evidence.Evidence` each."""
    results: Annotated[dict[str, Record], merge_results]
    """`agents.contracts.StepResult` by step id."""
    actions: Annotated[list[str], extend]
    """Digests of the envelopes proposed in this turn."""
    verdicts: Annotated[list[Record], extend]
    """`core.verdict.Verdict` each."""
    critique: Record
    """`agents.contracts.Critique`."""
    confidence: Record
    """`core.confidence.Confidence`."""
    decision: Record
    """`guardrails.decision.Decision`: the route, its rule and its threshold."""
    review: Record
    """What a person decided, a `graphs.review.Review`."""
    loops: dict[str, int]
    """How often each bounded loop has run."""
    rounds: Annotated[dict[str, float], add_usage]
    """How often a node has run that a bounded route leaves from, by its name."""
    handovers: Annotated[list[Record], extend]
    """Who handed over to whom: `from`, `to` and `message` each."""
    feedback: Annotated[list[str], extend]
    """Why earlier attempts of this turn were not enough."""
    usage: Annotated[dict[str, float], add_usage]
    stopped: str
    """The budget limit that ended the turn early; empty while none has."""
    degraded: Annotated[list[str], extend]
    """Why the turn is degraded: `ROLE:WHO:WHY` where one stood in; `source:NAME`, `server:NAME` or
    `agent:NAME` where one was out."""
    open_question: Record | None
    """`agents.contracts.OpenQuestion` that the last turn ended with."""
    outcome: Record
    """`graphs.turn.Outcome` of the turn."""


class PodiumInput(TypedDict):
    """What a caller gives: the new messages, the last one from the user."""

    messages: list[AnyMessage]


class PodiumOutput(TypedDict, total=False):
    """What a caller gets."""

    messages: list[AnyMessage]
    outcome: Record
