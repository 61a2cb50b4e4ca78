"""Whether a plan is what a request asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from podium.core.model import JsonValue
from podium.core.plan import Plan, Step
from podium.core.tool import ToolCall

FREE = frozenset(["reason", "subject"])
"""Arguments whose words may differ, and that may be left out or added."""


@dataclass(frozen=True)
class Wanted:
    """What is expected of a request.

    Attributes:
        request: Its words.
        kind: `question` is looked up, `ask` is asked about, `missing` lacks something; others are done.
        calls: Tool and arguments of each call; for `missing` what is known of it.
        missing: Arguments to ask for.
    """

    request: str
    kind: str
    calls: tuple[tuple[str, dict[str, JsonValue]], ...]
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Made:
    """What came of a request.

    Attributes:
        plan: The first plan of the turn; None when there was none.
        calls: The calls that were made or proposed, by step.
    """

    plan: Plan | None
    calls: Mapping[str, tuple[ToolCall, ...]]

    @property
    def acts(self) -> tuple[Step, ...]:
        """The steps that call a tool."""
        return self.plan.of_kind("act") if self.plan else ()

    def args(self, step: Step) -> dict[str, JsonValue]:
        """The arguments of a step, with those that other steps provided."""
        made = next((call.args for call in self.calls.get(step.id, ())), {})
        return {**made, **step.args}

    def told(self) -> str:
        """The plan in one line."""
        steps = self.plan.steps if self.plan else ()
        return "; ".join(
            f"{step.kind} {step.tool} {self.args(step) if step.kind == 'act' else step.instruction}"
            for step in steps
            if step.kind != "answer"
        )


def is_right(wanted: Wanted, made: Made, reading: frozenset[str]) -> bool:
    """Whether the plan does just what is expected.

    Args:
        wanted: The expectation.
        made: The plan.
        reading: Names of the tools that change nothing.
    """
    if made.plan is None or unasked(wanted, made, reading):
        return False
    match wanted.kind:
        case "question":
            return bool(made.plan.of_kind("retrieve"))
        case "ask":
            return bool(made.plan.of_kind("clarify"))
        case "missing":
            return _asks(wanted, made.plan)
        case _:
            return not made.plan.of_kind("clarify") and _calls_just(wanted, made)


def same_tools(wanted: Wanted, made: Made) -> bool:
    """Whether the plan is about the expected tools, whatever the arguments."""
    meant = {step.tool for step in made.plan.steps if step.tool} if made.plan else set()
    return {tool for tool, _ in wanted.calls} <= meant if wanted.calls else not made.acts


def unasked(wanted: Wanted, made: Made, reading: frozenset[str]) -> list[str]:
    """Steps that would change something that was not asked for, or not with these arguments."""
    expected = list(wanted.calls) if wanted.kind not in ("missing", "ask", "question") else []
    return [
        step.id
        for step in made.acts
        if step.tool not in reading and not any(_fits(step, call, made) for call in expected)
    ]


def _asks(wanted: Wanted, plan: Plan) -> bool:
    tool, args = wanted.calls[0]
    return any(
        step.tool == tool and set(step.missing) == wanted.missing and _same(step.args, args)
        for step in plan.of_kind("clarify")
    )


def _calls_just(wanted: Wanted, made: Made) -> bool:
    """Every expected call once, and no other but for readings that another step needs."""
    needed = {reference.step for step in made.acts for reference in step.references.values()}
    left = list(wanted.calls)
    for step in made.acts:
        fitting = next((call for call in left if _fits(step, call, made)), None)
        if fitting is not None:
            left.remove(fitting)
        elif step.id not in needed:
            return False
    return not left


def _fits(step: Step, call: tuple[str, dict[str, JsonValue]], made: Made) -> bool:
    return step.tool == call[0] and _same(made.args(step), call[1])


def _same(found: Mapping[str, JsonValue], wanted: Mapping[str, JsonValue]) -> bool:
    def plain(args: Mapping[str, JsonValue]) -> dict[str, object]:
        return {name: _plain(value) for name, value in args.items() if name not in FREE and value is not None}

    return plain(found) == plain(wanted)


def _plain(value: JsonValue) -> object:
    """Amounts are compared as numbers, words without regard to capitals and a last full stop."""
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return str(value).rstrip(".").casefold()
