"""A batch with real threads, a real ledger and a world: each line once, whatever happens in between."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from podium import Podium
from podium.app.batch_results import BatchReport
from podium.core.errors import InputError

pytestmark = pytest.mark.timeout(300)

AGENTS = Path(__file__).parents[1] / "bad_input" / "workshop" / "agents"
MANIFEST = '[project]\nname = "pad"\n[tools]\nworld = "tools/_world.py"\n'
WORLD = """
from pathlib import Path

def open_world(path):
    path.mkdir(parents=True, exist_ok=True)
    return path

def copy_world(src, dst): ...

def destroy_world(path): ...
"""
TOOLS = '''
from pathlib import Path
from typing import cast

from podium import ActionContext, ActionError, action


def erase(ctx: ActionContext, args, result: str) -> None:
    (cast(Path, ctx.handle("world")) / result).unlink(missing_ok=True)


@action("reversible", idempotent=True, compensate=erase)
def note(ctx: ActionContext, text: str) -> str:
    """Write a note."""
    pad = cast(Path, ctx.handle("world"))
    (pad / ctx.idempotency_key).write_text(text)
    with (pad / "calls").open("a") as calls:
        calls.write(text + "\\n")
    return ctx.idempotency_key


@action("reversible", idempotent=True, compensate=erase)
def stamp(ctx: ActionContext, text: str) -> str:
    """Stamp, while there are stamps."""
    if not (cast(Path, ctx.handle("world")) / "stamps").exists():
        raise ActionError("no stamps")
    return note(ctx, text)
'''
RUN = """
import sys
from podium import Podium
from podium.testing.crashpoints import KillAt

folder, file, place, occurrence = sys.argv[1:]
with Podium.from_project(folder, crash_points=KillAt(place, int(occurrence))) as app:
    app.batch_sync(file, concurrency=3)
