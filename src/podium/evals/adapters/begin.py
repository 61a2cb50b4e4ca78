"""BEGIN: replies with the knowledge that they should stand on, judged by people.

A table with tabs, or a folder of them at any depth: `knowledge`, `message`, `response`, `begin_label`, and
perhaps `model_name` and `data_source`.
"""

from __future__ import annotations

from pathlib import Path

from podium.core.canonical import canonical_digest
from podium.core.model import JsonObject
from podium.evals.adapters.records import Record, Records, files_in, of_table, text_in

SUPPORTED = "Fully attributable"
"""The label of a reply that its knowledge supports."""


def records(path: Path) -> Records:
    """The replies.

    Args:
        path: A table, or a folder of tables.
    """
    for file in files_in(path, "**/*.tsv", "tables with tabs"):
        yield from of_table(file, "\t")


def case(record: Record) -> JsonObject:
    """A case that expects the label; replies to one message are a family."""
    value = record.value
    given = {name: text_in(value, name) for name in ("knowledge", "message", "response")}
    label = text_in(value, "begin_label")
    about = canonical_digest({name: given[name] for name in ("knowledge", "message")})
    return {
        "id": record.key,
        "input": {**given},
        "expected": {"answer": label, "label": label == SUPPORTED},
        "tags": [label, *(str(value[name]) for name in ("model_name", "data_source") if value.get(name))],
        "cluster": about[:12],
    }
