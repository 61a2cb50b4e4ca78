"""Running asynchronous work for synchronous callers, on one background event loop per app."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncGenerator, Coroutine, Generator
from concurrent.futures import CancelledError, Future, wait
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")


class Portal:
    """An event loop in a thread of its own, started at first use and stopped by `close`.

    One loop serves all synchronous callers of an app, so that clients which are bound to a loop
    (HTTP connection pools) are shared and live as long as the app.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run the coroutine to its end with the caller's context variables.

        Args:
            work: What to run; cancelled when the caller is interrupted.

        Raises:
            RuntimeError: Called from the portal's own loop, which would wait for itself.
        """
        future = self._start(work)
        try:
            return future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise

    def iterate(self, items: AsyncGenerator[T, None]) -> Generator[T, None, None]:
        """Take the items one by one as they come; leaving the loop early cancels the source.

        Args:
            items: Runs in one task from its start to its end.
        """
        arrived: SimpleQueue[T | _End] = SimpleQueue()

        async def pump() -> None:
            try:
                async for item in items:
                    arrived.put(item)
            finally:
                await items.aclose()

        future = self._start(pump())
        future.add_done_callback(lambda _: arrived.put(_End()))
        try:
            while not isinstance(item := arrived.get(), _End):
                yield item
        finally:
            # Whoever leaves may use what the source held: wait until it has let go.
            future.cancel()
            wait([future])
        future.result()

    def close(self) -> None:
        """Stop the loop; work still running is cancelled."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        loop.call_soon_threadsafe(loop.stop)
        thread.join()

    def _start(self, work: Coroutine[Any, Any, T]) -> _WorkFuture[T]:
        loop = self._running_loop()
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("the synchronous form was called from asynchronous code; await the other one")
        future = _WorkFuture[T](loop)
        context = contextvars.copy_context()
        loop.call_soon_threadsafe(lambda: future.follow(loop.create_task(work, context=context)))
        return future

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = threading.Thread(
                    target=_serve, args=(self._loop,), name="podium-portal", daemon=True
                )
                self._thread.start()
            return self._loop


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_forever()
        pending = asyncio.all_tasks(loop)
        for task in pending:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.close()


class _End:
    """Marks that no more items come."""


class _WorkFuture(Future[T]):
    """What a caller in another thread waits for; cancelling it cancels the work."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self._task: asyncio.Task[T] | None = None
        self._unwanted = False

    def follow(self, task: asyncio.Task[T]) -> None:
        """Take over the outcome of the task; called on the loop."""
        self._task = task
        task.add_done_callback(self._settle)
        if self._unwanted:
            task.cancel()

    def cancel(self) -> bool:
        """Ask the work to stop; the future settles once it has."""
        if self.done():
            return False
        self._loop.call_soon_threadsafe(self._stop)
        return True

    def _stop(self) -> None:
        self._unwanted = True
        if self._task is not None:
            self._task.cancel()

    def _settle(self, task: asyncio.Task[T]) -> None:
        if task.cancelled():
            self.set_exception(CancelledError())
        elif error := task.exception():
            self.set_exception(error)
        else:
            self.set_result(task.result())
