"""From the lines of `questions/` to cases."""

from __future__ import annotations

from typing import Any


def question(line: dict[str, Any]) -> dict[str, Any]:
    """A case of a question with the document that answers it, or with none.

    Args:
        line: A line of `answerable.jsonl`, `unanswerable.jsonl`, or a list like them.
    """
    sources = line.get("sources") or ([line["source"]] if line.get("source") else [])
    expected: dict[str, Any] = {"sources": [{"source": source} for source in sources]}
    if line.get("answer"):
        expected["answer"] = line["answer"]
        expected["status"] = "completed"
    split = [line["split"]] if "split" in line else []
    return {"id": line["id"], "input": line["question"], "expected": expected, "tags": split}