"""


@pytest.fixture
def pad(tmp_path: Path) -> Path:
    """A project that writes notes without asking anybody."""
    folder = tmp_path / "pad"
    shutil.copytree(AGENTS, folder / "agents", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tools").mkdir()
    (folder / "podium.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "tools" / "_world.py").write_text(WORLD, encoding="utf-8")
    (folder / "tools" / "notes.py").write_text(TOOLS, encoding="utf-8")
    return folder


def requests(folder: Path, *texts: str) -> Path:
    path = folder / "requests.jsonl"
    path.write_text("".join(json.dumps({"id": f"q{n}", "text": text}) + "\n" for n, text in enumerate(texts)))
    return path


def notes(number: int) -> list[str]:
    return [f'do note {{"text": "n{n}"}}' for n in range(number)]


def results(file: Path) -> list[dict[str, Any]]:
    out = file.with_name("requests.results.jsonl")
    return sorted((json.loads(line) for line in out.read_text().splitlines()), key=lambda item: item["line"])


def written(pad: Path) -> list[str]:
    world = pad / ".podium" / "world"
    return sorted(file.read_text() for file in world.iterdir() if file.name not in ("calls", "stamps"))


def run(pad: Path, file: Path, **options: Any) -> BatchReport:
    with Podium.from_project(pad) as app:
        return app.batch_sync(file, **options)


def test_each_line_has_one_result_and_one_thread(pad: Path) -> None:
    file = requests(pad, *notes(5), "hello")
    told: list[tuple[int, int]] = []
    report = run(pad, file, progress=lambda done, total, _: told.append((done, total)))
    found = results(file)
    assert [item["status"] for item in found] == ["completed"] * 5 + ["clarify"]
    assert len({item["thread_id"] for item in found}) == 6
    assert told == [(n, 6) for n in range(1, 7)]
    assert (report.total, report.done, report.ran, report.exit_code) == (6, 6, 6, 0)
    assert written(pad) == [f"n{n}" for n in range(5)]


def test_a_broken_line_has_a_result_too(pad: Path) -> None:
    file = pad / "requests.jsonl"
    file.write_text('{"text": "hello"}\nnonsense\n{"text": "hello again"}\n')
    report = run(pad, file)
    assert [item["status"] for item in results(file)] == ["clarify", "failed", "clarify"]
    assert results(file)[1]["error"]["code"] == "input_invalid"
    assert (report.exit_code, report.statuses) == (1, {"clarify": 2, "failed": 1})


def test_what_has_a_result_is_not_run_again(pad: Path) -> None:
    file = requests(pad, *notes(4))
    assert run(pad, file, limit=3).ran == 3
    first = results(file)
    report = run(pad, file)
    assert (report.ran, report.done) == (1, 4)
    assert results(file)[:3] == first
    assert run(pad, file).ran == 0
    assert sorted((pad / ".podium" / "world" / "calls").read_text().split()) == ["n0", "n1", "n2", "n3"]


def test_a_line_that_is_added_or_changed_is_run(pad: Path) -> None:
    file = requests(pad, *notes(2))
    run(pad, file)
    file.write_text(file.read_text().replace("n1", "other") + '{"id": "new", "text": "hello"}\n')
    assert run(pad, file).ran == 2
    assert written(pad) == ["n0", "n1", "other"]


def test_without_its_results_a_batch_begins_anew(pad: Path) -> None:
    file = requests(pad, *notes(2))
    run(pad, file)
    file.with_name("requests.results.jsonl").unlink()
    assert run(pad, file).ran == 2
    assert written(pad) == ["n0", "n0", "n1", "n1"]


@pytest.mark.parametrize(
    ("place", "occurrence"),
    [("admit:before", 1), ("tool:after", 2), ("respond:after", 3), ("tool:before", 5)],
)
def test_after_a_kill_the_rest_is_done_and_nothing_twice(pad: Path, place: str, occurrence: int) -> None:
    file = requests(pad, *notes(6))
    command = [sys.executable, "-c", RUN, str(pad), str(file), place, str(occurrence)]
    killed = subprocess.run(command, check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    report = run(pad, file)
    assert (report.done, report.statuses) == (6, {"completed": 6})
    assert written(pad) == [f"n{n}" for n in range(6)]
    assert [item["id"] for item in results(file)] == [f"q{n}" for n in range(6)]


def test_a_result_that_was_not_written_is_told_again_without_a_run(pad: Path) -> None:
    file = requests(pad, *notes(1))
    run(pad, file)
    before = results(file)
    file.with_name("requests.results.jsonl").write_text("")
    run(pad, file)
    assert results(file) == before
    assert (pad / ".podium" / "world" / "calls").read_text().split() == ["n0"]


def test_what_failed_is_run_again_when_that_is_asked_for(pad: Path) -> None:
    file = requests(pad, *notes(1), 'do stamp {"text": "s"}')
    assert run(pad, file).statuses == {"completed": 1, "failed": 1}
    assert run(pad, file).ran == 0
    (pad / ".podium" / "world" / "stamps").touch()
    report = run(pad, file, retry_failed=True)
    assert (report.ran, report.statuses) == (1, {"completed": 2})
    assert written(pad) == ["n0", "s"]


def test_two_batches_do_not_write_the_same_results(pad: Path) -> None:
    file = requests(pad, "hello")
    with Podium.from_project(pad) as app:

        async def both() -> list[BatchReport | BaseException]:
            return list(await asyncio.gather(app.batch(file), app.batch(file), return_exceptions=True))

        outcomes = asyncio.run(both())
    refused = [item for item in outcomes if isinstance(item, InputError)]
    assert len(refused) == 1
    assert len(results(file)) == 1


def test_the_requests_are_never_written_over(pad: Path) -> None:
    file = requests(pad, "hello")
    before = file.read_bytes()
    with pytest.raises(InputError, match="holds the requests"):
        run(pad, file, out=file)
    assert file.read_bytes() == before
