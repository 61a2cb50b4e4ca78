"""What a run with a paid model would cost is told and agreed to before anything is spent."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest

from podium.evals.log import line_of
from podium.evals.observation import Observation
from podium.testing.command_line import CommandLine
from podium.testing.trials import header, trial, write_log

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
    import typer  # noqa: F401 - asks click for names that click will drop one day

MANIFEST = """\
[project]
name = "paid"

[models]
default = "openai:big"

[models.prices."openai:big"]
input = 2.0
output = 8.0
"""
SUITE = """\
name: costly
target: {project: .}
cases: [cases.jsonl]
scorers: [exact]
epochs: 2
"""


@pytest.fixture
def podium(tmp_path: Path) -> CommandLine:
    (tmp_path / "podium.toml").write_text(MANIFEST)
    evals = tmp_path / "evals"
    evals.mkdir()
    (evals / "costly.yaml").write_text(SUITE)
    cases = [{"id": f"c{n}", "input": "hi"} for n in range(10)]
    (evals / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases))
    return CommandLine(tmp_path)


def test_a_paid_run_is_estimated_and_not_begun_unasked(podium: CommandLine) -> None:
    ended = podium("eval", "run", "costly")
    assert ended.code == 2
    # 20 turns of 4 calls with 2,500 and 350 tokens: 20 * 4 * (2500 * 2 + 350 * 8) / 1e6
    assert "20 trials will cost about 0.62" in ended.err
    assert "this run costs money" in ended.err
    assert not (podium.folder / ".podium" / "evals").exists()


def test_an_earlier_run_on_the_same_model_is_the_better_basis(podium: CommandLine) -> None:
    seen = trial("c0").model_copy(update={"observation": Observation(cost=0.5)})
    head = header(suite="costly", versions={"model": "openai:big"})
    log = write_log(podium.folder / ".podium" / "evals" / "costly" / "old.jsonl", head, seen)
    assert log.read_bytes().endswith(line_of(seen))
    ended = podium("eval", "run", "costly")
    assert "20 trials will cost about 10.00 (by the last run of the suite)" in ended.err


def test_a_limit_that_cannot_be_watched_is_refused(podium: CommandLine) -> None:
    ended = podium("eval", "run", "costly", "--model", "openai:unknown", "--max-cost", "2")
    assert (ended.code, ended.error()) == (2, "input_invalid")
    assert "there is no price for openai:unknown" in ended.err


def test_the_offline_agents_cost_nothing_and_nobody_is_asked(podium: CommandLine) -> None:
    ended = podium("eval", "run", "costly", "--model", "offline", "--limit", "1", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["runs"][0]["cost"] == 0.0
