"""Which of the answers that a node has been given is the one that counts, and whose it is.

LangGraph runs a node from its top whenever it is resumed, and hands it every earlier answer again, in order.
An answer that was not taken was another person's word: said again under the name of whoever answers now, it
might be taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from langgraph.config import get_config

PAD = "__pregel_scratchpad"
"""Where LangGraph keeps the answers of a task; `interrupt` reads them there and offers no other way."""
CONFIG_KEY_BROUGHT: Final = "podium_brought"
"""Where whoever leads a run tells what it was resumed with; callers of the server cannot set it."""

CONFIG_KEY_DECIDES: Final = "podium_decides"
"""Where whoever leads a run tells, with false, that who has it run may not decide what waits for a person."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What a run was resumed with: the word of the person on whose behalf it runs.

    Attributes:
        run_id: The run.
        value: The answer, or several by the ids of their interrupts.
    """

    run_id: str
    value: Any

    def has(self, answer: object) -> bool:
        """Whether an answer came with this run, and not with one before it."""
        return answer == self.value or (
            isinstance(self.value, Mapping) and any(answer == one for one in self.value.values())
        )


def brought_with(configurable: Mapping[str, Any] | None) -> Brought | None:
    """What the run was resumed with; None where it was not, or nobody says."""
    found = (configurable or {}).get(CONFIG_KEY_BROUGHT)
    return found if isinstance(found, Brought) else None


def answers_given(configurable: Mapping[str, Any] | None = None) -> int:
    """How many answers a task has been given, the one that it is resumed with included.

    To be asked before the first of them is taken. An answer that is left over from an earlier run is dropped,
    so that it is not taken for a further one.

    Args:
        configurable: Of the task's config; that of the running one when None.
    """
    held = get_config()["configurable"] if configurable is None else configurable
    pad, brought = held[PAD], brought_with(held)
    newest = pad.get_null_resume(False)
    if newest is None:
        return len(pad.resume)
    # Where nobody says what was brought: what is among the earlier ones already is either left over from
    # then, or says the same once more.
    is_new = newest == brought.value if brought is not None else newest not in pad.resume
    if brought is not None and not is_new:
        pad.get_null_resume(True)
    return len(pad.resume) + is_new
