"""tau2-bench: tasks of a customer with the calls that are expected of an agent.

A domain's folder with `tasks.json` (a JSON list) and perhaps `split_tasks.json`, or such a list. The message
is what the simulated customer is told; an expected call need not be allowed by the domain's policy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from podium.core.errors import ConfigError
from podium.core.model import JsonObject, JsonValue
from podium.evals.adapters.records import (
    Record,
    Records,
    object_in,
    objects_in,
    of_list,
    text_in,
)
from podium.evals.faults import strict_json


def records(path: Path) -> Records:
    """The tasks, each with the splits that it is in.

    Args:
        path: A domain's folder, or its list of tasks.
    """
    splits: dict[str, list[str]] = {}
    beside = path / "split_tasks.json"
    if beside.is_file():
        try:
            splits = _by_task(strict_json(beside.read_bytes()))
        except (ValueError, OSError) as error:
            yield ConfigError(f"{beside}: {error}", hint="Mend it, or take it away.")
    for record in of_list(path / "tasks.json" if path.is_dir() else path):
        if isinstance(record, Record):
            found = splits.get(str(record.value.get("id")), [])
            yield replace(record, value={**record.value, "splits": found})
        else:
            yield record


def _by_task(splits: Any) -> dict[str, list[str]]:
    if not isinstance(splits, dict) or not all(isinstance(tasks, list) for tasks in splits.values()):
        raise ValueError("expected lists of tasks by split")
    found: dict[str, list[str]] = {}
    for name, tasks in splits.items():
        for task in tasks:
            found.setdefault(str(task), []).append(str(name))
    return found


def case(record: Record) -> JsonObject:
    """A case that expects the agent's calls."""
    value = record.value
    judged = object_in(value, "evaluation_criteria")
    calls = objects_in(judged, "actions") if judged.get("actions") is not None else None
    expected: JsonObject = {}
    if calls is not None:
        expected["actions"] = [_call(one) for one in calls if one.get("requestor") in (None, "assistant")]
    told = ("communicate_info", "nl_assertions")
    return {
        "id": text_in(value, "id"),
        "input": _message(object_in(value, "user_scenario")),
        "expected": expected,
        "tags": [*value["splits"]],
        "metadata": {name: judged[name] for name in told if judged.get(name)},
    }


def _call(call: Mapping[str, Any]) -> JsonValue:
    args = object_in(call, "arguments")
    compared = call.get("compare_args")
    judged = args if compared is None else {name: args[name] for name in compared if name in args}
    return {"tool": text_in(call, "name"), "args": judged}


def _message(scenario: Mapping[str, Any]) -> str:
    """What the customer wants, knows and heeds, in that order."""
    told = scenario.get("instructions")
    if isinstance(told, str):
        return told
    told = object_in(scenario, "instructions")
    parts = (told.get(name) for name in ("reason_for_call", "known_info", "task_instructions"))
    return "\n".join(part.strip() for part in parts if isinstance(part, str) and part.strip())
