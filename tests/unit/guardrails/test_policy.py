from __future__ import annotations

import pytest
from pydantic import ValidationError

from podium.core.principal import Principal
from podium.core.tool import ToolSpec
from podium.guardrails.policy import Policy, Rule, Thresholds, ToolRule


def spec(name: str = "pay") -> ToolSpec:
    return ToolSpec(name=name, description="", args_schema={}, effect="compensable")


def test_what_the_policy_does_not_say_is_closed() -> None:
    policy = Policy()
    assert policy.needs_person("unheard-of", "irreversible")
    assert policy.needs_person("unheard-of", "compensable")
    assert policy.trust_needed("unheard-of", "reversible") == "trusted"


def test_a_tools_own_rule_goes_before_its_class() -> None:
    policy = Policy(
        effects={"compensable": ToolRule(approval="automatic", access="deny", approvers=("desk",))},
        tools={"pay": ToolRule(approval="person", access="allow", approvers=("lead",), threshold=0.99)},
    )
    assert policy.needs_person("pay", "compensable")
    assert not policy.needs_person("credit", "compensable")
    assert policy.allows(spec())
    assert not policy.allows(spec("credit"))
    assert policy.approvers("pay", "compensable") == ("lead",)
    assert policy.approvers("credit", "compensable") == ("desk",)
    assert (policy.threshold("compensable", "pay"), policy.threshold("compensable")) == (0.99, 0.8)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (Principal("key:ada", roles=frozenset({"finance", "approver"})), True),
        (Principal("key:bob", roles=frozenset({"approver"})), False),
        (Principal("key:cy"), False),
        (Principal("local:ada"), True),
        (Principal("local:ada", roles=frozenset({"approver"})), False),
    ],
)
def test_only_the_named_roles_approve_and_the_owner_of_the_machine(who: Principal, may: bool) -> None:
    policy = Policy(tools={"pay": ToolRule(approvers=("finance",))})
    assert policy.may_approve(who, "pay", "compensable") is may
    assert policy.may_approve(who, "credit", "compensable")


def test_a_tool_rule_that_is_silent_leaves_it_to_the_class() -> None:
    policy = Policy(
        effects={"compensable": ToolRule(approval="automatic")}, tools={"pay": ToolRule(threshold=0.9)}
    )
    assert not policy.needs_person("pay", "compensable")


def test_two_rules_cannot_share_a_name() -> None:
    rule = Rule(name="a", validator="secrets", stages=("input",), on_fail="fix")
    with pytest.raises(ValidationError, match="two rules"):
        Policy(rules=(rule, rule))


def test_thresholds_rise_with_the_risk() -> None:
    with pytest.raises(ValidationError, match="rise"):
        Thresholds(reversible=0.9, compensable=0.5)
    with pytest.raises(ValidationError, match="abstain"):
        Thresholds(abstain=0.9)


def test_of_the_rules_on_people_the_most_demanding_counts() -> None:
    policy = Policy(
        effects={"compensable": ToolRule(people=2), "reversible": ToolRule(people=2)},
        tools={"pay": ToolRule(people=3), "void": ToolRule(people=1), "move": ToolRule(approval="automatic")},
    )
    assert policy.people("pay", "compensable") == 3
    assert policy.people("void", "compensable") == 2
    assert policy.people("other", "irreversible") == 1
    assert policy.needs_person("move", "reversible")
    assert not policy.needs_person("move", "read")


@pytest.mark.parametrize("people", [0, -1, 11, 1.5, "two"])
def test_people_are_counted_from_one(people: object) -> None:
    with pytest.raises(ValidationError, match="people"):
        ToolRule.model_validate({"people": people})


def test_several_people_cannot_approve_automatically() -> None:
    with pytest.raises(ValidationError, match="people: 2 needs approval: person"):
        ToolRule(approval="automatic", people=2)
