from __future__ import annotations

from podium.core.evidence import Provenance
from podium.core.tool import ToolCall
from podium.guardrails.policy import Policy, ToolRule
from podium.guardrails.taint import untrusted_arguments

CALL = ToolCall(
    tool="pay",
    args={"order": "O-1", "amount": "9", "note": "x", "extra": 1},
    provenance={
        "order": Provenance(origin="user", trust="trusted"),
        "amount": Provenance(origin="document", source="a.md", trust="internal"),
        "note": Provenance(origin="document", source="mail", trust="untrusted"),
    },
)


def test_a_change_needs_trusted_sources_and_an_unrecorded_source_is_none() -> None:
    assert untrusted_arguments(CALL, "reversible", Policy()) == ("amount", "note", "extra")


def test_a_read_may_use_any_source() -> None:
    assert untrusted_arguments(CALL, "read", Policy()) == ()


def test_the_policy_says_how_far_a_source_is_trusted() -> None:
    by_class = Policy(effects={"reversible": ToolRule(trust="internal")})
    by_tool = Policy(tools={"pay": ToolRule(trust="untrusted")})
    assert untrusted_arguments(CALL, "reversible", by_class) == ("note", "extra")
    assert untrusted_arguments(CALL, "irreversible", by_tool) == ()
