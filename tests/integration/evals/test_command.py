"""`podium eval` as a user types it, on functions."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import pytest

from podium.evals.log import read_trials
from podium.testing.command_line import CommandLine

with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
    import typer  # noqa: F401 - asks click for names that click will drop one day

SUITE = """\
name: sums
target: {function: "adding.py:add"}
cases: [cases.jsonl]
scorers: [exact]
thresholds:
  - {metric: exact, min: 0.6}
"""
FUNCTION = """\
def add(given):
    if given["b"] == 0:
        raise ValueError("not nothing")
    return given["a"] + given["b"]
"""


def _case(name: str, b: int, answer: int, *tags: str) -> dict[str, Any]:
    return {"id": name, "input": {"a": 1, "b": b}, "expected": {"answer": answer}, "tags": list(tags)}


@pytest.fixture
def podium(tmp_path: Path) -> CommandLine:
    """A folder with a suite, and no project."""
    write(tmp_path, _case("one", 1, 2, "easy"), _case("two", 2, 3), _case("wrong", 3, 5))
    return CommandLine(tmp_path)


def write(folder: Path, *cases: dict[str, Any], suite: str = SUITE, function: str = FUNCTION) -> None:
    evals = folder / "evals"
    evals.mkdir(exist_ok=True)
    (evals / "sums.yaml").write_text(suite)
    (evals / "adding.py").write_text(function)
    (evals / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases))


def test_a_run_tells_figures_worst_cases_gate_and_log(podium: CommandLine) -> None:
    ended = podium("eval", "run", "sums")
    assert ended.code == 0
    assert "3 of 3 trials" in ended.out
    assert "exact *  0.667" in ended.out
    assert "0.000  wrong" in ended.out
    assert "Gate: passed" in ended.out
    log = next((podium.folder / ".podium" / "evals" / "sums").glob("*.jsonl"))
    assert f"Log: .podium/evals/sums/{log.name}" in ended.out
    assert len(list(read_trials(log))) == 3


def test_a_threshold_that_does_not_hold_exits_with_5(podium: CommandLine) -> None:
    write(podium.folder, _case("one", 1, 2), _case("wrong", 3, 5))
    ended = podium("eval", "run", "sums", "--json")
    assert ended.code == 5
    (run,) = ended.json["runs"]
    assert run["gate"]["passed"] is False
    assert [rule["verdict"] for rule in run["gate"]["rules"] if rule["metric"]] == ["failed"]


def test_an_error_is_no_score_and_closes_the_gate(podium: CommandLine) -> None:
    write(podium.folder, _case("one", 1, 2), _case("broken", 0, 1))
    ended = podium("eval", "run", "sums", "--json")
    (run,) = ended.json["runs"]
    assert (ended.code, run["errors"], run["metrics"][0]["n"], run["metrics"][0]["mean"]) == (5, 1, 1, 1.0)


def test_a_run_of_errors_alone_fails(podium: CommandLine) -> None:
    write(podium.folder, _case("broken", 0, 1))
    assert podium("eval", "run", "sums").code == 1


def test_cases_are_narrowed_by_tag_limit_and_failure(podium: CommandLine) -> None:
    def ids(*args: str) -> set[str]:
        (run,) = podium("eval", "run", "sums", "--json", *args).json["runs"]
        return {one.case.id for one in read_trials(podium.folder / run["log"])}

    assert ids("--tag", "easy") == {"one"}
    assert ids("--limit", "2") == {"one", "two"}
    assert ids() == {"one", "two", "wrong"}
    assert ids("--failed") == {"wrong"}


def test_a_baseline_stops_what_got_worse(podium: CommandLine) -> None:
    cases = [_case(f"c{n}", n + 1, n + 2) for n in range(60)]
    write(podium.folder, *cases)
    assert podium("eval", "run", "sums").code == 0
    assert podium("eval", "accept", "sums").code == 0
    baseline = "evals/baselines/sums.jsonl"
    assert podium("eval", "run", "sums", "--baseline", baseline).code == 0
    worse = FUNCTION.replace('given["a"] + given["b"]', 'given["a"] + given["b"] + (given["b"] % 3 == 0)')
    write(podium.folder, *cases, function=worse)
    ended = podium("eval", "run", "sums", "--baseline", baseline)
    assert ended.code == 5
    assert "failed: exact is not worse than the baseline (1 before, 0.6667 now on 60 pairs" in ended.out


def test_a_baseline_of_another_suite_is_refused_before_anything_is_run(podium: CommandLine) -> None:
    podium("eval", "run", "sums", "--log", "first.jsonl")
    write(podium.folder, _case("one", 1, 2), suite=SUITE.replace("name: sums", "name: other"))
    ended = podium("eval", "run", "sums", "--baseline", "first.jsonl")
    assert (ended.code, ended.error()) == (2, "input_invalid")


def test_shards_merge_into_the_whole(podium: CommandLine) -> None:
    for part in (1, 2, 3):
        podium("eval", "run", "sums", "--shard", f"{part}/3", "--log", f"{part}.jsonl")
    logs = ["1.jsonl", "2.jsonl", "3.jsonl"]
    assert podium("eval", "merge", *logs, "-o", "all.jsonl").code == 0
    found = sorted(one.case.id for one in read_trials(podium.folder / "all.jsonl"))
    assert found == ["one", "two", "wrong"]
    again = podium("eval", "merge", *logs, *logs, "-o", "twice.jsonl")
    assert again.code == 2
    assert not (podium.folder / "twice.jsonl").exists()


def test_a_run_that_was_cut_off_goes_on_with_what_is_left(podium: CommandLine) -> None:
    podium("eval", "run", "sums", "--log", "log.jsonl")
    log = podium.folder / "log.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(b"".join(lines[:2]) + lines[2][:-20])
    ended = podium("eval", "run", "sums", "--log", "log.jsonl", "--resume", "--json")
    (run,) = ended.json["runs"]
    assert (ended.code, run["ran"], run["trials"]) == (0, 2, 3)
    assert sorted(one.case.id for one in read_trials(log)) == ["one", "two", "wrong"]


def test_a_run_that_has_ended_is_left_as_it_is(podium: CommandLine) -> None:
    podium("eval", "run", "sums", "--log", "log.jsonl")
    before = (podium.folder / "log.jsonl").read_bytes()
    ended = podium("eval", "run", "sums", "--log", "log.jsonl", "--resume", "--json")
    (run,) = ended.json["runs"]
    assert (ended.code, run["ran"], run["trials"]) == (0, 0, 3)
    assert (podium.folder / "log.jsonl").read_bytes() == before


def test_the_newest_run_is_reported_by_its_suite_or_without_a_name(podium: CommandLine) -> None:
    assert podium("eval", "report").code == 2
    podium("eval", "run", "sums")
    podium("eval", "run", "sums")
    newest = max((podium.folder / ".podium/evals/sums").glob("*.jsonl"), key=lambda f: f.stat().st_mtime_ns)
    for named in ((), ("sums",)):
        told = podium("eval", "report", *named)
        assert told.code == 0
        assert newest.with_suffix(".html").name in told.out.replace("\n", "")
    assert podium("eval", "report", "smus").code == 2


def test_a_suite_of_a_function_is_offline_as_it_is(podium: CommandLine) -> None:
    assert podium("eval", "run", "sums", "--model", "offline").code == 0


def test_what_has_changed_is_not_gone_on_with(podium: CommandLine) -> None:
    podium("eval", "run", "sums", "--log", "log.jsonl")
    write(podium.folder, _case("other", 1, 2))
    ended = podium("eval", "run", "sums", "--log", "log.jsonl", "--resume")
    assert ended.code == 2
    assert "the content of the suite has changed since" in ended.err


def test_a_log_is_never_written_over(podium: CommandLine) -> None:
    podium("eval", "run", "sums", "--log", "log.jsonl")
    before = (podium.folder / "log.jsonl").read_bytes()
    assert podium("eval", "run", "sums", "--log", "log.jsonl").code == 2
    assert (podium.folder / "log.jsonl").read_bytes() == before


def test_validate_names_every_fault(podium: CommandLine) -> None:
    assert podium("eval", "validate").code == 0
    bad = [_case("one", 1, 2), _case("one", 1, 2), {"id": "two", "inptu": 1}]
    write(podium.folder, *bad, suite=SUITE.replace("[exact]", "[exakt]"))
    ended = podium("eval", "validate", "sums")
    assert ended.code == 2
    assert "sums.yaml:4: there is no scorer 'exakt'" in ended.out
    assert "cases.jsonl:2: the id 'one' is used at " in ended.out
    assert "cases.jsonl:3: inptu: there is no such setting" in ended.out


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("run", "sms"), "unknown_name"),
        (("run", "sums", "--shard", "3/2"), "input_invalid"),
        (("run", "sums", "--tag", "none"), "input_invalid"),
        (("run", "sums", "--resume"), "input_invalid"),
        (("run", "sums", "--failed"), "input_invalid"),
        (("run", "sums", "--baseline", "none.jsonl"), "input_invalid"),
        (("run", "sums", "--model", "openai:any"), "config_invalid"),
        (("accept", "sums"), "input_invalid"),
        (("merge", "none.jsonl", "-o", "x.jsonl"), "input_invalid"),
        (("import", "none.csv", "-o", "x.jsonl"), "input_invalid"),
        (("init", "1bad"), "input_invalid"),
    ],
)
def test_a_mistake_of_the_user_is_one_line_with_a_hint(
    podium: CommandLine, args: tuple[str, ...], code: str
) -> None:
    ended = podium("eval", *args)
    assert (ended.code, ended.error()) == (2, code)


def test_init_writes_a_suite_that_runs(tmp_path: Path) -> None:
    podium = CommandLine(tmp_path)
    assert podium("eval", "init", "first").code == 0
    assert podium("eval", "run", "first").code == 0
    head = (tmp_path / "evals" / "first.yaml").read_text().splitlines()[0]
    assert head == "# yaml-language-server: $schema=suite.schema.json"
    schema = json.loads((tmp_path / "evals" / "suite.schema.json").read_text())
    assert {"name", "cases", "scorers"} <= set(schema["required"])
    assert podium("eval", "init", "first").code == 2


def test_the_schema_accepts_what_is_read_and_refuses_a_typo(podium: CommandLine) -> None:
    import jsonschema
    import yaml

    schema = json.loads(podium("eval", "schema").out)
    suite = yaml.safe_load(SUITE)
    jsonschema.validate(suite, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**suite, "epoch": 3}, schema)
    case = json.loads(podium("eval", "schema", "--case").out)
    jsonschema.validate(_case("one", 1, 2), case)


def test_a_table_and_a_dataset_become_cases(podium: CommandLine) -> None:
    (podium.folder / "t.csv").write_text('input,answer,tags,zone\nhi,"hello, you",a;b,eu\n')
    examples = [
        {"id": "e-1", "inputs": {"question": "hi"}, "outputs": {"answer": "yo"}, "split": "test"},
        {"id": "e-2", "inputs": {"a": 1, "b": 2}, "outputs": {"sum": 3, "ok": True}},
    ]
    (podium.folder / "d.json").write_text(json.dumps(examples))
    assert podium("eval", "import", "t.csv", "-o", "evals/new.jsonl").code == 0
    assert podium("eval", "import", "d.json", "-o", "evals/new.jsonl", "--append").code == 0
    lines = [json.loads(line) for line in (podium.folder / "evals/new.jsonl").read_text().splitlines()]
    assert [line["input"] for line in lines] == ["hi", "hi", {"a": 1, "b": 2}]
    assert [line["expected"]["answer"] for line in lines] == ["hello, you", "yo", {"sum": 3, "ok": True}]
    assert lines[0]["metadata"] == {"zone": "eu"}
    assert (lines[0]["tags"], lines[1]["tags"]) == (["a", "b"], ["test"])
    assert podium("eval", "import", "d.json", "-o", "evals/new.jsonl", "--append").code == 2
