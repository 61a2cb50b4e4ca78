"""The suites that ship, in a small form: each runs, judges what it is for, and fails where it should."""

from __future__ import annotations

import asyncio
import shutil
import warnings
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from podium.app.podium import Podium
from podium.evals.case import Case
from podium.evals.loading import find_suite, load_suite
from podium.evals.running import Ran, RunOptions, prepare, run_suite
from podium.evals.selection import Selection
from podium.testing.command_line import CommandLine
from podium.testing.helpful import HelpfulModel
from podium.testing.openai_server import OpenAIServer

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
    import typer  # noqa: F401 - asks click for names that click will drop one day

FOLDERS = ("agents", "graphs", "tools", "guardrails", "evals")
DOCUMENTS = (
    "returns-policy.md",
    "refunds-policy.md",
    "order-cancellation.md",
    "loyalty-programme.md",
)
WHOLE = {
    "answers": ("answered", "support"),
    "abstentions": ("silent",),
    "actions": ("right", "tools", "arguments"),
    "approvals": ("world", "once"),
    "rollbacks": ("world",),
    "recovery": ("honest", "world", "once"),
    "planted": ("world", "nothing_proposed"),
    "guardrails": ("guardrail",),
    "retrieval": ("hit@5",),
    "calibration": (),
    "held_out": (),
    "acceptance": ("accepted",),
}
"""What goes well in the small form of each suite."""

MODEL = """
[models.providers.openai]
base_url = "{url}"

[models.prices."openai:helpful"]
input = 100.0
output = 100.0
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """The reference project with some of its documents."""
    folder = tmp_path_factory.mktemp("shipped") / "desk"
    for name in FOLDERS:
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / "podium.toml", folder)
    corpus = folder / "knowledge" / "corpus"
    corpus.mkdir(parents=True)
    for document in DOCUMENTS:
        shutil.copy(root / "knowledge" / "corpus" / document, corpus)
    with Podium.from_project(folder) as app:
        app.ingest_sync()
    return folder


def is_covered(case: Case) -> bool:
    return all(span.source in DOCUMENTS for span in case.expected.sources)


def ran(desk: Path, name: str, out: Path, choose: Callable[[Case], bool] = is_covered, most: int = 3) -> Ran:
    """A suite on some of its cases."""
    loaded = load_suite(find_suite(name, desk))
    ids = frozenset(case.id for case in islice(filter(choose, loaded.cases()), most))
    return asyncio.run(run_suite(prepare(loaded, RunOptions(out=out, selection=Selection(ids=ids)))))


def mean(run: Ran, metric: str, tag: str = "") -> float:
    found = run.summary.interval(metric, tag, seed=0)
    assert found is not None
    return found.mean


@pytest.mark.parametrize("cases", [1, pytest.param(3, marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", WHOLE)
def test_a_shipped_suite_runs_and_goes_well_where_it_is_easy(
    desk: Path, name: str, cases: int, tmp_path: Path
) -> None:
    run = ran(desk, name, tmp_path, most=cases)
    assert run.summary.errors == 0
    assert run.summary.trials == cases
    assert all(not run.summary.columns[metric, ""].errors for metric in run.summary.metrics)
    assert {metric: mean(run, metric) for metric in WHOLE[name]} == dict.fromkeys(WHOLE[name], 1.0)


def test_every_shipped_suite_is_tried(desk: Path) -> None:
    found = {file.stem for file in (desk / "evals").glob("*.yaml")}
    assert found == set(WHOLE)


def test_leaving_a_part_out_is_noticed_in_what_the_part_is_for(desk: Path, tmp_path: Path) -> None:
    def choose(case: Case) -> bool:
        return case.metadata["base"] == "lie-001" and case.metadata["without"] in ("", "verification")

    run = ran(desk, "ablations", tmp_path, choose)
    assert run.summary.errors == 0
    assert mean(run, "lies_noticed", "no_verification") == 0.0
    assert mean(run, "lies_noticed") == 0.5


@pytest.mark.parametrize(("name", "metric"), [("answers", "answered"), ("retrieval", "hit@5")])
def test_what_is_not_in_the_documents_counts_against_a_suite(
    desk: Path, name: str, metric: str, tmp_path: Path
) -> None:
    def choose(case: Case) -> bool:
        return not any(span.source in DOCUMENTS for span in case.expected.sources)

    assert mean(ran(desk, name, tmp_path, choose, most=1), metric) == 0.0


@pytest.fixture
def podium(desk: Path, tmp_path: Path) -> CommandLine:
    """A copy of the project, to be changed."""
    shutil.copytree(desk, tmp_path / "desk")
    return CommandLine(tmp_path / "desk")


def test_a_policy_without_rules_closes_the_gate_of_the_guardrails(podium: CommandLine) -> None:
    policy = podium.folder / "guardrails" / "policy.yaml"
    kept, _, _ = policy.read_text(encoding="utf-8").partition("\nrules:")
    policy.write_text(kept, encoding="utf-8")
    ended = podium("eval", "run", "guardrails", "--json", "--no-report")
    assert ended.code == 5, ended.err
    failed = {
        (rule["metric"], rule["slice"]) for rule in ended.json["runs"][0]["gate"]["rules"] if rule["stops"]
    }
    assert ("guardrail", "attack") in failed


def test_a_tool_that_forgets_a_part_of_its_work_closes_the_gate_of_the_approvals(podium: CommandLine) -> None:
    cases = podium.folder / "evals" / "cases" / "approvals.jsonl"
    first = cases.read_text(encoding="utf-8").splitlines()[0]
    cases.write_text(first + "\n", encoding="utf-8")
    tool = podium.folder / "tools" / "order_changes.py"
    code = tool.read_text(encoding="utf-8")
    assert "        _restock(db, args.order_id, 1)\n" in code
    tool.write_text(code.replace("        _restock(db, args.order_id, 1)\n", "", 1), encoding="utf-8")
    ended = podium("eval", "run", "approvals", "--json", "--no-report")
    assert ended.code == 5, ended.err
    assert ended.json["runs"][0]["metrics"][0]["mean"] == 0.0


def test_acceptance_judges_a_real_server_and_stops_where_the_money_ends(
    podium: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-never-to-be-seen")
    with OpenAIServer(HelpfulModel()) as server:
        manifest = podium.folder / "podium.toml"
        text = manifest.read_text(encoding="utf-8") + MODEL.format(url=server.base_url)
        manifest.write_text(text, encoding="utf-8")
        asked = ("eval", "run", "acceptance", "--model", "openai:helpful", "--json")
        ended = podium(*asked, "--max-cost", "0.02", "--concurrency", "2")
        assert server.requests
    (run,) = ended.json["runs"]
    assert ended.code == 5
    assert run["stopped"] == "the limit of 0.02 for the cost is reached"
    assert 0.02 <= run["cost"] < 0.06
    assert 0 < run["trials"] < run["planned"] == 226
    assert run["errors"] == 0
    page = Path(run["report"]).read_text(encoding="utf-8")
    assert "openai:helpful" in page
    assert "sk-test-never-to-be-seen" not in page
