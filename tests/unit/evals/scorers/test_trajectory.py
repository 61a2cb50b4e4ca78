from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from podium.evals.case import Case, Expected, ExpectedAction
from podium.evals.observation import ActionSeen, Observation
from podium.evals.scorers.trajectory import INTERRUPT, Match, Trajectory

steps = st.lists(st.sampled_from(["plan", "retrieve", "execute", INTERRUPT]), max_size=8)
MATCHES: list[Match] = ["strict", "in_order", "any_order", "lcs_f1"]


def judged(match: Match, wanted: list[str], made: list[str]) -> float:
    case = Case(id="c", input="x", expected=Expected(trajectory=tuple(wanted)))
    found = Trajectory(match=match)(case, Observation(trajectory=tuple(made)))
    assert found is not None
    assert found.value is not None
    return found.value


@pytest.mark.parametrize("match", MATCHES)
@settings(deadline=None)
@given(way=steps)
def test_the_same_way_is_worth_one(match: Match, way: list[str]) -> None:
    assert judged(match, way, way) == 1.0


@settings(deadline=None)
@given(steps, steps)
def test_the_stricter_implies_the_looser(wanted: list[str], made: list[str]) -> None:
    strict, in_order, any_order, f1 = (judged(match, wanted, made) for match in MATCHES)
    assert strict <= in_order <= any_order
    assert 0 <= f1 <= 1
    assert (f1 == 1) == (strict == 1)


@pytest.mark.parametrize(
    ("match", "made", "value"),
    [
        ("strict", ["plan", INTERRUPT, "execute"], 1.0),
        ("strict", ["plan", "execute"], 0.0),
        ("in_order", ["plan", "retrieve", INTERRUPT, "execute"], 1.0),
        ("in_order", [INTERRUPT, "plan", "execute"], 0.0),
        ("any_order", [INTERRUPT, "plan", "execute"], 1.0),
        ("any_order", ["plan", "plan", "execute"], 0.0),
        ("lcs_f1", ["plan", "retrieve", "execute"], 2 / 3),
        ("lcs_f1", [], 0.0),
    ],
)
def test_a_person_is_asked_between(match: Match, made: list[str], value: float) -> None:
    assert judged(match, ["plan", INTERRUPT, "execute"], made) == pytest.approx(value)


def test_no_steps_named_gives_no_value() -> None:
    assert Trajectory()(Case(id="c", input="x"), Observation(trajectory=("plan",))) is None


def test_steps_can_be_left_out() -> None:
    case = Case(id="c", input="x", expected=Expected(trajectory=("plan", "execute")))
    found = Trajectory(match="strict", ignore=("retrieve",))(
        case, Observation(trajectory=("plan", "retrieve", "execute", "retrieve"))
    )
    assert found is not None
    assert found.value == 1.0


@pytest.mark.parametrize(("order", "value"), [("O-7", 1.0), ("X-7", 0.5)])
def test_tools_among_the_steps_can_be_held_to_their_arguments(order: str, value: float) -> None:
    case = Case(
        id="c",
        input="x",
        expected=Expected(
            trajectory=("look", "refund"),
            actions=(ExpectedAction(tool="refund", args={"order": {"$regex": "^O-"}}),),
        ),
    )
    observed = Observation(
        trajectory=("look", "refund"),
        actions=(ActionSeen(tool="look"), ActionSeen(tool="refund", args={"order": order, "note": ""})),
    )
    found = Trajectory(arguments=True)(case, observed)
    assert found is not None
    assert found.value == value
