"""Chroma's chunking evaluation: questions to a few long texts, with the exact spans that answer them.

A folder holds `questions_df.csv` (`question`, `references`, `corpus_id`) and `corpora/CORPUS.md`. A
question's `references` are a JSON list of `content`, `start_index` and `end_index` in characters.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from podium.core.errors import ConfigError
from podium.core.model import JsonObject, JsonValue
from podium.evals.adapters.records import (
    Document,
    Record,
    Records,
    files_in,
    objects_in,
    of_table,
    text_in,
    whole_in,
)
from podium.evals.faults import strict_json


def records(folder: Path) -> Records:
    """The questions.

    Args:
        folder: The collection's.
    """
    yield from of_table(folder / "questions_df.csv")


def case(record: Record) -> JsonObject:
    """A case that expects the spans as sources."""
    corpus = text_in(record.value, "corpus_id")
    held = {"references": strict_json(text_in(record.value, "references"))}
    spans: list[JsonValue] = [
        {
            "source": _name(corpus),
            "start": whole_in(reference, "start_index"),
            "end": whole_in(reference, "end_index"),
        }
        for reference in objects_in(held, "references")
    ]
    return {
        "id": record.key,
        "input": text_in(record.value, "question"),
        "expected": {"sources": spans},
        "tags": [corpus],
        "metadata": {"quotes": [text_in(one, "content") for one in objects_in(held, "references")]},
    }


def documents(folder: Path) -> Iterator[Document | ConfigError]:
    """The corpora, character for character, so that spans hold."""
    for file in files_in(folder / "corpora", "*.md", "corpora"):
        try:
            with file.open(encoding="utf-8", newline="") as opened:
                yield Document(_name(file.stem), opened.read())
        except (OSError, UnicodeDecodeError):
            yield ConfigError(f"{file} cannot be read as UTF-8 text", hint="Save it as UTF-8.")


def _name(corpus: str) -> str:
    return f"{corpus}.txt"
