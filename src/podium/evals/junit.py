"""A run as a JUnit report, which continuous integration knows how to show.

Every trial is a test case: an error is one, and a primary metric below what counts as a success is a failure.
The rules of the gate follow as test cases of their own. The dialect is what Jenkins, GitHub and GitLab
read: `testsuites/testsuite/testcase` with `failure`, `error` and `skipped`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

from podium.evals.gate import Gate
from podium.evals.log import LogHeader, TrialRecord
from podium.evals.report.gather import SUCCESS
from podium.storage.files import write_whole

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST = 2_000


def write_junit(
    path: Path, header: LogHeader, trials: Iterable[TrialRecord], gate: Gate | None = None
) -> None:
    """Write the report of a run, whole or not at all.

    Args:
        path: The file; its folder is made when missing.
        header: Of the run's log.
        trials: Of the run's log.
        gate: What became of the suite's rules.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, ET.tostring(junit_of(header, trials, gate), encoding="utf-8", xml_declaration=True))


def junit_of(header: LogHeader, trials: Iterable[TrialRecord], gate: Gate | None = None) -> ET.Element:
    """The report of a run.

    Args:
        header: Of the run's log.
        trials: Of the run's log.
        gate: What became of the suite's rules.
    """
    root = ET.Element("testsuites", name=_text(header.suite))
    suite = ET.SubElement(root, "testsuite", name=_text(header.suite), timestamp=header.created_at)
    primary = header.primary
    for trial in trials:
        primary = primary or next((score.name for score in trial.scores), "")
        _add_trial(suite, header, trial, primary)
    if gate is not None:
        rules = ET.SubElement(root, "testsuite", name=_text(f"{header.suite} gate"))
        for judged in gate.judgements:
            case = ET.SubElement(
                rules, "testcase", classname=_text(f"{header.suite}.gate"), name=_text(judged.rule)
            )
            if judged.stops:
                ET.SubElement(case, "failure", message=_text(judged.reason), type=judged.verdict)
            elif judged.verdict == "cannot tell":
                ET.SubElement(case, "skipped", message=_text(judged.reason))
        _count(rules)
    _count(suite)
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(one.get(name, "0")) for one in root)))
    return root


def _add_trial(suite: ET.Element, header: LogHeader, trial: TrialRecord, primary: str) -> None:
    name = trial.case.id if header.epochs == 1 else f"{trial.case.id} [{trial.epoch}]"
    case = ET.SubElement(
        suite, "testcase", classname=_text(header.suite), name=_text(name), time=f"{trial.seconds:.3f}"
    )
    if trial.error is not None:
        said = _text(trial.error.message)
        ET.SubElement(case, "error", message=said, type=trial.error.code).text = _text(trial.error.hint)
        return
    score = next((score for score in trial.scores if score.name == primary), None)
    if score is None or (score.value is None and not score.error):
        ET.SubElement(case, "skipped", message=_text(f"{primary or 'no scorer'} does not apply"))
    elif score.value is None:
        ET.SubElement(case, "error", message=_text(score.error), type="scorer_failed")
    elif score.value < SUCCESS:
        message = _text(f"{score.name} {score.value:g}: {score.reason}".removesuffix(": "))
        failure = ET.SubElement(case, "failure", message=message, type=score.name)
        output = trial.observation.output if trial.observation else None
        failure.text = _text(output if isinstance(output, str) else str(output))


def _count(suite: ET.Element) -> None:
    cases = list(suite)
    suite.set("tests", str(len(cases)))
    for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(name, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")


def _text(text: str) -> str:
    """A text without what XML cannot hold, cut to a bearable length."""
    return _NOT_XML.sub("�", text[:_LONGEST])
