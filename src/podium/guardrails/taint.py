"""Which arguments of a call come from a source that is not trusted for what the call does."""

from __future__ import annotations

from podium.core.effects import EffectClass
from podium.core.evidence import Trust
from podium.core.tool import ToolCall
from podium.guardrails.policy import Policy

_RANK: dict[Trust, int] = {"untrusted": 0, "internal": 1, "trusted": 2}


def untrusted_arguments(call: ToolCall, effect: EffectClass, policy: Policy) -> tuple[str, ...]:
    """The arguments whose source the policy does not trust for this call, in the call's order.

    An argument whose source nobody recorded counts as untrusted.

    Args:
        call: The call with the provenance of its arguments.
        effect: The tool's effect class.
        policy: Says how far a source has to be trusted, by tool and by effect class.
    """
    needed = _RANK[policy.trust_needed(call.tool, effect)]
    return tuple(name for name in call.args if _rank(call, name) < needed)


def _rank(call: ToolCall, name: str) -> int:
    source = call.provenance.get(name)
    return _RANK["untrusted"] if source is None else _RANK[source.trust]
