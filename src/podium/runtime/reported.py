"""What LangChain reports of messages, results and documents, as spans keep it: short texts, plain values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from langchain_core.documents import Document
    from langchain_core.messages import BaseMessage

    from podium.telemetry.records import AttributeValue

MOST_TEXT: Final = 20_000
"""Characters that are kept of one message, argument or result."""
MOST_NAME: Final = 500
"""Characters that are kept of what a document is called."""
_LONGEST_WORD: Final = 500
_BROKEN: Final = re.compile(r"[^\s\"',;<>]+\Z")


def said(message: BaseMessage) -> str:
    """What a message says, the calls of tools in it as JSON."""
    calls = [{"tool": one["name"], "args": one["args"]} for one in getattr(message, "tool_calls", ())]
    text = str(message.text) or ("" if calls or not message.content else as_json(message.content))
    return cut("\n".join(filter(None, [text, *map(as_json, calls)])))


def tokens(messages: Iterable[BaseMessage], told: Mapping[str, Any] | None) -> dict[str, AttributeValue]:
    """What a call has spent: by its messages, else by what the model's class says beside them.

    Args:
        messages: What was answered.
        told: `LLMResult.llm_output`.
    """
    usages = [usage for one in messages if (usage := getattr(one, "usage_metadata", None))]
    if usages:
        names = ("input_tokens", "output_tokens")
        return {name: sum(int(usage[name]) for usage in usages) for name in names}
    used = (told or {}).get("token_usage") or {}
    counts = {"input_tokens": used.get("prompt_tokens"), "output_tokens": used.get("completion_tokens")}
    return {name: count for name, count in counts.items() if isinstance(count, int)}


def hit(document: Document) -> dict[str, Any]:
    """A document that a searcher found, as spans tell passages; never what it says."""
    about = document.metadata
    source = str(about.get("source") or about.get("title") or "")[:MOST_NAME]
    score = about.get("score", about.get("relevance_score"))
    return {
        "id": str(document.id or source)[:MOST_NAME],
        "source": source,
        "collection": "",
        "start": 0,
        "end": len(document.page_content),
        "score": float(score) if isinstance(score, int | float) else None,
        "similarity": None,
    }


def as_json(value: Any) -> str:
    """A value for people to read; a long one is cut, and is no JSON any more."""
    return cut(json.dumps(value, ensure_ascii=False, default=str))


def cut(text: str) -> str:
    """A text as far as it is kept, without the word that is cut: half a secret is not taken for one."""
    if len(text) <= MOST_TEXT:
        return text
    broken = _BROKEN.search(text, MOST_TEXT - _LONGEST_WORD, MOST_TEXT)
    end = broken.start() if broken and broken.start() > MOST_TEXT - _LONGEST_WORD else MOST_TEXT
    return f"{text[:end]}… ({len(text)} characters)"
