"""What turns have spent, each counted once however often it was gone on with: the one place that counts."""

from __future__ import annotations

from typing import Final

SPENT: Final = ("steps", "model_calls", "input_tokens", "output_tokens", "cost", "unpriced", "seconds")
"""What a turn spends, as its runs record it and as `turns` names it."""
_SPENT: Final = ", ".join(f"max(coalesce(json_extract(usage, '$.{name}'), 0)) AS {name}" for name in SPENT)
_TURN: Final = "CASE turn_id WHEN '' THEN run_id ELSE turn_id END"


def turns(where: str, *, until: str = "") -> str:
    """A query for turns: `thread_id`, `at` when each began, `good` if it came to its end, and what it spent.

    A run that goes on after a person's word, or after a crash, counts on from what its turn had spent: the
    most that any run of a turn says is what the turn spent. A turn belongs to the moment at which it began,
    so that two spans of time which meet share none.

    Args:
        where: Which runs; the moment from which they began belongs here.
        until: A parameter, for the moment before which the turns began; none when empty.
    """
    before = f" AND min(started_at)<{until}" if until else ""
    return (
        f"SELECT thread_id, min(started_at) AS at, max(status='completed') AS good, {_SPENT}"  # noqa: S608  # constants; `where` holds parameters
        f" FROM runs r WHERE {where} GROUP BY thread_id, {_TURN}"
        f" HAVING sum(kind NOT IN ('resume', 'continue'))>0{before}"
    )
