"""The contract of a checkpointer, as a test class to inherit from."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import BaseCheckpointSaver, empty_checkpoint

THREAD = "contract-thread"


class CheckpointerContract(ABC):
    """What Podium needs of a checkpointer; all of `langgraph-checkpoint-conformance` is part of it.

    Inherit from it in a test module and say how to open a saver::

        class TestMySaver(CheckpointerContract):
            @asynccontextmanager
            async def open_saver(self, folder):
                yield MySaver(folder / "db")
    """

    @abstractmethod
    def open_saver(self, folder: Path) -> AbstractAsyncContextManager[BaseCheckpointSaver[Any]]:
        """A fresh, empty saver that keeps its data in `folder`."""

    def test_put_conforms(self, tmp_path: Path) -> None:
        """Storing a checkpoint, as LangGraph's conformance suite has it; likewise the next ones."""
        self._conforms(tmp_path, "put")

    def test_put_writes_conforms(self, tmp_path: Path) -> None:
        """Storing the writes of a task."""
        self._conforms(tmp_path, "put_writes")

    def test_get_tuple_conforms(self, tmp_path: Path) -> None:
        """Reading a checkpoint."""
        self._conforms(tmp_path, "get_tuple")

    def test_list_conforms(self, tmp_path: Path) -> None:
        """Listing checkpoints."""
        self._conforms(tmp_path, "list")

    def test_delete_thread_conforms(self, tmp_path: Path) -> None:
        """Deleting a thread."""
        self._conforms(tmp_path, "delete_thread")

    def test_delete_for_runs_conforms(self, tmp_path: Path) -> None:
        """Deleting what runs made."""
        self._conforms(tmp_path, "delete_for_runs")

    def test_copy_thread_conforms(self, tmp_path: Path) -> None:
        """Copying a thread."""
        self._conforms(tmp_path, "copy_thread")

    def test_prune_conforms(self, tmp_path: Path) -> None:
        """Pruning a thread."""
        self._conforms(tmp_path, "prune")

    def test_head_is_what_was_stored_last_when_the_clock_went_back(self, tmp_path: Path) -> None:
        """Ids are made from the clock, so they must not decide which checkpoint is the head."""

        async def check() -> None:
            async with self.open_saver(tmp_path) as saver:
                later = await _put(saver, "2f000000-0000-6000-8000-000000000000", None)
                await _put(saver, "1f000000-0000-6000-8000-000000000000", later)
                head = await saver.aget_tuple(_config())
                listed = [found.checkpoint["id"] async for found in saver.alist(_config())]
            assert head is not None
            assert head.checkpoint["id"].startswith("1f")
            assert [checkpoint_id[:2] for checkpoint_id in listed] == ["1f", "2f"]

        asyncio.run(check())

    def test_sync_methods_see_what_async_ones_stored(self, tmp_path: Path) -> None:
        """One saver serves `invoke` and `ainvoke`."""

        async def store() -> None:
            async with self.open_saver(tmp_path) as saver:
                stored = await _put(saver, "1f000000-0000-6000-8000-000000000000", None)
                await saver.aput_writes(stored, [("channel", "value")], "task")
                found = await asyncio.to_thread(saver.get_tuple, _config())
                assert found is not None
                assert found.pending_writes == [("task", "channel", "value")]

        asyncio.run(store())

    def _conforms(self, folder: Path, capability: str) -> None:
        from langgraph.checkpoint.conformance.initializer import RegisteredCheckpointer
        from langgraph.checkpoint.conformance.validate import validate

        async def factory() -> Any:
            async with self.open_saver(folder) as saver:
                yield saver

        registered = RegisteredCheckpointer(name=type(self).__name__, factory=factory)
        report = asyncio.run(validate(registered, capabilities={capability}))
        result = report.results[capability]
        assert result.detected, f"the saver lacks {capability}"
        assert result.passed, result.failures


def _config() -> RunnableConfig:
    return {"configurable": {"thread_id": THREAD, "checkpoint_ns": ""}}


async def _put(
    saver: BaseCheckpointSaver[Any], checkpoint_id: str, parent: RunnableConfig | None
) -> RunnableConfig:
    checkpoint = empty_checkpoint()
    checkpoint["id"] = checkpoint_id
    return await saver.aput(parent or _config(), checkpoint, {"source": "loop", "step": 1}, {})
