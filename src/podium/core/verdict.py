"""What a guardrail says about one value."""

from __future__ import annotations

from typing import Literal

from podium.core.model import Model

Stage = Literal["input", "evidence", "arguments", "output"]
"""Where a guardrail stands: before planning, on retrieved text, on tool arguments, on the answer."""

Outcome = Literal["pass", "fix", "filter", "retry", "escalate", "refuse"]
"""Pass as is; use the fixed value; drop the value; try again with the reason; ask a person; refuse."""


class Verdict(Model):
    """One rule's word on one value."""

    rule: str
    """Name of the rule in the policy."""
    stage: Stage
    outcome: Outcome
    reason: str = ""
    """Plain words for people; never holds the offending value itself."""
    span: tuple[int, int] | None = None
    """Where in the value, in characters; None when it is the whole."""
    target: str = ""
    """What was checked: an evidence id, an argument's name; empty for the only value."""

    @property
    def passed(self) -> bool:
        """Whether the value may be used as it is."""
        return self.outcome == "pass"
