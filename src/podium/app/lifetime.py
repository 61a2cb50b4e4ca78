"""When the parts of an app are made, and that nothing of them is left."""

from __future__ import annotations

import threading
import warnings
import weakref
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from podium.app.composition import Composition

T = TypeVar("T")


class Lifetime:
    """The parts of one app: made at first use, closed once.

    Args:
        make: Makes them.
        name: What the app is called in a warning.
    """

    def __init__(self, make: Callable[[], Composition], name: str) -> None:
        self._make = make
        self._name = name
        self._lock = threading.Lock()
        self._made: Composition | None = None
        self._closed = False
        self._loading: threading.Thread | None = None
        self._forgotten: weakref.finalize[..., object] | None = None

    @property
    def ready(self) -> Composition | None:
        """The parts if they are there."""
        return None if self._closed else self._made

    @property
    def parts(self) -> Composition:
        """The parts, made now if need be.

        Raises:
            RuntimeError: The app is closed.
        """
        with self._lock:
            if self._closed:
                raise RuntimeError("this Podium is closed")
            if self._made is None:
                self._made = self._make()
                # Whoever holds the graph, as a node of another say, may have let go of the app itself.
                self._forgotten = weakref.finalize(self._made.graph, _forgot, self._made.close, self._name)
            return self._made

    def preload(self) -> None:
        """Start making and warming the parts in the background; what fails is reported at first use."""
        if self._loading is None:
            self._loading = threading.Thread(target=self._load, name="podium-preload", daemon=True)
            self._loading.start()

    def close(self) -> None:
        """Close the parts. Safe to call twice."""
        with self._lock:
            self._closed = True
            made, self._made = self._made, None
        if self._loading is not None:
            self._loading.join()
        if made is not None and self._forgotten is not None:
            self._forgotten.detach()
            made.close()

    def _load(self) -> None:
        try:
            self.parts.warm()
        except Exception:  # noqa: BLE001 - the first use meets the same error and reports it
            return


class Running:
    """The streams of an app that somebody has begun to read."""

    def __init__(self) -> None:
        self._open: set[AsyncGenerator[object, None]] = set()

    async def told(self, events: AsyncGenerator[T, None]) -> AsyncGenerator[T, None]:
        """The events; known until the last one is read."""
        self._open.add(events)
        try:
            async with aclosing(events):
                async for event in events:
                    yield event
        finally:
            self._open.discard(events)

    async def stop(self) -> None:
        """End what nobody reads on, such as a stream that was left in the middle."""
        for events in list(self._open):
            with suppress(RuntimeError):  # somebody is reading it, and will be told that the app is closed
                await events.aclose()


def _forgot(close: Callable[[], None], name: str) -> None:
    warnings.warn(
        f"the Podium of {name} was not closed: use 'with', or call close()", ResourceWarning, stacklevel=2
    )
    if threading.current_thread() is threading.main_thread():
        close()
    else:  # it may be one of those that closing waits for
        threading.Thread(target=close, name="podium-close").start()
