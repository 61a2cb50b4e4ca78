from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podium.core.errors import InputError
from podium.evals.accepting import accept
from podium.evals.log import read_header, read_trials
from podium.evals.merging import merge_logs
from podium.testing.trials import header, trial, write_log


def test_shards_become_one_log_that_is_planned_as_a_whole(tmp_path: Path) -> None:
    one = write_log(tmp_path / "1.jsonl", header(planned=2), trial("a"), trial("b"))
    two = write_log(tmp_path / "2.jsonl", header(planned=1), trial("c", 0.0))
    merge_logs([one, two], tmp_path / "all.jsonl")
    assert read_header(tmp_path / "all.jsonl").planned == 3
    assert [record.case.id for record in read_trials(tmp_path / "all.jsonl")] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"suite": "other"}, "suite"),
        ({"digest": "other"}, "content of the suite"),
        ({"seed": 2}, "seed"),
        ({"target": "other"}, "target"),
        ({"versions": {"model": "other"}}, "versions"),
    ],
)
def test_logs_of_different_runs_are_not_merged(tmp_path: Path, changes: dict[str, Any], what: str) -> None:
    one = write_log(tmp_path / "1.jsonl", header(), trial("a"))
    two = write_log(tmp_path / "2.jsonl", header(**changes), trial("b"))
    with pytest.raises(InputError, match=f"the {what} is another"):
        merge_logs([one, two], tmp_path / "all.jsonl")
    assert not (tmp_path / "all.jsonl").exists()


def test_a_trial_in_two_shards_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    one = write_log(tmp_path / "1.jsonl", header(), trial("a"))
    two = write_log(tmp_path / "2.jsonl", header(), trial("a"))
    with pytest.raises(InputError, match="the case 'a' is in"):
        merge_logs([one, two], tmp_path / "all.jsonl")
    assert not (tmp_path / "all.jsonl").exists()


def test_a_baseline_keeps_scores_tags_and_families_and_nothing_that_was_observed(tmp_path: Path) -> None:
    records = [trial("a", 0.5, tags=("x",), cluster="k"), trial("b", None)]
    log = write_log(tmp_path / "log.jsonl", header(planned=2), *records)
    accept(log, tmp_path / "baselines" / "small.jsonl")
    found = list(read_trials(tmp_path / "baselines" / "small.jsonl"))
    assert [record.value("exact") for record in found] == [0.5, None]
    assert (found[0].case.tags, found[0].cluster, found[0].digest) == (("x",), "k", "same")
    assert all(record.observation is None for record in found)


@pytest.mark.parametrize(
    ("planned", "records", "message"),
    [
        (2, [trial("a")], "is not complete: 1 of 2 trials"),
        (1, [trial("a", error="broke")], "1 of 1 trials of .* ended in an error"),
    ],
)
def test_what_is_not_whole_is_no_baseline(
    tmp_path: Path, planned: int, records: list[Any], message: str
) -> None:
    log = write_log(tmp_path / "log.jsonl", header(planned=planned), *records)
    with pytest.raises(InputError, match=message):
        accept(log, tmp_path / "small.jsonl")
    assert not (tmp_path / "small.jsonl").exists()
