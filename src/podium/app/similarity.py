"""How near texts are in meaning, with what was embedded lately kept."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING

from podium.knowledge.knowledge_base import KnowledgeBase

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float32]

MOST_VECTORS = 4_096
"""About 6 MB with the bundled model."""


class KnowledgeSimilarity:
    """Compares texts by the knowledge base's embedding model.

    The same sentences come up within a turn (the executor chooses among them, the critic judges them)
    and again in later turns; each is embedded once while it is kept.

    Args:
        knowledge: Holds the model.
        most: How many vectors are kept, the ones used last.
    """

    def __init__(self, knowledge: KnowledgeBase, most: int = MOST_VECTORS) -> None:
        self._knowledge = knowledge
        self._most = most
        self._kept: OrderedDict[str, Vector] = OrderedDict()
        self._lock = Lock()

    async def __call__(self, query: str, texts: Sequence[str]) -> list[float]:
        """The cosine of the query with each text, in -1..1."""
        if not texts:
            return []
        wanted = dict.fromkeys([query, *texts])
        with self._lock:
            found = {text: self._kept[text] for text in wanted if text in self._kept}
        missing = [text for text in wanted if text not in found]
        if missing:
            rows = await asyncio.to_thread(self._knowledge.embed, missing)
            found.update(zip(missing, rows, strict=True))
        self._keep(found)
        asked = found[query]
        return [float(found[text] @ asked) for text in texts]

    def _keep(self, found: dict[str, Vector]) -> None:
        with self._lock:
            for text, vector in found.items():
                self._kept[text] = vector
                self._kept.move_to_end(text)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
