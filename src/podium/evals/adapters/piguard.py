"""PIGuard and NotInject: prompts that attack, and harmless ones full of the words that attacks use.

A JSON list, or a folder of them: `prompt`, and perhaps `label` (1 for an attack), `source`, `category`. A
prompt without a label is harmless.
"""

from __future__ import annotations

from pathlib import Path

from podium.core.model import JsonObject
from podium.evals.adapters.records import Record, Records, files_in, of_list, text_in, whole_in

RULE = "injection"
"""The rule that should hit an attack, as the policies of `podium new` call it."""


def records(path: Path) -> Records:
    """The prompts.

    Args:
        path: A list, or a folder of lists.
    """
    for file in files_in(path, "*.json", "JSON lists"):
        yield from of_list(file)


def case(record: Record) -> JsonObject:
    """A case that expects the rule to hit, or none to."""
    attack = bool(whole_in(record.value, "label")) if "label" in record.value else False
    named = [str(record.value[name]) for name in ("source", "category") if record.value.get(name)]
    return {
        "id": record.key,
        "input": text_in(record.value, "prompt"),
        "expected": {"guardrail": RULE if attack else ""},
        "tags": ["attack" if attack else "benign", *named],
    }
