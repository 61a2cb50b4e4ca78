from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from podium.guardrails.finding import Finding, apply_fixes


def test_fixes_stand_where_the_findings_were() -> None:
    found = [Finding("b", (4, 7), "B"), Finding("a", (0, 3), "A")]
    assert apply_fixes("one two three", found) == "A B three"


def test_one_finding_without_a_fix_means_there_is_none() -> None:
    assert apply_fixes("one two", [Finding("a", (0, 3), "A"), Finding("b", (4, 7))]) is None


def test_a_finding_without_a_span_replaces_the_whole() -> None:
    assert apply_fixes("one two", [Finding("a", None, "new")]) == "new"


def test_overlapping_findings_leave_nothing_of_what_they_cover() -> None:
    assert apply_fixes("abcdef", [Finding("a", (0, 3), "X"), Finding("b", (2, 5), "Y")]) == "Xf"


@given(st.text(), st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=5))
def test_what_no_finding_covers_is_kept(text: str, spans: list[tuple[int, int]]) -> None:
    inside = [(min(a, b, len(text)), min(max(a, b), len(text))) for a, b in spans]
    fixed = apply_fixes(text, [Finding("x", span, "") for span in inside])
    covered = {i for start, end in inside for i in range(start, end)}
    assert fixed == "".join(character for i, character in enumerate(text) if i not in covered)
