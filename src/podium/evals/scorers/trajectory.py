"""Scorers of the way that was taken: the steps by name, with `__interrupt__` where a person was asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, assert_never

from podium.core.model import JsonObject
from podium.evals.case import Case
from podium.evals.observation import Observation
from podium.evals.score import Score
from podium.evals.scorers.alignment import best_pairs, longest_common
from podium.evals.scorers.base import BuiltIn, scored
from podium.evals.scorers.matchers import ABSENT, same
from podium.evals.scorers.texts import f1_of

Match: TypeAlias = Literal["strict", "in_order", "any_order", "lcs_f1"]

INTERRUPT = "__interrupt__"


@dataclass(frozen=True, slots=True)
class _Step:
    """A step and the arguments that it has, or should have."""

    name: str
    args: JsonObject | None = None


class Trajectory(BuiltIn):
    """How far the steps are the expected ones.

    `strict`: the same steps. `in_order`: all expected steps in their order, others between them allowed.
    `any_order`: all expected steps, each as often, others besides allowed. `lcs_f1`: F1 of the longest common
    subsequence, within 0 and 1.
    """

    match: Match = "lcs_f1"
    arguments: bool = False
    """Whether a step that is a tool of the case's expected actions needs their arguments as well: the first
    such step those of the first such action, and so on."""
    ignore: tuple[str, ...] = ()
    """Steps that do not count, expected or not."""

    def __call__(self, case: Case, observed: Observation, /) -> Score | None:
        """The score; None where the case names no steps."""
        if case.expected.trajectory is None:
            return None
        wanted = self._steps(
            case.expected.trajectory, [(one.tool, one.args) for one in case.expected.actions or ()]
        )
        made = self._steps(observed.trajectory, [(one.tool, one.args) for one in observed.actions])
        value = self._value(wanted, made)
        reason = "" if value == 1 else f"seen: {' '.join(step.name for step in made) or 'nothing'}"
        return scored(value, reason[:500])

    def _value(self, wanted: Sequence[_Step], made: Sequence[_Step]) -> float:
        match self.match:
            case "strict":
                pairs = zip(wanted, made, strict=False)
                return float(len(wanted) == len(made) and all(_fits(one, other) for one, other in pairs))
            case "in_order":
                return float(longest_common(wanted, made, _fits) == len(wanted))
            case "any_order":
                gains = [[float(_fits(one, other)) for other in made] for one in wanted]
                return float(len(best_pairs(gains)) == len(wanted))
            case "lcs_f1":
                return f1_of(longest_common(wanted, made, _fits), len(made), len(wanted))
            case _:
                assert_never(self.match)

    def _steps(self, names: Sequence[str], calls: Sequence[tuple[str, JsonObject]]) -> list[_Step]:
        kept = [name for name in names if name not in self.ignore]
        if not self.arguments:
            return [_Step(name) for name in kept]
        met: Counter[str] = Counter()
        steps: list[_Step] = []
        for name in kept:
            of_tool = [args for tool, args in calls if tool == name]
            at = met[name]
            met[name] += 1
            steps.append(_Step(name, of_tool[at] if at < len(of_tool) else None))
        return steps


def _fits(wanted: _Step, made: _Step) -> bool:
    if wanted.name != made.name:
        return False
    if not wanted.args:
        return True
    args = made.args or {}
    return all(same(value, args.get(key, ABSENT)) for key, value in wanted.args.items())
