"""What a person may answer, in every form that clients send, and to what it is bound."""

from __future__ import annotations

import pytest

from podium.core.errors import InputError
from podium.graphs.review import names_digests, parse_decisions

A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    "answer",
    [
        "approve",
        " Approve ",
        {"type": "approve"},
        [{"type": "approve"}],
        {"decisions": [{"type": "approve"}]},
    ],
)
def test_a_plain_approval_stands_for_all_that_waits(answer: object) -> None:
    decisions = parse_decisions(answer, [A, B])
    assert [(d.type, d.digest) for d in decisions] == [("approve", A), ("approve", B)]


def test_several_without_digest_go_by_position() -> None:
    decisions = parse_decisions({"decisions": [{"type": "approve"}, {"type": "reject"}]}, [A, B])
    assert [(d.type, d.digest) for d in decisions] == [("approve", A), ("reject", B)]


def test_what_is_not_named_is_rejected_when_digests_are() -> None:
    decisions = parse_decisions([{"type": "approve", "digest": B[:8]}], [A, B])
    assert {(d.type, d.digest) for d in decisions} == {("approve", B), ("reject", A)}


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"type": "approve", "digest": "c" * 64}, "waits here"),
        ([{"type": "approve"}] * 3, "2 actions wait, 3 decisions"),
        ({"type": "edit", "edited_action": {"name": "t", "args": {}}}, "has to name"),
        ({"type": "launch"}, "cannot be understood"),
        ({"decisions": []}, "cannot be understood"),
        ({"type": "approve", "sudo": True}, "cannot be understood"),
        (None, "cannot be understood"),
        (7, "cannot be understood"),
    ],
)
def test_what_does_not_fit_is_refused(answer: object, message: str) -> None:
    with pytest.raises(InputError, match=message) as caught:
        parse_decisions(answer, [A, B])
    assert caught.value.hint


def test_without_actions_the_answer_stands_for_the_draft() -> None:
    (decision,) = parse_decisions({"type": "respond", "message": "Say yes."}, [])
    assert (decision.type, decision.digest, decision.message) == ("respond", None, "Say yes.")


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ("approve", False),
        ({"decisions": [{"type": "approve"}]}, False),
        ({"type": "approve", "digest": A[:8]}, True),
        ([{"type": "reject"}, {"type": "approve", "digest": A}], True),
        ({"type": "edit", "edited_action": {"name": "post", "args": {"digest": A}}}, False),
        ({"type": "reject", "message": '"digest"'}, False),
    ],
)
def test_an_answer_names_digests_where_it_decides_not_in_what_it_says(answer: object, names: bool) -> None:
    assert names_digests(answer) is names


@pytest.mark.parametrize(
    ("answer", "waiting"),
    [
        ("approve", [A]),
        ("approve", [A, B]),
        ([{"type": "approve"}], [A]),
        ([{"type": "approve"}, {"type": "approve"}], [A, B]),
    ],
)
def test_what_was_refused_before_is_not_meant_by_an_answer_without_digests(
    answer: object, waiting: list[str]
) -> None:
    decisions = parse_decisions(answer, [*waiting, "c" * 64], waiting)
    assert [d.digest for d in decisions] == waiting


def test_an_answer_to_each_that_was_asked_is_read_so_after_a_crash_in_its_middle() -> None:
    decisions = parse_decisions([{"type": "reject"}, {"type": "approve"}], [A, B], [B])
    assert [(d.type, d.digest) for d in decisions] == [("reject", A), ("approve", B)]
