"""CLAP NQ: questions with a passage each, which answers at length or does not answer at all.

A JSON Lines file, or a folder of them: `id`, `input`, `passages` (`title`, `text`), and `output` (`answer`,
`selected_sentences`), whose answers are empty where the passage has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from podium.core.errors import ConfigError
from podium.core.model import JsonObject, JsonValue
from podium.evals.adapters.records import Document, Record, Records, files_in, objects_in, of_lines, text_in


def records(path: Path) -> Records:
    """The questions.

    Args:
        path: A file, or a folder of files.
    """
    for file in files_in(path, "*.jsonl", "JSON Lines"):
        yield from of_lines(file)


def case(record: Record) -> JsonObject:
    """A case that expects an answer with the sentences that it stands on, or silence."""
    value = record.value
    name = text_in(value, "id")
    outputs = objects_in(value, "output")
    answers = [text for text in (text_in(one, "answer").strip() for one in outputs) if text]
    expected: JsonObject = {"status": "abstained"}
    if answers:
        spans = [span for one in outputs for span in _spans(name, _passage(value), one)]
        whole: list[JsonValue] = [{"source": _document(name)}]
        sources: list[JsonValue] = [*{(span["start"], span["end"]): span for span in spans}.values()]
        expected = {
            "answer": answers[0],
            "answers": [*answers[1:]],
            "sources": sources or whole,
            "relevant": {_document(name): 1.0},
            "status": "completed",
        }
    return {
        "id": name,
        "input": text_in(value, "input"),
        "expected": expected,
        "tags": ["answerable" if answers else "unanswerable"],
        "metadata": {"title": str(objects_in(value, "passages")[0].get("title", ""))},
    }


def documents(path: Path) -> Iterator[Document | ConfigError]:
    """The passages, each named by its question; those that answer nothing are among them."""
    for record in records(path):
        if not isinstance(record, Record):
            yield record
            continue
        try:
            yield Document(_document(text_in(record.value, "id")), _passage(record.value))
        except ValueError as error:
            yield ConfigError(f"{record.place}: {error}", hint="Mend this line.")


def _passage(value: Mapping[str, Any]) -> str:
    passages = objects_in(value, "passages")
    if not passages:
        raise ValueError("passages: there is none")
    return text_in(passages[0], "text")


def _spans(name: str, passage: str, output: Mapping[str, Any]) -> Iterator[dict[str, JsonValue]]:
    """Where the sentences stand in the passage; one that is not there to the letter is left out."""
    for sentence in output.get("selected_sentences") or ():
        start = passage.find(sentence) if isinstance(sentence, str) and sentence else -1
        if start >= 0:
            yield {"source": _document(name), "start": start, "end": start + len(sentence)}


def _document(name: str) -> str:
    return f"{name}.txt"
