"""What is recorded of one span or step, and who may receive it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

SpanKind = Literal["request", "run", "node", "model", "retrieval", "guardrail", "tool"]

DecisionKind = Literal["route", "refusal", "review", "grant", "budget"]

AttributeValue: TypeAlias = str | bool | int | float


@dataclass(frozen=True, slots=True)
class SpanRecord:
    """A span that has ended, or something that happened within one.

    Attributes:
        kind: What kind of work; `event` for a point in time.
        name: The graph, node, model, step, rule or tool; for an event, what happened.
        trace_id: 32 hexadecimal digits, as in W3C trace context.
        span_id: 16 hexadecimal digits; for an event, the span it happened in.
        parent_id: The span around it; empty for the outermost.
        started_ns: Nanoseconds since the epoch.
        seconds: How long it took; 0 for an event.
        error: Class of the exception that ended it; empty when it ended well.
        attributes: By OpenTelemetry name, secrets taken out.
        ids: Of the thread, the run and the request that it belongs to, as far as they are known.
        stored: Whether it is for the sink as well, beside logs and metrics.
    """

    kind: SpanKind | Literal["event"]
    name: str
    trace_id: str
    span_id: str
    parent_id: str
    started_ns: int
    seconds: float = 0.0
    error: str = ""
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    ids: Mapping[str, str] = field(default_factory=dict)
    stored: bool = True


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What a node wrote into the state of its run.

    Attributes:
        node: The node.
        at_ns: When, in nanoseconds since the epoch.
        thread_id: The thread.
        run_id: The run.
        who: The principal on whose behalf it worked.
        tenant: Whose data.
        update: What it wrote.
    """

    node: str
    at_ns: int
    thread_id: str
    run_id: str
    who: str
    tenant: str
    update: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """Where a node sent a turn, and why.

    Attributes:
        kind: `route`: by confidence and policy; `refusal`: by a guardrail at once; `review`: by a person;
            `grant`: back to a person, since an approval did not hold any more; `budget`: to its end.
        node: The node.
        at_ns: When, in nanoseconds since the epoch.
        thread_id: The thread.
        run_id: The run.
        turn_id: The user's message.
        checkpoint_id: The checkpoint that the node began from.
        step: The number of the step that it belongs to; None where nobody says.
        tenant: Whose data.
        who: The principal who decided, or on whose behalf it was decided.
        route: Where the turn went.
        rule: What decided.
        threshold: The confidence that was asked for; None where it was not.
        score: The confidence; None where there was none.
        policy_version: The policy in force.
        details: Factors, reason codes and facts: JSON values, and no words of anybody.
    """

    kind: DecisionKind
    node: str
    at_ns: int
    thread_id: str
    run_id: str
    turn_id: str
    checkpoint_id: str
    step: int | None
    tenant: str
    who: str
    route: str
    rule: str
    threshold: float | None
    score: float | None
    policy_version: str
    details: Mapping[str, Any]


Record: TypeAlias = SpanRecord | StepRecord | DecisionRecord


class Sink(Protocol):
    """Stores records, such as in the project's event log and audit chain."""

    async def write(self, records: Sequence[Record]) -> None:
        """Store the records of one batch, oldest first.

        Raises:
            PodiumError: They cannot be stored. Spans are dropped and counted, steps are given again with the
                next batch; the run goes on.
        """
        ...
