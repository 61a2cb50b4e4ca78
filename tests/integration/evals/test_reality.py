"""Real threads become cases, run again without touching anything, and labels become a calibration."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.app.podium import Podium
from podium.app.results import Decision
from podium.core.errors import PodiumError
from podium.evals.calibrating import calibrate
from podium.evals.case import Case, Expected
from podium.evals.log import SCHEMA_VERSION, LogHeader, LogWriter, TrialRecord
from podium.evals.observation import Observation
from podium.evals.reading import read_cases
from podium.evals.suite import Suite
from podium.testing.command_line import CommandLine, Ended

RING = '[{"name": "ring_bell", "arguments": {"name": "Ada"}}]'


@pytest.fixture
def thread(tower: Path) -> str:
    with Podium.from_project(tower) as app:
        waiting = app.ask_sync(RING)
        app.resume_sync(waiting.thread_id, Decision(kind="approve", message="go ahead"))
        app.feedback_sync(waiting.thread_id, correction="Rang for Ada.", reason="too long")
        return waiting.thread_id


pytestmark = pytest.mark.filterwarnings("ignore:'click:DeprecationWarning")


def command(folder: Path, *args: str) -> Ended:
    return CommandLine(folder)("eval", *args)


def test_a_thread_becomes_a_case_with_its_decisions_and_its_correction(
    tower: Path, thread: str, tmp_path: Path
) -> None:
    to = tmp_path / "cases" / "real.jsonl"
    assert command(tower, "add", thread[:8], "--to", str(to), "--id", "bell").code == 0
    suite = Suite.model_validate({"name": "real", "cases": [str(to)], "scorers": ["status"]})
    (found,) = read_cases(suite, tmp_path, tmp_path / "real.yaml")
    assert not isinstance(found, PodiumError)
    case = found.case
    assert [(turn.user, turn.decision, turn.message) for turn in case.turns] == [
        (RING, None, ""),
        (None, "approve", "go ahead"),
    ]
    assert (case.expected.answer, case.expected.label, case.cluster) == ("Rang for Ada.", False, thread)


def test_a_thread_is_not_added_twice(tower: Path, thread: str, tmp_path: Path) -> None:
    args = ("add", thread, "--to", str(tmp_path / "real.jsonl"))
    assert command(tower, *args).code == 0
    again = command(tower, *args)
    assert (again.code, again.error()) == (2, "input_invalid")
    assert "twice" in again.err


def test_all_that_was_rated_is_exported_once(tower: Path, thread: str, tmp_path: Path) -> None:
    to = tmp_path / "labelled.jsonl"
    with Podium.from_project(tower) as app:
        app.ask_sync(RING)  # nobody says anything about this one
    (case,) = command(tower, "add", "--rated", "--to", str(to), "--json").json["cases"]
    assert (case["expected"]["answer"], case["metadata"]["feedback"]["reason"]) == (
        "Rang for Ada.",
        "too long",
    )
    assert command(tower, "add", "--rated", "--to", str(to), "--json").json["cases"] == []
    assert len(to.read_text(encoding="utf-8").splitlines()) == 1
    assert command(tower, "add").error() == "input_invalid"


def test_threads_run_again_beside_what_they_were_and_nothing_is_touched(
    tower: Path, thread: str, heard: Path
) -> None:
    assert heard.read_text(encoding="utf-8") == "Ada"
    shown = command(tower, "replay", thread, "--json").json
    metrics = {metric["name"]: metric["range"]["mean"] for metric in shown["metrics"] if metric["range"]}
    assert metrics["same_actions"] == 1.0
    assert metrics["escalated"] == 1.0
    assert heard.read_text(encoding="utf-8") == "Ada"


def test_a_replay_of_what_acted_says_in_which_world(tower: Path, thread: str) -> None:
    assert "--fresh" in command(tower, "replay", thread).out
    assert "--fresh" not in command(tower, "replay", thread, "--fresh").out


def labelled(path: Path, runs: int) -> Path:
    """Runs that are right three times in four where they claim to be sure."""
    log = LogWriter(path)
    log.add(
        LogHeader(
            kind="header",
            schema_version=SCHEMA_VERSION,
            suite="s",
            digest="d",
            target="t",
            planned=runs,
            created_at="2026-11-21T10:00:00Z",
        )
    )
    for number in range(runs):
        sure = 0.95 if number % 2 else 0.6
        right = number % 8 not in (1, 3) if number % 2 else number % 8 == 0
        case = Case(id=str(number), input="?", expected=Expected(label=right))
        seen = Observation(confidence=sure, uncalibrated=sure)
        log.add(TrialRecord(kind="trial", case=case, digest="x", observation=seen))
    log.close()
    return path


def test_a_calibration_is_fitted_and_stored_where_the_policy_names_it(tower: Path, tmp_path: Path) -> None:
    log = labelled(tmp_path / "a.jsonl", 400)
    (tower / "policy.yaml").write_text("schema_version: 1\ncalibration: fitted.json\n", encoding="utf-8")
    with (tower / "podium.toml").open("a", encoding="utf-8") as manifest:
        manifest.write('[policy]\nfiles = ["policy.yaml"]\n')
    told = command(tower, "calibrate", str(log), "--json").json
    assert told["figures"]["ece_mass"]["after"] < told["figures"]["ece_mass"]["before"] / 2
    with Podium.from_project(tower) as app:
        calibrator = app.context.policy.calibrator
        assert calibrator is not None
        assert calibrator.apply(0.95) == pytest.approx(0.5, abs=0.02)


def test_too_few_labels_are_refused(tower: Path, tmp_path: Path) -> None:
    log = labelled(tmp_path / "a.jsonl", 16)
    refused = command(tower, "calibrate", str(log), "--output", str(tmp_path / "c.json"))
    assert refused.error() == "eval_failed"
    assert not (tmp_path / "c.json").exists()
    assert not calibrate([log], "logistic").reliable
