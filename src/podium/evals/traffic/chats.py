"""Chat models that note what they say, and chat models that say it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, messages_from_dict, messages_to_dict
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool

from podium.evals.traffic.exchange import ModelNote
from podium.evals.traffic.recording import Recording
from podium.evals.traffic.replaying import Replaying


def takes_tools(chat: BaseChatModel) -> bool:
    """Whether tools can be bound to the model."""
    return type(chat).bind_tools is not BaseChatModel.bind_tools


def recorded_chat(name: str, inner: BaseChatModel, recording: Recording) -> BaseChatModel:
    """The model, with what it says noted."""
    kind = RecordedToolChat if takes_tools(inner) else RecordedChat
    return kind(name=name, inner=inner, recording=recording)


def replayed_chat(note: ModelNote, replaying: Replaying) -> BaseChatModel:
    """A model that says what the one of the note has said."""
    return (ReplayedToolChat if note.takes_tools else ReplayedChat)(note=note, replaying=replaying)


class RecordedChat(BaseChatModel):
    """Passes calls on to the model, and notes them."""

    name: str | None = None
    inner: BaseChatModel
    recording: Any

    @property
    def _llm_type(self) -> str:
        return self.inner._llm_type

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        asked = _asked(messages, stop, kwargs)
        try:
            result = self.inner._generate(messages, stop, run_manager, **kwargs)
        except BaseException as error:
            self.recording.note_failure("model", self.name, asked, error)
            raise
        return self._noted(asked, result)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        asked = _asked(messages, stop, kwargs)
        try:
            result = await self.inner._agenerate(messages, stop, run_manager, **kwargs)
        except BaseException as error:
            self.recording.note_failure("model", self.name, asked, error)
            raise
        return self._noted(asked, result)

    def _noted(self, asked: object, result: ChatResult) -> ChatResult:
        (said,) = messages_to_dict([result.generations[0].message])
        self.recording.note("model", self.name, asked, said)
        return result


class RecordedToolChat(RecordedChat):
    """The same for a model that takes tools."""

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        """Bind tools as the model does."""
        bound: Any = self.inner.bind_tools(tools, **kwargs)
        return self.bind(**bound.kwargs)


class ReplayedChat(BaseChatModel):
    """Says what was noted."""

    note: ModelNote
    replaying: Any

    @property
    def _llm_type(self) -> str:
        return self.note.kind

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - nothing is called
        **kwargs: Any,
    ) -> ChatResult:
        said = self.replaying.answer("model", self.note.name, _asked(messages, stop, kwargs))
        (message,) = messages_from_dict([said])
        return ChatResult(generations=[ChatGeneration(message=message)])


class ReplayedToolChat(ReplayedChat):
    """The same for a model that takes tools."""

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        """Keep the tools with the question, as the model's own binding would."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)


def _asked(messages: Sequence[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]) -> Any:
    """What a reply depends on: who says what, and the names of the shapes and tools; ids are left out."""
    said = [[message.type, message.content, getattr(message, "tool_calls", None)] for message in messages]
    shape = kwargs.get("response_format") or {}
    shapes = [shape.get("json_schema", shape) if isinstance(shape, dict) else str(shape)]
    tools = [_tool_name(tool) for tool in kwargs.get("tools") or ()]
    return [said, stop, shapes, tools]


def _tool_name(tool: Any) -> str:
    if isinstance(tool, dict):
        return str(tool.get("function", tool).get("name", ""))
    return str(getattr(tool, "name", getattr(tool, "__name__", "")))
