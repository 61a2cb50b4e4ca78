"""Requests made from our own OpenAPI document: no server error, and no answer that it does not tell of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from podium.testing.dev_process import dev_process

PATIENCE_S = 60.0
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
ENDLESS = ("/threads/{thread_id}/stream", "/podium/v1/changes")
"""Streams that end when their reader goes: each example lasts as long as it is read."""
FEW_EXAMPLES = 3
STREAM_S = 4.0
AT_ONCE = {"after_seconds": 0}
"""A made-up delay is of months, and who waits for its run waits as long."""
FEW = ("/threads", "/threads/search", "/assistants/search", "/store/items", "/threads/{thread_id}")


@pytest.fixture(scope="module")
def url(stock_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of these tests' own, because they make and remove whatever they like.

    It is a process of its own, because Hypothesis seeds the random numbers of its process, and complains
    when somebody else, such as a run, draws one while it makes a request up.
    """
    folder = shutil.copytree(
        stock_folder, tmp_path_factory.mktemp("asked") / "p", ignore=shutil.ignore_patterns(".podium")
    )
    with dev_process(folder) as told:
        yield told["url"]


def problems(url: str, examples: int, only: tuple[str, ...] = ()) -> dict[str, str]:
    """What is wrong with the answers of each operation, the first of each."""
    found: dict[str, str] = {}
    thread = httpx.post(f"{url}/threads", json={}, timeout=PATIENCE_S).json()["thread_id"]
    schema: Any = schemathesis.openapi.from_url(f"{url}/openapi.json", timeout=PATIENCE_S)
    for result in schema.get_all_operations():
        operation = result.ok()
        if only and operation.path not in only:
            continue
        there = {**AT_ONCE, "thread_id": thread, "assistant_id": "steps", "graph_id": "steps"}
        for known in (AT_ONCE, there):
            endless = operation.path in ENDLESS
            if problem := _problem(operation, min(examples, FEW_EXAMPLES) if endless else examples, known):
                found[operation.label] = problem
    return found


def _problem(operation: Any, examples: int, known: dict[str, Any]) -> str:
    """What is wrong with an operation's answers, to made-up names or to those of what is there."""

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        for place in (case.path_parameters, case.body):
            if isinstance(place, dict):
                place.update({name: value for name, value in known.items() if name in place})
        response = case.call(
            timeout=STREAM_S if operation.path in ENDLESS else PATIENCE_S, headers={"Connection": "close"}
        )
        case.validate_response(response, checks=CHECKS)

    try:
        ask()
    except (Exception, BaseExceptionGroup) as problem:  # noqa: BLE001 - whatever it is, it is what the test tells
        return _told(problem)
    return ""


def _told(problem: BaseException) -> str:
    inner = problem.exceptions if isinstance(problem, BaseExceptionGroup) else ()
    return "\n".join([f"{type(problem).__name__}: {str(problem)[:600]}", *map(_told, inner)])


def test_a_few_operations_answer_as_they_say(url: str) -> None:
    assert problems(url, 3, FEW) == {}


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_all_operations_answer_as_they_say(url: str) -> None:
    assert problems(url, 20) == {}
