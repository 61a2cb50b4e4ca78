"""What LangChain reports, as spans keep it."""

from __future__ import annotations

import json

import pytest
from langchain_core.documents import Document
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.messages.ai import UsageMetadata

from podium.guardrails.redaction import redact
from podium.runtime.reported import MOST_NAME, MOST_TEXT, cut, hit, said, tokens

CALL = {"name": "scales", "args": {"of": "flour"}, "id": "c"}
SECRET = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH"
USAGE = UsageMetadata(input_tokens=7, output_tokens=3, total_tokens=10)


def test_a_message_is_told_with_the_tools_that_it_calls() -> None:
    assert said(HumanMessage("How much?")) == "How much?"
    told = said(AIMessage("I weigh it.", tool_calls=[CALL]))
    assert told.splitlines() == ["I weigh it.", json.dumps({"tool": "scales", "args": {"of": "flour"}})]
    assert said(AIMessage("", tool_calls=[CALL])) == told.splitlines()[1]


@pytest.mark.parametrize(
    ("messages", "told", "expected"),
    [
        ([AIMessage("a", usage_metadata=USAGE)] * 2, None, {"input_tokens": 14, "output_tokens": 6}),
        ([AIMessage("a")], {"token_usage": {"prompt_tokens": 5}}, {"input_tokens": 5}),
        ([AIMessage("a")], None, {}),
        ([], {"token_usage": {"prompt_tokens": "many"}}, {}),
    ],
)
def test_tokens_are_those_of_the_messages_else_of_the_call(
    messages: list[BaseMessage], told: dict[str, object] | None, expected: dict[str, int]
) -> None:
    assert tokens(messages, told) == expected


def test_a_document_is_told_by_its_name_and_never_by_what_it_says() -> None:
    found = hit(Document("Flour is ground.", metadata={"title": "x" * 9_000, "score": 1}))
    assert (found["source"], found["id"]) == ("x" * MOST_NAME, "x" * MOST_NAME)
    assert (found["score"], found["end"]) == (1.0, len("Flour is ground."))
    assert "ground" not in json.dumps(found)


def test_a_long_text_is_cut_and_says_how_long_it_was() -> None:
    whole = "x" * MOST_TEXT
    assert cut(whole) == whole
    assert cut(f"{whole}y") == f"{whole}… ({MOST_TEXT + 1} characters)"


@pytest.mark.parametrize("before", [" ", '"', "\n", "key="])
@pytest.mark.parametrize("kept", [4, 12, 22, len(SECRET)])
def test_of_a_secret_at_the_end_of_what_is_kept_nothing_is_left(before: str, kept: int) -> None:
    words = "x " * MOST_TEXT
    assert "sk-" not in redact(cut(words[: MOST_TEXT - kept - len(before)] + before + SECRET + words))
