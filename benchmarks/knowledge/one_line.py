"""How the time to cut a document grows with its length, where the whole of it is one line."""

from __future__ import annotations

import time

from podium.knowledge.chunking import Chunker
from podium.knowledge.documents import Document

_LENGTH = 300_000
_PIECES = ("The order was shipped on Monday. ", ". ", "x 1. a ", "no. ")
"""What the line repeats: prose, and what looks like the end of a sentence at every place and is none."""
_TRIES = 3


def run() -> tuple[dict[str, float], dict[str, float]]:
    """The slowest line's milliseconds of CPU, and how much longer the whole takes than its half."""
    whole = {piece: _milliseconds(piece, _LENGTH) for piece in _PIECES}
    growth = max(spent / _milliseconds(piece, _LENGTH // 2) for piece, spent in whole.items())
    figures = {"one_line_cpu_ms": max(whole.values()), "one_line_growth": growth}
    return figures, {"one_line_growth_linear": 2.0}


def _milliseconds(piece: str, length: int) -> float:
    text = (piece * (length // len(piece) + 1))[:length]
    document = Document(source="line.txt", title="", text=text, version="1")
    spent = []
    for _ in range(_TRIES):
        began = time.process_time()
        Chunker().chunks(document)
        spent.append(time.process_time() - began)
    return min(spent) * 1000
