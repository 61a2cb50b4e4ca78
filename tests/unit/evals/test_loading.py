from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from podium.core.errors import ConfigError, PodiumError, UnknownName
from podium.evals.loading import find_suite, load_suite, suites_in
from podium.evals.making import make_scorers
from podium.evals.running import RunOptions, prepare
from podium.evals.validating import faults_of

Write = Callable[..., Path]
GOOD: dict[str, Any] = {"id": "one", "input": "a"}


def _head(**changes: str) -> str:
    lines = {
        "name": "small",
        "target": "{function: 'answering.py:answer'}",
        "cases": "[cases.jsonl]",
        "scorers": "[exact]",
    }
    return "".join(f"{key}: {value}\n" for key, value in {**lines, **changes}.items())


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (_head(epoch="2"), "small.yaml:5: epoch: there is no such setting", "Did you mean 'epochs'?"),
        (
            _head(scorers="\n  - {uses: exact}"),
            "small.yaml:5: scorers.0.uses: there is no such",
            "mean 'use'",
        ),
        (_head(target="{fnction: x}"), "small.yaml:2: target: a target names", ""),
        (_head(target="{project: ., modle: x}"), "small.yaml:2: target.modle: there is", "mean 'model'"),
        (_head(cases="[]"), "small.yaml:3: cases: ", ""),
        (_head(thresholds="[{metric: exact, min: .nan}]"), "small.yaml:5: thresholds.0.min: ", "Mend"),
        (_head(thresholds="[{metric: exact}]"), "a threshold has min, max or max_drop", ""),
        (_head(limits="{memory_mb: 500}"), "limits.memory_mb needs processes", ""),
        (_head(limits="{timeout: .inf}"), "small.yaml:5: limits.timeout: ", ""),
        ("name: [", "small.yaml:2: not valid YAML", ""),
        ("- a", "small.yaml:1: expected settings by name", ""),
        ("name: a\nname: b\n", "small.yaml:2: 'name' is set twice", ""),
    ],
)
def test_what_is_wrong_with_a_suite_is_named_with_file_and_line(
    write_suite: Write, text: str, message: str, hint: str
) -> None:
    with pytest.raises(ConfigError) as raised:
        load_suite(write_suite(text))
    assert message in raised.value.message
    assert hint in raised.value.hint


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": "two", "inptu": 1}', "cases.jsonl:2: inptu: there is no such setting"),
        ('{"id": "one", "input": "b"}', "cases.jsonl:2: the id 'one' is used at "),
        ('{"id": "two", "input": ', "cases.jsonl:2: no valid JSON"),
        ('{"id": "two", "input": NaN}', "cases.jsonl:2: no valid JSON: NaN is no number"),
        ('{"id": "two", "input": 1e999}', "cases.jsonl:2: no valid JSON: 1e999 is beyond"),
        ('{"id": "two"}', "cases.jsonl:2: a case needs `input` or `turns`"),
        ('{"id": "", "input": 1}', "cases.jsonl:2: id: "),
        ("[1]", "cases.jsonl:2: "),
    ],
)
def test_what_is_wrong_with_a_case_is_named_with_file_and_line(
    write_suite: Write, line: str, message: str
) -> None:
    loaded = load_suite(write_suite(_head(), GOOD, line))
    with pytest.raises(ConfigError) as raised:
        list(loaded.cases())
    assert message in raised.value.message
    assert raised.value.hint


def test_all_faults_are_found_at_once(write_suite: Write) -> None:
    file = write_suite(
        _head(scorers="[exakt]"), GOOD, '{"id": "two", "x": 1}', {"id": "three", "input": 1}, "{"
    )
    cases, faults = faults_of(load_suite(file))
    assert cases == 2
    assert [fault.message.split(": ")[0].rpartition("/")[2] for fault in faults] == [
        "small.yaml:4",
        "cases.jsonl:2",
        "cases.jsonl:4",
    ]


def test_an_unknown_scorer_is_named_with_its_line_and_the_nearest_name(write_suite: Write) -> None:
    loaded = load_suite(write_suite(_head(scorers="\n  - exact\n  - contians")))
    with pytest.raises(UnknownName, match=r"small.yaml:6: there is no scorer 'contians'") as raised:
        make_scorers(loaded)
    assert "contains" in raised.value.hint


