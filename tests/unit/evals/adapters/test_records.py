from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.errors import ConfigError
from podium.evals.adapters.records import Record, of_lines, of_list, of_table

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda some: st.lists(some, max_size=3)
)


@given(
    entries=st.lists(st.dictionaries(st.text(), VALUES, max_size=4), max_size=8),
    indent=st.sampled_from([None, 2]),
    padding=st.integers(0, 70_000),
)
def test_a_list_gives_its_objects_wherever_the_parts_that_are_read_end(
    tmp_path_factory: pytest.TempPathFactory,
    entries: list[dict[str, object]],
    indent: int | None,
    padding: int,
) -> None:
    file = tmp_path_factory.mktemp("lists") / "a.json"
    file.write_text(" " * padding + json.dumps(entries, indent=indent))
    found = [one for one in of_list(file) if isinstance(one, Record)]
    assert [one.value for one in found] == entries
    assert len({one.key for one in found}) == len(entries)


def test_each_object_of_a_list_is_placed_at_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('\n[{"a": 1},\n\n {"a":\n 2}, {"a": 3}\n]')
    assert [one.place for one in of_list(file) if isinstance(one, Record)] == [
        f"{file}:2",
        f"{file}:4",
        f"{file}:5",
    ]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[{"a": 1},\n{"a": NaN}]', 2, "NaN is no number"),
        ('[{"a": 1},\n{"a": ', 2, "no valid JSON"),
        ('[{"a": 1},\n 7]', 2, "expected an object, found a int"),
        ('[{"a": 1}', 1, "no valid JSON"),
        ('\n{"a": 1}', 2, "expected a list of objects"),
        ("", 1, "expected a list of objects"),
    ],
)
def test_what_is_wrong_with_a_list_is_named_with_its_line(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    file = tmp_path / "a.json"
    file.write_text(text)
    (error,) = [one for one in of_list(file) if isinstance(one, ConfigError)]
    assert error.message.startswith(f"{file}:{line}: ")
    assert said in error.message


def test_reading_lines_goes_on_after_a_bad_one(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text('{"a": 1}\n{"a"\n\n{"a": 3}\n')
    first, bad, last = of_lines(file)
    assert isinstance(first, Record)
    assert isinstance(last, Record)
    assert last.place == f"{file}:4"
    assert isinstance(bad, ConfigError)
    assert f"{file}:2: no valid JSON" in bad.message


def test_a_row_with_too_many_or_too_few_cells_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "a.tsv"
    file.write_text('a\tb\n"one\ntwo"\t2\n3\n1\t2\t3\n')
    good, few, many = of_table(file, "\t")
    assert isinstance(good, Record)
    assert good.value == {"a": "one\ntwo", "b": "2"}
    for line, error in ((4, few), (5, many)):
        assert isinstance(error, ConfigError)
        assert error.message.startswith(f"{file}:{line}: ")


@pytest.mark.parametrize("read", [of_lines, of_list, of_table])
def test_a_file_that_is_no_text_or_not_there_is_named(tmp_path: Path, read: object) -> None:
    assert callable(read)
    (tmp_path / "a").write_bytes(b"\xff\xfe\x00")
    (binary,) = read(tmp_path / "a")
    (missing,) = read(tmp_path / "b")
    assert "is not UTF-8" in binary.message
    assert "there is no file" in missing.message
