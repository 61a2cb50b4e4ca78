"""Scorers of calls: was the right tool chosen, with the right arguments?

Expected and seen calls are paired so that the most comes out, so an extra or missing call costs its part and
the order of others does not matter. Identical calls score 1, none expected and none made too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from pydantic import Field

from podium.core.model import JsonValue
from podium.evals.case import Case, ExpectedAction
from podium.evals.observation import ActionSeen, Observation
from podium.evals.score import Score
from podium.evals.scorers.alignment import best_pairs
from podium.evals.scorers.base import BuiltIn, scored
from podium.evals.scorers.matchers import ABSENT, same
from podium.evals.scorers.texts import f1_of


class _Calls(BuiltIn):
    reads: bool = True
    """Whether calls that change nothing count."""
    ignore: tuple[str, ...] = ()
    """Tools whose calls do not count."""
    extra: bool = True
    """Whether a call that nobody expected costs."""

    def _seen(self, observed: Observation) -> list[ActionSeen]:
        return [
            call
            for call in observed.actions
            if call.tool not in self.ignore and (self.reads or call.effect != "read")
        ]

    def _score(self, expected: Sequence[ExpectedAction], seen: Sequence[ActionSeen], tool: float) -> Score:
        gains = [[credit(one, call, tool) for call in seen] for one in expected]
        pairs = best_pairs(gains)
        total = sum(gains[row][column] for row, column in pairs)
        value = f1_of(total, len(seen) if self.extra else len(expected), len(expected))
        return scored(
            min(value, 1.0), _reason(expected, seen, pairs, gains), **_details(expected, seen, pairs, gains)
        )


class Tools(_Calls):
    """F1 of the tools that were called, each as often as expected; arguments do not matter."""

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score; None where the case does not name its calls."""
        if case.expected.actions is None:
            return None
        return self._score(case.expected.actions, self._seen(observed), 1.0)


class Actions(_Calls):
    """F1 of the calls with their arguments: a call of the right tool earns the share of right arguments."""

    tool_credit: Annotated[float, Field(ge=0, le=1)] = 0.5
    """What the right tool earns with no argument right."""
    strict: bool = False
    """All or nothing: 1 when every call is as expected, else 0."""

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score; None where the case does not name its calls."""
        if case.expected.actions is None:
            return None
        found = self._score(case.expected.actions, self._seen(observed), self.tool_credit)
        if self.strict and found.value is not None and found.value < 1:
            return found.model_copy(update={"value": 0.0})
        return found


def credit(expected: ExpectedAction, seen: ActionSeen, tool: float) -> float:
    """What a call earns, within 0 and 1.

    Args:
        expected: A call that should be made; what it does not name is not judged.
        seen: A call.
        tool: What the right tool earns by itself.
    """
    if expected.tool != seen.tool:
        return 0.0
    if not expected.args:
        return 1.0
    right = sum(same(value, seen.args.get(key, ABSENT)) for key, value in expected.args.items())
    return tool + (1 - tool) * right / len(expected.args)


def _reason(
    expected: Sequence[ExpectedAction],
    seen: Sequence[ActionSeen],
    pairs: Sequence[tuple[int, int]],
    gains: Sequence[Sequence[float]],
) -> str:
    missing = [one.tool for at, one in enumerate(expected) if at not in {row for row, _ in pairs}]
    extra = [call.tool for at, call in enumerate(seen) if at not in {column for _, column in pairs}]
    partly = [expected[row].tool for row, column in pairs if gains[row][column] < 1]
    said = [("not called", missing), ("called besides", extra), ("with other arguments", partly)]
    return "; ".join(f"{what}: {', '.join(tools)}" for what, tools in said if tools)


def _details(
    expected: Sequence[ExpectedAction],
    seen: Sequence[ActionSeen],
    pairs: Sequence[tuple[int, int]],
    gains: Sequence[Sequence[float]],
) -> Mapping[str, JsonValue]:
    return {
        "pairs": [
            {
                "expected": expected[row].model_dump(mode="json"),
                "seen": {"tool": seen[column].tool, "args": seen[column].args},
                "credit": gains[row][column],
            }
            for row, column in pairs
        ]
    }