def test_two_scorers_of_one_name_are_refused(write_suite: Write) -> None:
    loaded = load_suite(write_suite(_head(scorers="[exact, {use: contains, name: exact}]")))
    with pytest.raises(ConfigError, match="two scorers are called 'exact'"):
        make_scorers(loaded)


@pytest.mark.parametrize("changes", [{"primary": "exat"}, {"thresholds": "[{metric: exat, min: 0.5}]"}])
def test_a_metric_that_no_scorer_gives_is_refused(
    write_suite: Write, tmp_path: Path, changes: dict[str, str]
) -> None:
    with pytest.raises(ConfigError, match=r"small.yaml:5: no scorer gives the metric 'exat'"):
        prepare(load_suite(write_suite(_head(**changes))), RunOptions(tmp_path))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cases": "[nothing.jsonl]"}, "there is no file"),
        ({"target": "{function: 'nothing.py:answer'}"}, "nothing.py is not there"),
        ({"target": "{function: 'answering.py:anser'}"}, "has nothing called 'anser'"),
        ({"target": "{function: 'no.such.module:x'}"}, "no.such.module cannot be imported"),
        ({"cases": "[{adapter: 'answering.py:answer'}]"}, "after 0 cases: TypeError"),
    ],
)
def test_what_is_not_there_is_named(
    write_suite: Write, tmp_path: Path, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        prepare(load_suite(write_suite(_head(**changes))), RunOptions(tmp_path))


def test_a_suite_without_cases_is_refused(write_suite: Write, tmp_path: Path) -> None:
    with pytest.raises(PodiumError, match="there are no cases"):
        prepare(load_suite(write_suite(_head(), "")), RunOptions(tmp_path))


def test_an_adapter_makes_cases_of_lines_and_leaves_some_out(write_suite: Write) -> None:
    adapter = "def make(line):\n    return {'id': line['n'], 'input': line['q']} if line['q'] else None\n"
    text = _head(cases="[{file: cases.jsonl, adapter: 'answering.py:make', where: {take: true}, tags: [x]}]")
    lines = [
        {"n": "a", "q": "?", "take": True},
        {"n": "b", "q": "?", "take": False},
        {"n": "c", "q": "", "take": True},
    ]
    (found,) = load_suite(write_suite(text, *lines, target=adapter)).cases()
    assert (found.id, found.tags) == ("a", ("x",))


def test_a_python_file_gives_a_suite_with_cases(tmp_path: Path) -> None:
    file = tmp_path / "evals" / "coded.py"
    file.parent.mkdir()
    file.write_text(
        "from podium.evals.case import Case\n"
        "from podium.evals.suite import FunctionSpec, Suite\n"
        "def suite():\n"
        "    cases = tuple(Case(id=f'c{n}', input=str(n)) for n in range(3))\n"
        "    target = FunctionSpec(function='coded.py:answer')\n"
        "    return Suite(name='coded', target=target, cases=cases, scorers=('exact',))\n"
        "def answer(text): return text\n"
    )
    assert suites_in(tmp_path) == ["coded"]
    assert [case.id for case in load_suite(find_suite("coded", tmp_path)).cases()] == ["c0", "c1", "c2"]


def test_a_fault_in_a_python_suite_names_its_line(tmp_path: Path) -> None:
    file = tmp_path / "coded.py"
    file.write_text(
        "from podium.evals.suite import Suite\ndef suite():\n    return Suite(name='a', epoch=1)\n"
    )
    with pytest.raises(ConfigError, match=r"coded.py:3: epoch: there is no such setting"):
        load_suite(file)


def test_a_suite_that_is_not_there_is_told_with_the_nearest(write_suite: Write, tmp_path: Path) -> None:
    write_suite()
    with pytest.raises(UnknownName, match="no suite 'smal'") as raised:
        find_suite("smal", tmp_path)
    assert "'small'" in raised.value.hint


def test_the_digest_follows_what_is_measured_and_nothing_else(write_suite: Write) -> None:
    plain = load_suite(write_suite(_head())).digest()
    assert load_suite(write_suite(_head(limits="{timeout: 3}", description="x"))).digest() == plain
    assert load_suite(write_suite(_head(scorers="[contains]"))).digest() != plain
    assert load_suite(write_suite(_head(), {"id": "one", "input": "b"})).digest() != plain
