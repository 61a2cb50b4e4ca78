"""A model whose every reply is nonsense, valid JSON or not: the turn ends well, within its budget."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from podium.app.podium import Podium
from podium.testing.helpful import shape_of
from podium.testing.openai_server import OpenAIServer

CALLS, TOKENS = 16, 60_000
WORDS = ["colourless", "green", "ideas", "sleep", "furiously", "under", "the", "root", "of", "Tuesday"]

OTHER_JSON = ["{}", "[]", "null", '"yes"', '{"colour": "green"}', '{"steps": 7}', "[[[[", '{"a": ']


def prose(_body: dict[str, Any], chance: random.Random) -> str:
    return " ".join(chance.choices(WORDS, k=30))


def other_json(_body: dict[str, Any], chance: random.Random) -> str:
    return chance.choice(OTHER_JSON)


def fitting(body: dict[str, Any], chance: random.Random) -> str:
    """Nonsense in the very shape that is asked for."""
    words = " ".join(chance.choices(WORDS, k=6))
    match shape_of(body):
        case "PlanDraft":
            kinds = chance.choices(["retrieve", "answer", "clarify", "act"], k=3)
            steps = [
                {"id": f"s{number}", "kind": kind, "instruction": words, "query": words, "tool": words}
                for number, kind in enumerate(kinds)
            ]
            return json.dumps({"goal": words, "steps": steps})
        case "Queries":
            return json.dumps({"queries": [words]})
        case "StepReply":
            citation = {"evidence": "E1", "quote": words}
            return json.dumps(
                {
                    "status": chance.choice(["done", "continue", "clarify", "abstain", "failed"]),
                    "statements": [{"text": f"{words} 99", "citations": [citation]}],
                    "calls": [{"tool": "reserve_room", "args": {"name": words}}],
                    "question": words,
                }
            )
        case _:
            choices = ["accept", "gather", "replan", "clarify", "abstain", "escalate"]
            return json.dumps(
                {
                    "findings": [{"statement": 1, "support": 1.0}, {"statement": 77, "support": 0.1}],
                    "factors": [{"name": "support", "value": 1.0}],
                    "suggestion": chance.choice(choices),
                    "gaps": [words],
                    "question": words,
                    "feedback": words,
                }
            )


Nonsense = Callable[[dict[str, Any], random.Random], str]


def any_of_them(body: dict[str, Any], chance: random.Random) -> str:
    return chance.choice([prose, other_json, fitting])(body, chance)


@pytest.mark.parametrize("nonsense", [prose, other_json, fitting, any_of_them])
def test_nonsense_ends_with_an_abstention_a_question_or_a_person(
    nonsense: Nonsense, open_library: Callable[..., Podium], serve: Callable[..., OpenAIServer]
) -> None:
    chance = random.Random(20_26)
    app = open_library(serve(lambda body: nonsense(body, chance)), open_seconds=0.01)
    for request in ["Who wrote Wuthering Heights?", "Reserve something", "Sing me a song"] * 4:
        reply = app.ask_sync(request)
        assert reply.status in ("abstained", "clarify", "interrupted"), (request, reply)
        assert reply.usage.model_calls <= CALLS
        assert reply.usage.input_tokens + reply.usage.output_tokens <= TOKENS
        assert all(action.status == "proposed" for action in reply.actions), reply.actions


@pytest.mark.parametrize("nonsense", [prose, other_json, fitting])
def test_the_command_ends_so_as_well(
    nonsense: Nonsense,
    open_library: Callable[..., Podium],
    serve: Callable[..., OpenAIServer],
    library: Path,
) -> None:
    chance = random.Random(11_26)
    server = serve(lambda body: nonsense(body, chance))
    open_library(server, open_seconds=0.01).close()
    manifest = library / "podium.toml"
    offline = manifest.read_text(encoding="utf-8").replace('default = "openai:large"', 'default = "offline"')
    manifest.write_text(offline, encoding="utf-8")
    asked = [sys.executable, "-c", "from podium.cli.main import main; main()", "ask", "--json"]
    asked += ["--model", "openai:large", "Reserve something"]
    ended = subprocess.run(asked, cwd=library, capture_output=True, text=True, check=False)
    reply = json.loads(ended.stdout)
    assert server.requests
    assert (reply["status"], ended.returncode) in {("abstained", 0), ("clarify", 0), ("interrupted", 3)}
    assert reply["usage"]["model_calls"] <= CALLS
    assert all(action["status"] == "proposed" for action in reply["actions"])
