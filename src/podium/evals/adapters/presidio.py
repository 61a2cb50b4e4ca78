"""Presidio's evaluation data: sentences with the personal data in them.

A JSON list, or a folder of them: `full_text`, `spans` (`entity_type`, `entity_value`, `start_position`,
`end_position`), and perhaps `template_id`.
"""

from __future__ import annotations

from pathlib import Path

from podium.core.model import JsonObject, JsonValue
from podium.evals.adapters.records import Record, Records, files_in, objects_in, of_list, text_in, whole_in


def records(path: Path) -> Records:
    """The sentences.

    Args:
        path: A list, or a folder of lists.
    """
    for file in files_in(path, "*.json", "JSON lists"):
        yield from of_list(file)


def case(record: Record) -> JsonObject:
    """A case that expects the spans, in order; sentences made of one template are a family."""
    value = record.value
    spans = sorted(objects_in(value, "spans"), key=lambda span: whole_in(span, "start_position"))
    answer: list[JsonValue] = [
        {
            "kind": text_in(span, "entity_type"),
            "start": whole_in(span, "start_position"),
            "end": whole_in(span, "end_position"),
            "text": text_in(span, "entity_value"),
        }
        for span in spans
    ]
    kinds: list[JsonValue] = [*sorted({text_in(span, "entity_type") for span in spans})]
    template = value.get("template_id")
    return {
        "id": record.key,
        "input": text_in(value, "full_text"),
        "expected": {"answer": answer},
        "tags": kinds,
        "cluster": "" if template is None else f"template-{template}",
    }
