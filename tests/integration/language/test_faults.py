"""A thousand turns against a server that fails one time in five: none ends late, false or unsaid."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from podium.app.podium import Podium
from podium.app.results import Reply as Outcome
from podium.testing.helpful import HelpfulModel
from podium.testing.openai_server import Answer, OpenAIServer, Reply

TURNS = 1_000
SIDE_BY_SIDE = 4
TIMEOUT, MAX_DELAY, AGENTS = 0.5, 1.0, 4
"""Seconds for a call; seconds that retries may add to it; calls of a plain question."""

QUESTIONS = {
    "How long may a book be kept?": "21 days",
    "What does a late book cost a day?": "20 pence",
    "How many people does the reading room hold?": "40 people",
    "Who wrote Wuthering Heights?": "",
}

FAULTS = (
    Reply(fault="unauthorized"),
    Reply(fault="rate_limited", retry_after="0.05"),
    Reply(fault="rate_limited", retry_after="3600"),
    Reply(fault="server_error"),
    Reply("half of a reply", fault="cut"),
    Reply(fault="not_json"),
    Reply('{"steps": [{"id": "s1", "kind": '),
    Reply('{"steps": [{"id": "s1", "kind": "dance"}], "status": "fine", "queries": 3}'),
    Reply(fault="refusal"),
    Reply(fault="stall"),
    Reply(fault="context_too_long"),
    Reply("{}", fault="length"),
)


def faulty(chance: random.Random, seen: Counter[str]) -> Answer:
    helpful = HelpfulModel()

    def answer(body: dict[str, Any]) -> Reply | str:
        if chance.random() < 0.2:
            fault = chance.choice(FAULTS)
            seen[fault.fault or fault.text] += 1
            return fault
        return helpful(body)

    return answer


def is_sound(question: str, outcome: Outcome, rules: str) -> bool:
    """Whether what a reply says is true and what it is called is one of the documented things."""
    quoted = all(rules[item.start : item.end] == item.quote for item in outcome.citations)
    if not quoted or not outcome.answer or outcome.error is not None:
        return False
    match outcome.status:
        case "completed":
            expected = QUESTIONS[question]
            return bool(expected) and expected in outcome.answer and bool(outcome.citations)
        case "abstained" | "clarify" | "partial":
            return True
        case _:
            return False


@pytest.mark.slow
@pytest.mark.timeout(1_500)
async def test_with_one_fault_in_five_every_turn_is_sound_and_in_time(
    open_library: Callable[..., Podium], serve: Callable[..., OpenAIServer]
) -> None:
    seen: Counter[str] = Counter()
    server = serve(faulty(random.Random(1848), seen))
    app = await asyncio.to_thread(open_library, server, timeout=TIMEOUT, retries=2, open_seconds=0.2)
    rules = app.knowledge.read("rules.md")
    waiting = iter([list(QUESTIONS)[number % len(QUESTIONS)] for number in range(TURNS)])
    outcomes: list[tuple[str, Outcome, float]] = []

    async def worker() -> None:
        for question in waiting:
            began = time.monotonic()
            outcome = await app.ask(question)
            outcomes.append((question, outcome, time.monotonic() - began))

    async with app:
        await asyncio.gather(*(worker() for _ in range(SIDE_BY_SIDE)))
    assert len(outcomes) == TURNS
    unsound = [(q, o.status, o.answer, o.notes) for q, o, _ in outcomes if not is_sound(q, o, rules)]
    assert not unsound, unsound[:3]
    assert len(seen) == len({fault.fault or fault.text for fault in FAULTS})
    healthy = sorted(spent for _, outcome, spent in outcomes if not outcome.degraded)
    slowest = max(spent for _, _, spent in outcomes)
    # Every failing call may take its own time and then the configured delay, and no more.
    assert slowest <= healthy[len(healthy) // 2] + 2 * AGENTS * (TIMEOUT + MAX_DELAY)
    assert any(outcome.degraded for _, outcome, _ in outcomes)
