"""The one place through which every call of a chat model goes.

A call asks for a value of a declared shape. A passing failure is retried with jitter, for as long as the
provider asks if that is bearable; a reply that does not fit is asked for again with the reason; a method
that the provider does not support gives way to the next one. All of it is bounded.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from podium.core.errors import ModelAuthError, ModelError, ModelOutputError, ModelRefused, ModelUnavailable
from podium.core.usage import Usage
from podium.models.allowance import current_allowance
from podium.models.breaker import Breakers
from podium.models.calls import Called, CallLimits, Check
from podium.models.faults import Fault, fault_of
from podium.models.prices import Prices
from podium.models.record import ModelCall, NoRecorder, PromptStamp, Recorder
from podium.models.secrets import scrub
from podium.models.structured import Method, bind, instruct, methods_of, parse, raw_text

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage

    from podium.models.resolver import ResolvedModel

T = TypeVar("T", bound=BaseModel)


@dataclass(slots=True)
class _Attempts:
    """What one call has come to so far."""

    stamp: PromptStamp
    usage: Usage = field(default_factory=Usage)
    count: int = 0
    patience_ends: float | None = None
    """By `time.monotonic`; None until something failed."""


class Caller:
    """Calls one model for one role.

    Args:
        model: The model.
        role: Who asks.
        limits: Bounds; by default those of the model's provider.
        breakers: Circuits, shared by the callers of one app.
        recorder: Told of every exchange.
        prices: What tokens cost.
        sleep: How to wait, for tests.
    """

    def __init__(
        self,
        model: ResolvedModel,
        role: str,
        *,
        limits: CallLimits | None = None,
        breakers: Breakers | None = None,
        recorder: Recorder | None = None,
        prices: Prices | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._model = model
        self._role = role
        self._limits = limits or CallLimits(timeout=model.timeout, retries=model.max_retries)
        self._breakers = breakers or Breakers()
        self._recorder = recorder or NoRecorder()
        self._prices = prices or Prices()
        self._sleep = sleep
        self._methods = methods_of(model.chat)

    @property
    def name(self) -> str:
        """The model's name."""
        return self._model.name

    async def call(
        self,
        messages: Sequence[BaseMessage],
        schema: type[T],
        *,
        stamp: PromptStamp | None = None,
        check: Check[T] | None = None,
        again: bool = False,  # noqa: ARG002 - one model has nothing better for a second try
    ) -> Called[T]:
        """Ask for a value, as `Asks` says.

        Raises:
            ModelError: No usable reply; `usage` on the error says what was spent.
        """
        state = _Attempts(stamp or PromptStamp(role=self._role))
        try:
            async with self._breakers.guard_usable(self.name):
                return await self._ask(list(messages), schema, check, state)
        except ModelError as error:
            error.usage = state.usage
            raise

    async def _ask(
        self, messages: list[BaseMessage], schema: type[T], check: Check[T] | None, state: _Attempts
    ) -> Called[T]:
        from langchain_core.messages import AIMessage, HumanMessage

        asked = messages
        for left in range(self._limits.reasks, -1, -1):
            text = await self._reply(asked, schema, state)
            try:
                value = parse(text, schema)
                problem = check(value) if check else ""
            except ModelOutputError as error:
                if left == 0:
                    raise self._unusable(error.message) from None
                problem = error.message
            else:
                if not problem or left == 0:
                    return self._called(value, state, text, problem)
            # Only the newest failure is shown: a growing transcript of mistakes leaves the window.
            again = f"That reply cannot be used: {problem}. Reply again, complete and corrected."
            asked = [*messages, AIMessage(text[:4000] or "(empty)"), HumanMessage(again)]
        raise self._unusable("no question was allowed")

    def _called(self, value: T, state: _Attempts, text: str, problem: str) -> Called[T]:
        priced = self._prices.cost(self.name, 0, 0) is not None
        return Called(value, state.usage, text, self.name, problem, priced)

    def _unusable(self, why: str) -> ModelOutputError:
        return ModelOutputError(
            f"{self.name} gave no usable reply: {why}", hint="Use a model that can write JSON by a schema."
        )

    async def _reply(self, messages: list[BaseMessage], schema: type[T], state: _Attempts) -> str:
        """The raw reply, in the first way of asking that the provider supports."""
        while True:
            method = self._methods[0]
            try:
                return await self._with_retries(messages, method, schema, state)
            except _Unsupported as refused:
                if len(self._methods) == 1 or self._methods[0] != method:
                    raise refused.error from None
                self._methods = self._methods[1:]

    async def _with_retries(
        self, messages: list[BaseMessage], method: Method, schema: type[T], state: _Attempts
    ) -> str:
        from tenacity import AsyncRetrying, RetryCallState, retry_if_exception
        from tenacity.wait import wait_random_exponential

        jitter = wait_random_exponential(multiplier=self._limits.first_wait, max=self._limits.longest_wait)

        def wait(retry: RetryCallState) -> float:
            error = retry.outcome.exception() if retry.outcome else None
            asked = error.fault.after if isinstance(error, _Passing) else None
            return jitter(retry) if asked is None else asked

        def stop(retry: RetryCallState) -> bool:
            over = time.monotonic() + retry.upcoming_sleep >= (state.patience_ends or float("inf"))
            return over or retry.attempt_number > self._limits.retries

        retrying = AsyncRetrying(
            stop=stop,
            wait=wait,
            retry=retry_if_exception(self._is_worth_retrying),
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return await retrying(self._once, messages, method, schema, state)
        except _Passing as passing:
            raise passing.fault.error from None

    def _is_worth_retrying(self, error: BaseException) -> bool:
        return isinstance(error, _Passing) and (error.fault.after or 0.0) <= self._limits.longest_wait

    async def _once(
        self, messages: list[BaseMessage], method: Method, schema: type[T], state: _Attempts
    ) -> str:
        """One exchange under the circuit breaker, recorded."""
        self._breakers.spare_refused_key(self.name)
        if allowance := current_allowance():
            allowance.claim(self.name)
        fault: Fault | None = None
        async with self._breakers.guard(self.name):
            started = time.perf_counter()
            sent = instruct(messages, method, schema)
            try:
                async with asyncio.timeout(self._time_for(state)):
                    message = await bind(self._model.chat, method, schema).ainvoke(sent)
                return self._accept(message, sent, state, time.perf_counter() - started)
            except ModelError:
                raise
            except Exception as error:  # noqa: BLE001 - a model of anybody's may raise anything
                fault = fault_of(error, self.name, self._model.secrets)
            usage = Usage(model_calls=1, seconds=time.perf_counter() - started)
            self._note(state, sent, "", usage, fault.error)
            self._lose_patience(state)
            if fault.down:
                raise _Passing(fault)
        return self._give_up(fault)

    def _time_for(self, state: _Attempts) -> float:
        if state.patience_ends is None:
            return self._limits.timeout
        return min(self._limits.timeout, max(0.001, state.patience_ends - time.monotonic()))

    def _lose_patience(self, state: _Attempts) -> None:
        if state.patience_ends is None and self._limits.max_delay is not None:
            state.patience_ends = time.monotonic() + self._limits.max_delay

    def _give_up(self, fault: Fault) -> str:
        if isinstance(fault.error, ModelAuthError):
            self._breakers.refuse_key(self.name, fault.error)
        if fault.unsupported:
            raise _Unsupported(fault.error)
        raise fault.error

    def _accept(self, message: AIMessage, sent: list[BaseMessage], state: _Attempts, seconds: float) -> str:
        usage = self._usage_of(message, seconds)
        text = raw_text(message)
        error = self._ended_badly(message)
        self._note(state, sent, text, usage, error)
        if error is not None:
            raise error
        return text

    def _ended_badly(self, message: AIMessage) -> ModelError | None:
        reason = message.response_metadata.get("finish_reason")
        if message.additional_kwargs.get("refusal") or reason == "content_filter":
            return ModelRefused(f"{self.name} declined to answer", hint="Ask in another way.")
        if reason == "length":
            cut_off = f"the reply of {self.name} was cut off at its length limit"
            return ModelOutputError(cut_off, hint="Allow the model longer replies.")
        return None

    def _usage_of(self, message: AIMessage, seconds: float) -> Usage:
        counted = message.usage_metadata
        given, made = (counted["input_tokens"], counted["output_tokens"]) if counted else (0, 0)
        cost = self._prices.cost(self.name, given, made)
        return Usage(
            model_calls=1,
            input_tokens=given,
            output_tokens=made,
            cost=cost or 0.0,
            unpriced=int(cost is None),
            seconds=seconds,
        )

    def _note(
        self, state: _Attempts, sent: list[BaseMessage], text: str, usage: Usage, error: ModelError | None
    ) -> None:
        secrets = self._model.secrets
        call = ModelCall(
            role=self._role,
            model=self.name,
            prompt=state.stamp,
            messages=tuple((message.type, scrub(str(message.text), secrets)) for message in sent),
            reply=scrub(text, secrets),
            usage=usage,
            seconds=usage.seconds,
            attempt=state.count,
            error=error.code if error else "",
            priced=self._prices.cost(self.name, 0, 0) is not None,
        )
        state.usage, state.count = state.usage.plus(usage), state.count + 1
        if allowance := current_allowance():
            allowance.add(usage)
        self._recorder.on_call(call)


class _Passing(ModelUnavailable):
    """A failure that may be over in a moment; carries what to raise if it stays."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.error.message, hint=fault.error.hint)
        self.fault = fault


class _Unsupported(Exception):
    """The provider rejected the form of the request."""

    def __init__(self, error: ModelError) -> None:
        super().__init__(error.message)
        self.error = error
