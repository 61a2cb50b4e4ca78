"""Which of the answers that a node has been given is the one that counts.

LangGraph runs a node from its top whenever it is resumed, and hands it every earlier answer again, in order.
An answer that was not taken was another person's word: said again under the name of whoever answers now, it
might be taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langgraph.config import get_config

PAD = "__pregel_scratchpad"
"""Where LangGraph keeps the answers of a task; `interrupt` reads them there and offers no other way."""


def answers_given(configurable: Mapping[str, Any] | None = None) -> int:
    """How many answers a task has been given, the one that it is resumed with included.

    To be asked before the first of them is taken.

    Args:
        configurable: Of the task's config; that of the running one when None.
    """
    pad = (get_config()["configurable"] if configurable is None else configurable)[PAD]
    newest = pad.get_null_resume(False)
    # What is among the earlier ones already is either left over from then, or says the same once more.
    return len(pad.resume) + (newest is not None and newest not in pad.resume)
