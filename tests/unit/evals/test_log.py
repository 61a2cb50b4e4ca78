from __future__ import annotations

from pathlib import Path

import pytest

from podium.core.errors import InputError, StorageError
from podium.evals.log import LogEnd, LogWriter, cut_off, line_of, read_end, read_header, read_trials
from podium.testing.trials import header, trial, write_log


def test_what_was_written_is_read(tmp_path: Path) -> None:
    written = [trial("a", 0.5, tags=("x",)), trial("b", None), trial("c", error="broke")]
    log = write_log(tmp_path / "deep" / "log.jsonl", header(seed=3), *written)
    assert read_header(log) == header(seed=3)
    assert list(read_trials(log)) == written


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_last_line_that_is_cut_is_no_line_and_is_taken_away(tmp_path: Path, cut: int) -> None:
    log = write_log(tmp_path / "log.jsonl", header(), trial("a"), trial("b"))
    whole = log.read_bytes()
    log.write_bytes(whole[:-cut])
    assert [one.case.id for one in read_trials(log)] == ["a"]
    assert cut_off(log) == len(line_of(trial("b"))) - cut
    assert log.read_bytes() == whole[: -len(line_of(trial("b")))]
    assert cut_off(log) == 0


def test_a_log_of_half_a_line_becomes_empty(tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    log.write_bytes(b"x" * 200_000)
    assert cut_off(log) == 200_000
    assert log.read_bytes() == b""


@pytest.mark.parametrize("line", [b"{}\n", b"nothing\n", b'{"kind": "trial"}\n'])
def test_a_line_that_was_damaged_is_named(tmp_path: Path, line: bytes) -> None:
    log = write_log(tmp_path / "log.jsonl", header(), trial("a"))
    log.write_bytes(log.read_bytes() + line)
    with pytest.raises(InputError, match=r"log.jsonl:3: no line of a log"):
        list(read_trials(log))


def test_how_a_run_ended_is_read_from_its_last_line(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log.jsonl", header(), trial("a"))
    assert read_end(log) is None
    ended = LogEnd(kind="end", finished_at="2026-01-01T00:00:00.000000Z", seconds=2.0)
    log.write_bytes(log.read_bytes() + line_of(ended))
    assert read_end(log) == ended
    log.write_bytes(log.read_bytes()[:-1])
    assert read_end(log) is None
    log.write_bytes(log.read_bytes() + b"\n" + line_of(trial("b")))
    assert read_end(log) is None


def test_another_file_is_no_log(tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    with pytest.raises(InputError, match="is no log of an evaluation"):
        read_header(empty)
    with pytest.raises(InputError, match="there is no log"):
        read_header(tmp_path / "none.jsonl")


def test_two_runs_do_not_write_one_log(tmp_path: Path) -> None:
    writer = LogWriter(tmp_path / "log.jsonl")
    with pytest.raises(StorageError, match="another run writes"):
        LogWriter(tmp_path / "log.jsonl")
    writer.close()
    LogWriter(tmp_path / "log.jsonl").close()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written"):
        LogWriter(tmp_path / "file" / "log.jsonl")


def test_a_disk_that_is_full_ends_the_run_and_keeps_what_is_there(tmp_path: Path) -> None:
    writer = LogWriter(Path("/dev/full"))
    writer.add(header())
    with pytest.raises(StorageError, match=r"/dev/full cannot be written: No space left"):
        writer.close()
