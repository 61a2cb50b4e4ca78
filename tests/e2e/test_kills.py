"""SIGKILL at every node boundary and around every tool call, then resume: as if nothing had happened."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

KILLS = Path(__file__).resolve().parent / "kills"


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    root = KILLS.parent.parent.parent
    project = tmp_path_factory.mktemp("project") / "desk"
    project.mkdir()
    for folder in ("tools", "guardrails"):
        shutil.copytree(root / folder, project / folder)
    shutil.copytree(KILLS / "agents", project / "agents")
    (project / "podium.toml").write_text(
        '[project]\nname = "desk"\n[tools]\nworld = "tools/world.py"\nworld_name = "shop"\n'
        '[policy]\nfiles = ["guardrails/policy.yaml"]\n',
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, str(KILLS / "driver.py"), str(project), str(tmp_path_factory.mktemp("work"))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_undisturbed_run_does_all_its_work(outcomes: dict[str, Any]) -> None:
    undisturbed = outcomes["undisturbed"]
    assert undisturbed["status"] == "completed"
    assert [effect[0] for effect in undisturbed["effects"]] == ["issue_refund", "send_message"]


def test_every_node_and_every_call_was_a_place_to_die(outcomes: dict[str, Any]) -> None:
    places = {name.split("#")[0] for name in outcomes["killed"]}
    nodes = {"admit", "plan", "retrieve", "execute", "critique", "human", "commit", "respond"}
    assert {f"{node}:before" for node in nodes} <= places
    assert {f"{node}:after" for node in nodes} <= places
    assert {"tool:before", "tool:after"} <= places


def test_every_death_leaves_what_an_undisturbed_run_leaves(outcomes: dict[str, Any]) -> None:
    for place, outcome in outcomes["killed"].items():
        assert outcome.pop("deaths") == 1, place
        assert outcome == outcomes["undisturbed"], place
