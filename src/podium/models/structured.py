"""Getting values of a declared shape out of a chat model: how they are asked for, how they are read.

A reply is repaired only in ways that cannot change what it says: a code fence, prose around the object and
commas before a closing bracket go away. Text that ends early is never closed, since that would make an
answer out of half of one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeVar, assert_never

from pydantic import BaseModel, ValidationError

from podium.core.errors import ModelOutputError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.runnables import Runnable

Method = Literal["json_schema", "tool", "text"]
"""The provider's own JSON schema mode; a tool call; plain JSON asked for in words."""

T = TypeVar("T", bound=BaseModel)

MAX_REPLY = 200_000
"""Characters of a reply that are read."""

_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def methods_of(model: BaseChatModel) -> tuple[Method, ...]:
    """The ways in which the model can be asked, best first."""
    from langchain_core.language_models import BaseChatModel as Base

    ways: list[Method] = []
    if model._llm_type == "openai-chat":
        ways.append("json_schema")
    if type(model).bind_tools is not Base.bind_tools:
        ways.append("tool")
    return (*ways, "text")


def bind(model: BaseChatModel, method: Method, schema: type[BaseModel]) -> Runnable[Any, AIMessage]:
    """The model, bound so that it replies in the shape of the schema."""
    match method:
        case "json_schema":
            body = {"name": schema.__name__, "schema": schema.model_json_schema(), "strict": False}
            return model.bind(response_format={"type": "json_schema", "json_schema": body})
        case "tool":
            return model.bind_tools([schema], tool_choice=schema.__name__)
        case "text":
            return model
        case _:
            assert_never(method)


def instruct(messages: list[BaseMessage], method: Method, schema: type[BaseModel]) -> list[BaseMessage]:
    """The messages, with the schema in words where nothing else carries it."""
    if method != "text":
        return messages
    from langchain_core.messages import SystemMessage

    shape = json.dumps(schema.model_json_schema(), ensure_ascii=False)
    words = f"Reply with one JSON object and nothing else. It must fit this JSON schema:\n{shape}"
    return [*messages[:1], SystemMessage(words), *messages[1:]]


def raw_text(message: AIMessage) -> str:
    """What the model said: its tool call's arguments, or its text."""
    if message.tool_calls:
        return json.dumps(message.tool_calls[0]["args"], ensure_ascii=False)
    if message.invalid_tool_calls:
        return message.invalid_tool_calls[0]["args"] or ""
    return str(message.text)


def parse(text: str, schema: type[T]) -> T:
    """The value in a reply.

    Raises:
        ModelOutputError: The text holds no JSON object, or one that breaks the schema; the message says
            what was expected in words that the model can be asked again with.
    """
    found = find_object(text)
    try:
        return schema.model_validate(found)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the object"
        raise ModelOutputError(f"{where}: {first['msg']}") from None


def find_object(text: str) -> dict[str, Any]:
    """The JSON object in the text.

    Raises:
        ModelOutputError: There is none.
    """
    if len(text) > MAX_REPLY:
        raise ModelOutputError(f"the reply is longer than {MAX_REPLY} characters")
    for candidate in _candidates(text.strip()):
        value = _load(candidate)
        if isinstance(value, dict):
            return value
    raise ModelOutputError("the reply is not one complete JSON object")


def _candidates(text: str) -> Iterator[str]:
    yield text
    start, end = text.find("{"), text.rfind("}")
    if 0 <= start < end:
        inner = text[start : end + 1]
        yield inner
        yield _without_trailing_commas(inner)


def _without_trailing_commas(text: str) -> str:
    parts: list[str] = []
    position = 0
    for string in _STRING.finditer(text):
        parts += [_TRAILING_COMMA.sub(r"\1", text[position : string.start()]), string.group()]
        position = string.end()
    return "".join([*parts, _TRAILING_COMMA.sub(r"\1", text[position:])])


def _load(text: str) -> object:
    try:
        value: object = json.loads(text, parse_constant=_no_constant)
        # Half of a surrogate pair parses as JSON but can be neither stored nor sent.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
