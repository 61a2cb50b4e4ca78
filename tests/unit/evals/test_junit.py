"""A run as JUnit: errors, failures, what does not apply, and the rules of the gate."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from podium.evals.case import Case
from podium.evals.gate import Gate, Judgement
from podium.evals.junit import junit_of, write_junit
from podium.evals.log import SCHEMA_VERSION, LogHeader, TrialError, TrialRecord
from podium.evals.observation import Observation
from podium.evals.score import Score

HEADER = LogHeader(
    kind="header",
    schema_version=SCHEMA_VERSION,
    suite="answers",
    digest="d",
    target="function",
    planned=5,
    primary="exact",
    created_at="2026-11-21T10:00:00Z",
)


def trial(name: str, *scores: Score, **more: Any) -> TrialRecord:
    made = {"observation": Observation(output="\x00<b>no</b>"), "scores": scores, "seconds": 0.25}
    return TrialRecord(kind="trial", case=Case(id=name, input="?"), digest="x", **{**made, **more})


TRIALS = [
    trial("good", Score(name="exact", value=1.0)),
    trial("bad", Score(name="exact", value=0.0, reason="it is not 30 days")),
    trial("other", Score(name="exact")),
    trial("broken", Score(name="exact", error="the judge said nonsense")),
    trial("late", observation=None, error=TrialError(code="case_timeout", message="too slow", hint="Wait.")),
]
GATE = Gate((Judgement("exact ≥ 0.9", "failed", "0.5", stops=True), Judgement("b", "cannot tell", "few")), {})


def test_every_trial_and_every_rule_is_a_test_case() -> None:
    root = junit_of(HEADER, TRIALS, GATE)
    trials, gate = root
    kinds = [next((child.tag for child in case), "passed") for case in trials]
    assert kinds == ["passed", "failure", "skipped", "error", "error"]
    assert [next((child.tag for child in case), "passed") for case in gate] == ["failure", "skipped"]
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "7",
        "failures": "2",
        "errors": "2",
        "skipped": "2",
    }
    assert trials[1][0].get("message") == "exact 0: it is not 30 days"
    assert trials[4][0].get("type") == "case_timeout"


def test_the_file_is_xml_whatever_an_agent_said(tmp_path: Path) -> None:
    file = tmp_path / "ci" / "junit.xml"
    write_junit(file, HEADER, TRIALS)
    read = ET.parse(file).getroot()
    assert read[0][1][0].text == "\ufffd<b>no</b>"
