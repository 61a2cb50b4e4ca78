"""A language model that does its work, as a function: what it replies follows from what it is asked.

It plans a search and an answer, or the first call of a tool that it was told of; it quotes the sentence of
the evidence that shares most words with the request; as a critic it finds everything well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_FENCED = re.compile(r"<<<(?P<kind>[^\n\"]*?)(?: \w+=\"[^\n]*)?\n(?P<text>.*?)\n(?P=kind)>>>", re.DOTALL)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]")
_WORD = re.compile(r"\w{3,}")

_FACTORS = ("support", "relevance", "coverage", "agreement", "freshness", "slots", "success", "intent")


class HelpfulModel:
    """Replies to each of the four roles in the shape that it asks for.

    Args:
        calls: What to plan when the request holds a word: the tool and its arguments.
    """

    def __init__(self, calls: Mapping[str, tuple[str, Mapping[str, Any]]] | None = None) -> None:
        self._calls = dict(calls or {})

    def __call__(self, body: dict[str, Any]) -> str:
        """The reply to the body of a chat completion request."""
        user = str(body["messages"][-1]["content"])
        for message in body["messages"]:
            if message["role"] == "user":
                user = str(message["content"])
                break
        match shape_of(body):
            case "PlanDraft":
                return json.dumps(self._plan(fenced(user, "request")))
            case "Queries":
                return json.dumps({"queries": [fenced(user, "request")[:200]]})
            case "StepReply":
                return json.dumps(_step(user))
            case _:
                return json.dumps(_critique(user))

    def _plan(self, request: str) -> dict[str, Any]:
        for word, (tool, args) in self._calls.items():
            if word in request:
                step = {"id": "s1", "kind": "act", "instruction": request, "tool": tool, "args": dict(args)}
                return {"goal": request, "steps": [step]}
        return {
            "goal": request,
            "steps": [
                {"id": "s1", "kind": "retrieve", "instruction": request, "query": request[:200]},
                {"id": "s2", "kind": "answer", "instruction": "Answer it.", "depends_on": ["s1"]},
            ],
        }


def shape_of(body: Mapping[str, Any]) -> str:
    """The name of the shape that a request asks for; empty when it asks in words."""
    if form := body.get("response_format"):
        return str(form["json_schema"]["name"])
    if tools := body.get("tools"):
        return str(tools[0]["function"]["name"])
    return ""


def fenced(text: str, kind: str) -> str:
    """The first piece of data of a kind in what a model is shown; empty when there is none."""
    return next((found["text"] for found in _FENCED.finditer(text) if found["kind"] == kind), "")


def _step(user: str) -> dict[str, Any]:
    wanted = set(_WORD.findall(fenced(user, "request").casefold()))
    best: tuple[int, str, str] = (0, "", "")
    for found in _FENCED.finditer(user):
        if not found["kind"].startswith("evidence "):
            continue
        for sentence in _SENTENCE.findall(found["text"]):
            shared = len(wanted & set(_WORD.findall(sentence.casefold())))
            if shared > best[0]:
                best = (shared, found["kind"].removeprefix("evidence "), sentence.strip())
    if not best[0]:
        return {"status": "abstain", "reasons": ["nothing_found"]}
    citation = {"evidence": best[1], "quote": best[2]}
    return {"status": "done", "statements": [{"text": best[2], "citations": [citation]}]}


def _critique(user: str) -> dict[str, Any]:
    numbers = {int(number) for number in re.findall(r"^<<<statement (\d+)", user, re.MULTILINE)}
    return {
        "findings": [{"statement": number, "support": 1.0} for number in sorted(numbers)],
        "factors": [{"name": name, "value": 1.0} for name in _FACTORS],
        "suggestion": "accept" if numbers or "<<<action" in user else "abstain",
    }
