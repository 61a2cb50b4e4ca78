"""Assembling one model call for a thread of 500 turns with 200 pieces of evidence, without a model.

Everything is done from the start each time: counting, folding the conversation, ranking, marking what
disagrees, fencing. It runs on one thread and waits for nothing, so what is measured is CPU time. Bars: the
slowest of the windows takes at most 20 ms at the median, and no call is ever over its budget, by a count
that does not come from the assembly.
"""

from __future__ import annotations

import random
import statistics
import sys
import time

from benchmarks.report import report

from podium.agents.context import REPLY_SHARE, Material, assemble
from podium.agents.contracts import HistoryTurn
from podium.agents.tokens import BYTES_PER_TOKEN
from podium.core.evidence import Evidence
from podium.core.tool import ToolCall, ToolOutput, ToolSpec

TURNS, PIECES, ROUNDS = 500, 200, 40
WINDOWS = (4_000, 8_000, 32_000, 128_000)


def material(seed: int) -> Material:
    """A long conversation, much evidence, tools and their outputs."""
    chance = random.Random(seed)
    words = [f"word{number}" for number in range(400)]

    def prose(count: int) -> str:
        return " ".join(chance.choices(words, k=count)) + f". It takes {chance.randint(2, 60)} days."

    history = tuple(
        HistoryTurn(speaker=speaker, text=prose(chance.randint(10, 60)))
        for _ in range(TURNS)
        for speaker in ("user", "assistant")
    )
    evidence = tuple(
        Evidence(
            id=f"e{number}",
            source=f"file{number % 40}.md",
            text=prose(120),
            start=number * 900,
            end=number * 900 + 800,
            score=chance.random(),
            date=f"2026-0{chance.randint(1, 9)}-01",
        )
        for number in range(PIECES)
    )
    output = ToolOutput(call=ToolCall(tool="look", args={"id": "7"}), ok=True, result={"text": prose(300)})
    tool = ToolSpec(name="look", description="Look something up.", effect="read", args_schema={})
    return Material(
        instructions=prose(300),
        request=prose(30),
        task=prose(20),
        tools=(tool,),
        history=history,
        evidence=evidence,
        outputs=(output,),
        today="2026-11-21",
    )


def main() -> int:
    """Measure and report."""
    figures: dict[str, float] = {}
    over = 0.0
    for window in WINDOWS:
        taken = []
        for seed in range(ROUNDS):
            given = material(seed)
            began = time.process_time()
            made = assemble(given, window)
            taken.append((time.process_time() - began) * 1000)
            sent = sum(len(str(message.content).encode()) for message in made.messages) / BYTES_PER_TOKEN
            over = max(over, sent - window * (1 - REPLY_SHARE))
        figures[f"ms_{window}"] = statistics.median(taken)
    figures |= {"slowest_ms": max(figures.values()), "tokens_over_budget": max(0.0, over)}
    bars = {"slowest_ms": ("<=", 20.0), "tokens_over_budget": ("<=", 0.0)}
    return 0 if report("context", figures, {}, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
