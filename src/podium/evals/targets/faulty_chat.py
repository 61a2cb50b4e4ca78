"""A chat model that errors, stalls or lies when a case says so."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable

from podium.core.errors import ModelUnavailable
from podium.evals.targets.injection import Struck


def faulty_chat(inner: BaseChatModel | None, faults: Sequence[Struck]) -> BaseChatModel:
    """The model with faults.

    Args:
        inner: The model; None where there is none, so that what is no lie is an error.
        faults: What happens to its calls.
    """
    takes_tools = inner is not None and type(inner).bind_tools is not BaseChatModel.bind_tools
    return (FaultyToolChat if takes_tools else FaultyChat)(inner=inner, faults=tuple(faults))


class FaultyChat(BaseChatModel):
    """Passes calls on to the model, if no fault hits them."""

    inner: BaseChatModel | None
    faults: tuple[Any, ...]

    @property
    def _llm_type(self) -> str:
        return "faulty" if self.inner is None else self.inner._llm_type

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        for one in self._struck():
            if one.fault.kind == "model_stall":
                time.sleep(one.fault.seconds)
            else:
                return _strike(one)
        return self._model()._generate(messages, stop, run_manager, **kwargs)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        for one in self._struck():
            if one.fault.kind == "model_stall":
                await asyncio.sleep(one.fault.seconds)
            else:
                return _strike(one)
        return await self._model()._agenerate(messages, stop, run_manager, **kwargs)

    def _struck(self) -> list[Struck]:
        return [one for one in self.faults if one()]

    def _model(self) -> BaseChatModel:
        if self.inner is None:
            raise ModelUnavailable("there is no model: a fault of the case")
        return self.inner


class FaultyToolChat(FaultyChat):
    """The same for a model that takes tools."""

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        """Bind tools as the model does."""
        bound: Any = self._model().bind_tools(tools, **kwargs)
        return self.bind(**bound.kwargs)


def _strike(one: Struck) -> ChatResult:
    if one.fault.kind == "model_error":
        raise ModelUnavailable("the model failed: a fault of the case")
    reply = one.fault.reply
    text = reply if isinstance(reply, str) else json.dumps(reply, ensure_ascii=False)
    return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])
