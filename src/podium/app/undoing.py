"""The part of `Podium` that is about effects: what is to be decided, what was done, and undoing it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from podium.app.results import ActionDetail, EffectView, ReconcileReport, ReviewDetail, RollbackReport
from podium.core.model import JsonValue
from podium.core.principal import Principal

if TYPE_CHECKING:
    from podium.app.composition import Composition
    from podium.app.reviews import Reviews

T = TypeVar("T")


class EffectMethods(ABC):
    """What an app can do about effects.

    Attributes:
        principal: Who acts.
    """

    principal: Principal

    @abstractmethod
    async def _ready(self) -> Composition:
        """All parts of the app."""

    @abstractmethod
    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run the work on the app's own event loop."""

    async def effects(self, thread_id: str) -> tuple[EffectView, ...]:
        """The ledger of a thread, oldest first."""
        return await (await self._ready()).threads.effects(thread_id)

    async def rollback(
        self, thread_id: str, *, to: str, dry_run: bool = False, only: Sequence[str] = ()
    ) -> RollbackReport:
        """Undo the outside effects after a checkpoint, newest first, then branch the state from it.

        Nothing is deleted: the old branch stays in the history.

        Args:
            thread_id: The thread, or the start of its id.
            to: The checkpoint, or the start of its id.
            dry_run: Tell what would be done and change nothing.
            only: Digests, or the starts of them, of the effects to undo; the others are kept. All when empty.
        """
        rollbacks = (await self._ready()).rollbacks
        return await rollbacks.roll_back(thread_id, to, self.principal, dry_run=dry_run, only=only)

    async def reconcile(self, thread_id: str | None = None) -> ReconcileReport:
        """Find out what became of effects that broke off, are in doubt or were not confirmed.

        Args:
            thread_id: The thread, or the start of its id; all threads when None.
        """
        return await (await self._ready()).repairs.reconcile(self.principal, thread_id)

    async def reconcile_every(self, seconds: float) -> None:
        """Reconcile again and again until this is cancelled, as a server does in the background.

        Args:
            seconds: The pause between two passes.
        """
        while True:
            await self.reconcile()
            await asyncio.sleep(seconds)

    async def resolve(self, digest: str, *, happened: bool, result: JsonValue = None) -> EffectView:
        """Record what you found out about an effect that is in doubt or was not confirmed.

        Args:
            digest: The effect's digest, or the start of it.
            happened: Whether it happened; for one that was being undone, whether the undoing did.
            result: What the tool would have given back, where that is known.

        Raises:
            NotFound: No such effect is open.
            InputError: The policy leaves this to others.
        """
        repairs = (await self._ready()).repairs
        return await repairs.resolve(digest, self.principal, happened=happened, result=result)

    async def fork(self, thread_id: str, *, at: str | None = None) -> str:
        """Copy a thread; the copy only simulates its actions until `go_live`.

        Args:
            thread_id: The thread, or the start of its id.
            at: The checkpoint to go on from, or the start of its id; the latest when None.

        Returns:
            The id of the copy.
        """
        return await (await self._ready()).repairs.fork(thread_id, at, self.principal)

    async def go_live(self, thread_id: str) -> None:
        """Let a fork act from now on.

        Args:
            thread_id: The thread, or the start of its id.

        Raises:
            InputError: It is no fork, or acts already.
        """
        await (await self._ready()).repairs.go_live(thread_id, self.principal)

    async def review(self, thread_id: str, interrupt_id: str) -> ReviewDetail:
        """All that a person needs to decide about something that waits.

        Args:
            thread_id: The thread, or the start of its id.
            interrupt_id: What waits in it.

        Raises:
            NotFound: Nothing waits there.
        """
        return await (await self._reviews()).detail(thread_id, interrupt_id, self.principal)

    async def try_edit(self, thread_id: str, digest: str, args: Mapping[str, JsonValue]) -> ActionDetail:
        """What editing an action would make of it: the new preview and digest; nothing is changed.

        Args:
            thread_id: The thread.
            digest: The action.
            args: The arguments to change.

        Raises:
            NotFound: It does not wait in the thread.
            InputError: An argument does not fit, or the preview refuses.
        """
        return await (await self._reviews()).edited(thread_id, digest, args, self.principal)

    async def _reviews(self) -> Reviews:
        from podium.app.reviews import Reviews

        parts = await self._ready()
        return Reviews(parts.context, parts.threads)

    def review_sync(self, thread_id: str, interrupt_id: str) -> ReviewDetail:
        """`review`, waiting."""
        return self._wait(self.review(thread_id, interrupt_id))

    def try_edit_sync(self, thread_id: str, digest: str, args: Mapping[str, JsonValue]) -> ActionDetail:
        """`try_edit`, waiting."""
        return self._wait(self.try_edit(thread_id, digest, args))

    def effects_sync(self, thread_id: str) -> tuple[EffectView, ...]:
        """`effects`, waiting."""
        return self._wait(self.effects(thread_id))

    def rollback_sync(
        self, thread_id: str, *, to: str, dry_run: bool = False, only: Sequence[str] = ()
    ) -> RollbackReport:
        """`rollback`, waiting."""
        return self._wait(self.rollback(thread_id, to=to, dry_run=dry_run, only=only))

    def reconcile_sync(self, thread_id: str | None = None) -> ReconcileReport:
        """`reconcile`, waiting."""
        return self._wait(self.reconcile(thread_id))

    def reconcile_every_sync(self, seconds: float) -> None:
        """`reconcile_every`, which ends with the process."""
        self._wait(self.reconcile_every(seconds))

    def resolve_sync(self, digest: str, *, happened: bool, result: JsonValue = None) -> EffectView:
        """`resolve`, waiting."""
        return self._wait(self.resolve(digest, happened=happened, result=result))

    def fork_sync(self, thread_id: str, *, at: str | None = None) -> str:
        """`fork`, waiting."""
        return self._wait(self.fork(thread_id, at=at))

    def go_live_sync(self, thread_id: str) -> None:
        """`go_live`, waiting."""
        self._wait(self.go_live(thread_id))
