"""What the retail world must look like after a list of calls: the judge of the tools.

It is made from the policy, the data and the tasks alone, without sight of the tools beside it, and shares
nothing with them: plain Python over plain data. Where the policy leaves something open, the choice and its
ground stand in the docstring of the function that makes it.

Rules about the conversation are not judged here, because a list of calls does not show them: who the user is,
that one conversation serves one user, and that the user said yes.
"""

from __future__ import annotations

from benchmarks.retail.reference.calls import Call, Outcome, Replayed
from benchmarks.retail.reference.replay import replay

__all__ = ["Call", "Outcome", "Replayed", "replay"]
