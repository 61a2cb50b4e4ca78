"""Cranfield: questions to a collection of abstracts, with judgements graded 1 (best) to 4.

A folder holds `cran_queries.json` (`query`), `cran_qrels.json` (`query_num`, `id`, `position`) and
`cran_docs.json` (`id`, `body`). `query_num` is the place of the query in its file, not its own number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from podium.core.errors import ConfigError
from podium.core.model import JsonObject
from podium.evals.adapters.records import Document, Record, Records, of_list, text_in, whole_in

_WORST = 4


def records(folder: Path) -> Records:
    """The queries, each with the gains of its documents: 4 for the best grade, 1 for the least.

    Args:
        folder: The collection's.
    """
    gains: dict[int, dict[str, float]] = {}
    for judged in of_list(folder / "cran_qrels.json"):
        if not isinstance(judged, Record):
            yield judged
            continue
        try:
            query, name, position = _judgement(judged.value)
        except ValueError as error:
            yield ConfigError(f"{judged.place}: {error}", hint="Mend this line.")
        else:
            if 1 <= position <= _WORST:
                gains.setdefault(query, {})[name] = float(_WORST + 1 - position)
    for ordinal, asked in enumerate(of_list(folder / "cran_queries.json"), start=1):
        if isinstance(asked, Record):
            yield replace(asked, value={**asked.value, "relevant": gains.get(ordinal, {})})
        else:
            yield asked


def _judgement(value: Mapping[str, Any]) -> tuple[int, str, int]:
    return whole_in(value, "query_num"), _name(whole_in(value, "id")), whole_in(value, "position")


def case(record: Record) -> JsonObject:
    """A case that expects the relevant documents with their gains."""
    return {
        "id": record.key,
        "input": text_in(record.value, "query"),
        "expected": {"relevant": record.value["relevant"]},
    }


def documents(folder: Path) -> Iterator[Document | ConfigError]:
    """The abstracts that are not empty."""
    for record in of_list(folder / "cran_docs.json"):
        if not isinstance(record, Record):
            yield record
            continue
        try:
            name, text = _name(whole_in(record.value, "id")), text_in(record.value, "body").strip()
        except ValueError as error:
            yield ConfigError(f"{record.place}: {error}", hint="Mend this line.")
        else:
            if text:
                yield Document(name, text)


def _name(number: int) -> str:
    return f"{number}.txt"
