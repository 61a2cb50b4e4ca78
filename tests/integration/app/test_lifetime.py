"""Several apps in one process, and that closing leaves nothing of them."""

from __future__ import annotations

import asyncio
import atexit
import gc
import logging
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from podium.app.podium import Podium
from podium.core.errors import ConfigError

QUESTION = "How long is the warranty on kettles?"


def left() -> dict[str, object]:
    """What an app could leave behind in the process."""
    gc.collect()
    known = logging.root.manager.loggerDict.values()
    loggers = [logging.root, *(logger for logger in known if isinstance(logger, logging.Logger))]
    descriptors = list(Path("/proc/self/fd").iterdir())
    return {
        "files": sorted(name for name in map(_target, descriptors) if name.startswith("/")),
        "descriptors": len(descriptors),
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "handlers": sum(len(logger.handlers) for logger in loggers),
        "exits": atexit._ncallbacks(),
        "temporary": sorted(Path(tempfile.gettempdir()).iterdir()),
    }


def _target(descriptor: Path) -> str:
    try:
        return str(descriptor.readlink())
    except OSError:
        return ""


def with_block(folder: Path) -> None:
    with Podium.from_project(folder) as app:
        app.preload()
        assert app.ask_sync(QUESTION).status == "completed"
        app.graph.invoke({"messages": [("user", QUESTION)]}, {"configurable": {"thread_id": "t"}})  # type: ignore[call-overload]  # LangGraph takes tuples


def async_with_block(folder: Path) -> None:
    async def turns() -> None:
        async with Podium.from_project(folder) as app:
            assert (await app.ask(QUESTION)).status == "completed"
            async for event in app.stream(QUESTION):
                if event.kind == "node":
                    break
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(turns())


def left_stream(folder: Path) -> None:
    with Podium.from_project(folder) as app:
        assert next(app.stream_sync(QUESTION)).kind == "run"


def closed_while_loading(folder: Path) -> None:
    app = Podium.from_project(folder)
    app.preload()
    app.close()


def broken_project(folder: Path) -> None:
    manifest = folder / "podium.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(f'{text}\n[knowledge.sources.rates]\nkind = "python"\nfunction = "none.py:rates"\n')
    with Podium.from_project(folder) as app, pytest.raises(ConfigError):
        app.ask_sync(QUESTION)
    manifest.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "use", [with_block, async_with_block, left_stream, closed_while_loading, broken_project]
)
def test_closing_leaves_nothing_behind(
    desk: Path, use: Callable[[Path], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with_block(desk)  # what libraries keep for the life of the process
    before = left()
    use(desk)
    assert left() == before


def test_a_closed_app_says_so_and_closes_again(desk: Path) -> None:
    app = Podium.from_project(desk)
    app.close()
    app.close()
    with pytest.raises(RuntimeError, match="closed"):
        app.ask_sync(QUESTION)


def test_two_projects_and_one_project_twice_live_side_by_side(desk: Path, desk_template: Path) -> None:
    other = shutil.copytree(desk_template, desk.parent / "other")
    with Podium.from_project(desk) as first, Podium.from_project(desk) as again:
        with Podium.from_project(other) as second:
            apps = (first, again, second)
            asyncio.run(_ask_all(apps))
            assert [len(app.threads_sync()) for app in apps] == [4, 4, 2]
        thread = first.threads_sync()[0].thread_id
        assert again.ask_sync("How long is a gift card valid?", thread_id=thread).status == "completed"
        assert len(first.transcript_sync(thread)) == 4


async def _ask_all(apps: tuple[Podium, ...]) -> None:
    replies = await asyncio.gather(*(app.ask(QUESTION) for app in apps for _ in range(2)))
    assert {reply.status for reply in replies} == {"completed"}


FORGETFUL = """
import sys
from podium import Podium
app = Podium.from_project(sys.argv[1])
graph = app.graph
del app
question = {"messages": [("user", "How long is a gift card valid?")]}
result = graph.invoke(question, {"configurable": {"thread_id": "t"}})
print(result["outcome"]["status"])
"""


def test_who_forgets_to_close_is_told_and_loses_nothing(desk: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "always::ResourceWarning", "-c", FORGETFUL, desk],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stdout) == (0, "completed\n"), ended.stderr
    assert ended.stderr.count(f"the Podium of {desk} was not closed: use 'with', or call close()") == 1
    with Podium.from_project(desk) as app:
        assert [view.status for view in app.threads_sync()] == ["idle"]
