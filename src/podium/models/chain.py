"""Several models for one role: a cheap one first, another when one fails, kept replies as the last resort.

Each class wraps what has the same one method, so that any of them can be left away::

    Kept(Relayed(Drafted(small, large), spare), cache)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from podium.core.errors import ModelBudgetError, ModelError, ModelOutputError
from podium.core.usage import Usage
from podium.models.cache import ResponseCache, cache_key
from podium.models.calls import Asks, Called, Check
from podium.models.record import ModelCall, NoRecorder, PromptStamp, Recorder
from podium.models.secrets import scrub
from podium.models.structured import parse

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from podium.models.resolver import ResolvedModel

T = TypeVar("T", bound=BaseModel)

Notify = Callable[[ModelError], None]
"""Told why a model was passed over."""


class Drafted:
    """A cheap model drafts; the larger one takes over when the draft is not good enough.

    It is not when it cannot be read, when the check finds something wrong, when the model fails, or when
    earlier work on the same task did not satisfy the critic.

    Args:
        draft: The cheap model; one question and no more is best.
        full: The larger model.
    """

    def __init__(self, draft: Asks, full: Asks) -> None:
        self._draft, self._full = draft, full

    @property
    def name(self) -> str:
        """The larger model's name."""
        return self._full.name

    async def call(
        self,
        messages: Sequence[BaseMessage],
        schema: type[T],
        *,
        stamp: PromptStamp | None = None,
        check: Check[T] | None = None,
        again: bool = False,
    ) -> Called[T]:
        """Ask for a value.

        Raises:
            ModelError: Neither gave one.
        """
        if again:
            return await self._full.call(messages, schema, stamp=stamp, check=check, again=True)
        try:
            drafted = await self._draft.call(messages, schema, stamp=stamp, check=check)
        except ModelBudgetError:
            raise
        except ModelError as error:
            spent = error.usage or Usage()
        else:
            if not drafted.problem:
                return drafted
            spent = drafted.usage
        return await _after(spent, self._full, messages, schema, stamp, check, again=False)


class Relayed:
    """Another model is asked when the first one fails, and the reply says so.

    Args:
        first: The role's own.
        second: The one that stands in.
        notify: Told why.
    """

    def __init__(self, first: Asks, second: Asks, notify: Notify | None = None) -> None:
        self._first, self._second = first, second
        self._notify = notify

    @property
    def name(self) -> str:
        """The first model's name."""
        return self._first.name

    async def call(
        self,
        messages: Sequence[BaseMessage],
        schema: type[T],
        *,
        stamp: PromptStamp | None = None,
        check: Check[T] | None = None,
        again: bool = False,
    ) -> Called[T]:
        """Ask for a value.

        Raises:
            ModelError: Neither gave one.
        """
        try:
            return await self._first.call(messages, schema, stamp=stamp, check=check, again=again)
        except ModelBudgetError:
            raise
        except ModelError as error:
            spent, cause = error.usage or Usage(), error.code
            if self._notify is not None:
                self._notify(error)
        called = await _after(spent, self._second, messages, schema, stamp, check, again=again)
        return replace(called, stand_in="fallback", cause=cause)


class Kept:
    """Keeps good replies; gives one back when no model can be had, or on a rerun too.

    Args:
        inner: What asks models.
        model: The role's own model, by which replies are found.
        cache: Where they are kept.
        always: Whether a kept reply is taken before the model is asked.
        role: Who asks, for the record.
        recorder: Told of replies that were kept ones.
    """

    def __init__(
        self,
        inner: Asks,
        model: ResolvedModel,
        cache: ResponseCache,
        *,
        always: bool = False,
        role: str = "",
        recorder: Recorder | None = None,
    ) -> None:
        self._inner = inner
        self._model = model
        self._cache = cache
        self._always = always
        self._role = role
        self._recorder = recorder or NoRecorder()

    @property
    def name(self) -> str:
        """The model's name."""
        return self._inner.name

    async def call(
        self,
        messages: Sequence[BaseMessage],
        schema: type[T],
        *,
        stamp: PromptStamp | None = None,
        check: Check[T] | None = None,
        again: bool = False,
    ) -> Called[T]:
        """Ask for a value, or find it.

        Raises:
            ModelError: No model gave one, and none was kept.
        """
        stamp = stamp or PromptStamp(role=self._role)
        key = cache_key(self._model, stamp, schema, messages)
        # A reply that led to a second try is not what the second try needs.
        if self._always and not again and (found := self._find(key, schema, check, stamp)):
            return found
        try:
            called = await self._inner.call(messages, schema, stamp=stamp, check=check, again=again)
        except ModelError as error:
            found = self._find(key, schema, check, stamp)
            if found is None or isinstance(error, ModelBudgetError):
                raise
            return replace(found, stand_in="cached", cause=error.code, usage=error.usage or Usage())
        if not called.problem and called.stand_in is None:
            self._cache.put(key, scrub(called.text, self._model.secrets))
        return called

    def _find(
        self, key: str, schema: type[T], check: Check[T] | None, stamp: PromptStamp
    ) -> Called[T] | None:
        """A kept reply that still holds."""
        text = self._cache.get(key)
        if text is None:
            return None
        try:
            value = parse(text, schema)
        except ModelOutputError:
            return None
        if check is not None and check(value):
            return None
        self._recorder.on_call(
            ModelCall(self._role, self.name, stamp, (), scrub(text), priced=True, cached=True)
        )
        return Called(value, Usage(), text, self.name, priced=True)


async def _after(
    spent: Usage,
    asks: Asks,
    messages: Sequence[BaseMessage],
    schema: type[T],
    stamp: PromptStamp | None,
    check: Check[T] | None,
    *,
    again: bool,
) -> Called[T]:
    """Ask the next one; what the one before has spent is counted in."""
    try:
        called = await asks.call(messages, schema, stamp=stamp, check=check, again=again)
    except ModelError as error:
        error.usage = spent.plus(error.usage or Usage())
        raise
    return replace(called, usage=spent.plus(called.usage))
