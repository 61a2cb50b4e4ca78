"""A process that runs cases for another: questions come in on standard input, a line each, answers go out.

What a case prints goes to standard error, so that it cannot be mistaken for an answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

from podium.core.errors import ConfigError, PodiumError
from podium.evals.case import Case
from podium.evals.failing import failed
from podium.evals.loading import load_suite
from podium.evals.making import make_target
from podium.evals.targets.target import Target
from podium.evals.world import World


def main() -> None:
    """Serve until nobody asks any more."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    questions: SimpleQueue[dict[str, Any]] = SimpleQueue()
    Thread(target=_read, args=(questions,), daemon=True).start()

    def answer(value: dict[str, Any]) -> None:
        answers.write(json.dumps(value).encode() + b"\n")

    asyncio.run(_serve(questions, answer))


def _read(questions: SimpleQueue[dict[str, Any]]) -> None:
    for line in sys.stdin.buffer:
        questions.put(json.loads(line))
    os._exit(0)  # whoever asked is gone: what a case is still doing has no use


async def _serve(questions: SimpleQueue[dict[str, Any]], answer: Any) -> None:
    begin = questions.get()
    try:
        limit_memory(begin["memory_mb"])
        target = make_target(load_suite(Path(begin["suite"])), model=begin["model"])
        await target.open()
    except PodiumError as error:
        answer({"error": error.as_dict()})
        return
    answer({"versions": dict(target.versions)})
    while True:
        question = await asyncio.to_thread(questions.get)
        answer(await _run(target, question))


async def _run(target: Target, question: dict[str, Any]) -> dict[str, Any]:
    world = World(question["seed"], question["epoch"], Path(question["folder"]))
    try:
        observed = await target.run(Case.model_validate(question["case"]), world)
        return {"observation": observed.model_dump(mode="json", exclude_defaults=True)}
    except Exception as error:  # noqa: BLE001 - a target may raise anything
        found = failed(error)
        return {
            "error": found.error.model_dump(mode="json"),
            "again": found.again,
            # What could not be allocated may be missing anywhere by now.
            "ends": isinstance(error, MemoryError),
        }


def limit_memory(megabytes: int | None) -> None:
    """Let this process take no more memory than that, from now on.

    Args:
        megabytes: None for all there is.

    Raises:
        ConfigError: The system cannot hold it to that.
    """
    if megabytes is None:
        return
    try:
        import resource
    except ImportError:
        raise ConfigError("limits.memory_mb: this system has no such limit", hint="Take it out.") from None
    # Data, not address space: libraries reserve far more of that than they ever use.
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    wanted = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (wanted if hard < 0 else min(wanted, hard), hard))


if __name__ == "__main__":
    main()
