"""This project's own scorers: plain functions of a case and a result that give a number in 0..1."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any


def cites_right_document(case: Mapping[str, Any], result: Mapping[str, Any]) -> float:
    """How much of what an answer cites comes from a document that holds the fact.

    Args:
        case: A line of `questions/answerable.jsonl`.
        result: The JSON object of a turn, with `citations`, each naming its `source`.

    Returns:
        1.0 when the first citation is right, 0.5 when only a later one is, 0.0 otherwise.
    """
    right = set(case.get("sources") or [case["source"]])
    cited = [PurePosixPath(citation["source"]).name for citation in result.get("citations") or []]
    if not cited:
        return 0.0
    if cited[0] in right:
        return 1.0
    return 0.5 if right & set(cited) else 0.0
