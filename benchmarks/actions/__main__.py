"""How well the offline planner turns requests into calls, in the reference project.

Everything runs through `Podium` on a copy of the project, each request in a thread of its own; nothing is
approved. The first plan of a turn is right when it makes just the calls that are expected, with their
arguments, or asks for just what is missing, or, for a question, only looks things up:

- `right`: share of requests with a right plan; `tool`: share with the right tools, whatever the arguments.
- `unasked`: requests whose plan would change something that they do not ask for; none may.
- `milliseconds`: mean time of a request.

`dev` may be looked at while tuning, and what is wrong there is printed; `--held-out` adds the half that was
kept aside: totals only. `actions.jsonl` is the first list, `actions_fresh.jsonl` (`fresh` and
`fresh_held_out`) was written from the tools' descriptions when the first was already planned,
by somebody who knew the planner.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.actions.judging import Made, Wanted, is_right, same_tools, unasked
from benchmarks.report import report

from podium.app.layout import LAYOUT
from podium.app.podium import Podium
from podium.core.plan import Plan
from podium.core.tool import ToolCall

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

NAME = "actions"
ROOT = Path(__file__).resolve().parents[2]
QUESTIONS = ROOT / "evals" / "questions"
BAR = 0.9
LISTS = {"": "actions.jsonl", "fresh_": "actions_fresh.jsonl"}


@dataclass(frozen=True)
class Played:
    """A request with the plan it led to.

    Attributes:
        wanted: The request and what is expected of it.
        made: The plan.
    """

    wanted: Wanted
    made: Made


def requests(prefix: str, split: str) -> list[Wanted]:
    """The requests of one split of one list."""
    lines = (QUESTIONS / LISTS[prefix]).read_text(encoding="utf-8").splitlines()
    held = [json.loads(line) for line in lines if line.strip()]
    return [
        Wanted(
            request=item["request"],
            kind=item["kind"],
            calls=tuple((call["tool"], call["args"]) for call in item["calls"]),
            missing=frozenset(item.get("missing", ())),
        )
        for item in held
        if item["split"] == split
    ]


async def play(app: Podium, wanted: Wanted) -> Played:
    """Ask in a new thread, and read the turn's first plan and the calls made for it."""
    reply = await app.ask(wanted.request)
    config: RunnableConfig = {"configurable": {"thread_id": reply.thread_id}}
    states = [state.values async for state in app.graph.aget_state_history(config)]
    planned = [values for values in reversed(states) if values.get("plan")]
    if not planned:
        return Played(wanted, Made(None, {}))
    first = planned[0]["plan"]
    results: dict[str, dict[str, object]] = {}
    for values in planned:
        if values["plan"] == first:
            results = {**results, **values.get("results", {})}
    calls = {key: _calls(result) for key, result in results.items()}
    return Played(wanted, Made(Plan.model_validate(first), calls))


def _calls(result: dict[str, object]) -> tuple[ToolCall, ...]:
    outputs, calls = result.get("outputs"), result.get("calls")
    held = [output["call"] for output in outputs] if isinstance(outputs, list | tuple) else []
    held += calls if isinstance(calls, list | tuple) else []
    return tuple(ToolCall.model_validate(call) for call in held)


async def measure(app: Podium, prefix: str, split: str, reading: frozenset[str]) -> dict[str, float]:
    """The figures of one split of one list."""
    began = time.perf_counter()
    played = [await play(app, wanted) for wanted in requests(prefix, split)]
    took = 1000 * (time.perf_counter() - began) / len(played)
    if split == "dev":
        _tell(played, reading)
    name = f"{prefix}{split}"
    return {
        f"right_{name}": sum(is_right(item.wanted, item.made, reading) for item in played) / len(played),
        f"tool_{name}": sum(same_tools(item.wanted, item.made) for item in played) / len(played),
        f"unasked_{name}": float(sum(bool(unasked(item.wanted, item.made, reading)) for item in played)),
        f"milliseconds_{name}": took,
    }


def _tell(played: Sequence[Played], reading: frozenset[str]) -> None:
    for item in played:
        if not is_right(item.wanted, item.made, reading):
            print(f"wrong ({item.wanted.kind}): {item.wanted.request}")
            print(f"    {item.made.told()}")


async def run(splits: Sequence[str]) -> dict[str, float]:
    """Play everything in a copy of the project."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as work:
        folder = Path(work)
        for name in LAYOUT:
            here = ROOT / name
            if here.is_dir():
                shutil.copytree(here, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(here, folder / name)
        async with Podium.from_project(folder, model="offline") as app:
            await app.ingest()
            tools = app.context.toolbox.specs(allowed=lambda _: True)
            reading = frozenset(tool.name for tool in tools if tool.effect == "read")
            for prefix in LISTS:
                for split in splits:
                    figures |= await measure(app, prefix, split, reading)
    return figures


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; 1 when a bar was missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--held-out", action="store_true", help="measure the half that was kept aside too")
    given = parser.parse_args(arguments)
    splits = ["dev", "held_out"] if given.held_out else ["dev"]
    figures = asyncio.run(run(splits))
    names = [f"{prefix}{split}" for prefix in LISTS for split in splits]
    bars: dict[str, tuple[str, float]] = {f"right_{name}": (">=", BAR) for name in names}
    bars |= {f"unasked_{name}": ("==", 0.0) for name in names}
    return 0 if report(NAME, figures, {}, bars) else 1


if __name__ == "__main__":
    sys.exit(main())
