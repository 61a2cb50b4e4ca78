from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.errors import InputError
from podium.evals.case import Case
from podium.evals.importing import cases_of_csv, cases_of_langsmith, write_cases
from podium.evals.reading import read_cases
from podium.evals.suite import FunctionSpec, Suite


def test_a_table_gives_cases_with_expectations_and_notes(tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text(
        "\ufeffid,input,answer,sources,tags,cluster,zone\n"
        'a,"two\nlines",yes,one.md; two.md,x;y,k1,eu\n'
        ",plain,,,,,\n",
        encoding="utf-8",
    )
    first, second = cases_of_csv(table)
    assert (first.id, first.input, first.tags, first.cluster) == ("a", "two\nlines", ("x", "y"), "k1")
    assert [span.source for span in first.expected.sources] == ["one.md", "two.md"]
    assert (first.expected.answer, first.metadata) == ("yes", {"zone": "eu"})
    assert (second.id, second.input, second.expected.answer) == ("row-002", "plain", None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("question\nhi\n", "t.csv:1: there is no column 'input'"),
        ("", "t.csv:1: there is no column 'input'"),
        ("input,answer\nhi,a,b\n", "t.csv:2: more cells than columns"),
        (f"id,input\n{'x' * 300},hi\n", "t.csv:2: id: "),
    ],
)
def test_what_is_wrong_with_a_table_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    table = tmp_path / "t.csv"
    table.write_text(text)
    with pytest.raises(InputError) as raised:
        list(cases_of_csv(table))
    assert message in raised.value.message


@pytest.mark.parametrize("lines", [True, False])
def test_a_dataset_comes_as_lines_or_as_a_list(tmp_path: Path, lines: bool) -> None:
    examples = [
        {"id": "e-1", "inputs": {"q": "hi"}, "outputs": {"a": "yo"}, "metadata": {"dataset_split": ["dev"]}},
        {"inputs": {"messages": [{"role": "user", "content": "hi"}]}, "outputs": None},
    ]
    text = "".join(json.dumps(one) + "\n" for one in examples) if lines else json.dumps(examples)
    (tmp_path / "d").write_text(text)
    first, second = cases_of_langsmith(tmp_path / "d")
    assert (first.id, first.input, first.expected.answer, first.tags) == ("e-1", "hi", "yo", ("dev",))
    assert (second.id, second.input) == ("example-002", {"messages": [{"role": "user", "content": "hi"}]})


@pytest.mark.parametrize("text", ["[1]", '{"a": 1}', '{"inputs": {"a": NaN}}', "{", '[{"inputs": 3}]'])
def test_what_is_no_dataset_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "d").write_text(text)
    with pytest.raises(InputError):
        list(cases_of_langsmith(tmp_path / "d"))


def test_nothing_is_written_where_an_id_would_be_there_twice(tmp_path: Path) -> None:
    file = tmp_path / "c.jsonl"
    write_cases([Case(id="a", input="1")], file)
    before = file.read_bytes()
    with pytest.raises(InputError, match="is there already"):
        write_cases([Case(id="b", input="1")], file)
    with pytest.raises(InputError, match="'a' would be there twice"):
        write_cases([Case(id="b", input="1"), Case(id="a", input="2")], file, append=True)
    assert file.read_bytes() == before


@given(text=st.text(min_size=1), answer=st.none() | st.text() | st.lists(st.integers()))
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, text: str, answer: object
) -> None:
    folder = tmp_path_factory.mktemp("cases")
    case = Case.model_validate({"id": "a", "input": text, "expected": {"answer": answer}})
    write_cases([case], folder / "c.jsonl")
    suite = Suite(name="s", target=FunctionSpec(function="a.py:b"), cases=("c.jsonl",), scorers=("exact",))
    (found,) = read_cases(suite, folder, folder / "s.yaml")
    assert getattr(found, "case", None) == case
