"""What a harness costs beside the work: trivial cases through Podium, LangSmith and pydantic-evals."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import os
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from podium.evals.loading import load_suite
from podium.evals.running import RunOptions, prepare, run_suite

SUITE = """name: trivial
target: {function: "trivial.py:double"}
cases: [cases.jsonl]
scorers: [exact]
limits: {concurrency: 8}
"""
FUNCTION = """async def double(given):
    return given * 2
"""
NOWHERE = "http://127.0.0.1:9"


def write_suite(folder: Path, cases: int) -> Path:
    """A suite of trivial cases; its file."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "trivial.yaml").write_text(SUITE, encoding="utf-8")
    (folder / "trivial.py").write_text(FUNCTION, encoding="utf-8")
    lines = (
        json.dumps({"id": f"case-{number}", "input": number, "expected": {"answer": number * 2}})
        for number in range(cases)
    )
    (folder / "cases.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder / "trivial.yaml"


def podium(folder: Path, cases: int) -> tuple[float, Path]:
    """Milliseconds a case, the durable log and the reading of the cases included; and the log."""
    suite = load_suite(write_suite(folder, cases))
    began = time.perf_counter()
    ran = asyncio.run(run_suite(prepare(suite, RunOptions(out=folder / "out"))))
    taken = time.perf_counter() - began
    assert (ran.summary.trials, ran.summary.errors) == (cases, 0)
    return 1000 * taken / cases, ran.log


def langsmith(cases: int) -> float:
    """Milliseconds a case of `langsmith.evaluate(upload_results=False)`; it asks nobody."""
    os.environ.update(LANGSMITH_TRACING="false", LANGCHAIN_TRACING_V2="false", LANGSMITH_ENDPOINT=NOWHERE)
    from langsmith import Client, evaluate
    from langsmith.schemas import Example

    logging.getLogger("langsmith").setLevel(logging.ERROR)
    client = Client(api_url=NOWHERE, api_key="none", info={}, auto_batch_tracing=False)
    dataset = uuid.uuid4()
    examples = [
        Example(id=uuid.uuid4(), dataset_id=dataset, inputs={"n": number}, outputs={"answer": number * 2})
        for number in range(cases)
    ]

    def double(inputs: dict[str, Any]) -> dict[str, Any]:
        return {"answer": inputs["n"] * 2}

    def exact(outputs: dict[str, Any], reference_outputs: dict[str, Any]) -> dict[str, Any]:
        return {"key": "exact", "score": outputs == reference_outputs}

    return _quietly(
        cases,
        lambda: list(
            evaluate(
                double,
                data=examples,
                evaluators=[exact],
                upload_results=False,
                client=client,
                max_concurrency=8,
            )
        ),
    )


def pydantic_evals(cases: int) -> float | None:
    """Milliseconds a case of pydantic-evals; None where it is not installed."""
    try:
        from pydantic_evals import Case, Dataset
        from pydantic_evals.evaluators import EqualsExpected
    except ImportError:
        return None
    dataset: Any = Dataset(
        name="trivial",
        cases=[Case(name=str(n), inputs=n, expected_output=n * 2) for n in range(cases)],
        evaluators=[EqualsExpected()],
    )

    async def double(given: int) -> int:
        return given * 2

    return _quietly(cases, lambda: dataset.evaluate_sync(double, progress=False, max_concurrency=8))


def _quietly(cases: int, work: Callable[[], object]) -> float:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        began = time.perf_counter()
        work()
        return 1000 * (time.perf_counter() - began) / cases
