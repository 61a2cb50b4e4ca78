"""Policy as code: which checks run where, who may do what, and how sure is sure enough.

What a policy does not say is closed: effects that cannot be taken back exactly go to a person.
"""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Final, Literal, get_args

from pydantic import Field, PrivateAttr, model_validator

from podium.core.canonical import canonical_digest
from podium.core.effects import EffectClass
from podium.core.evidence import Trust
from podium.core.model import JsonValue, Model
from podium.core.principal import Principal, is_owner
from podium.core.tool import ToolSpec
from podium.core.verdict import Stage
from podium.guardrails.calibration import Isotonic, Logistic

OnFail = Literal["fix", "filter", "retry", "escalate", "refuse"]
MOST_PEOPLE: Final = 10
"""More people than this do not look at one action; a greater number is a slip."""
Threshold = Annotated[float, Field(ge=0.0, le=1.0)]
Level = Literal["answer", "read", "reversible", "compensable", "irreversible"]

_ON_FAIL: dict[Stage, tuple[OnFail, ...]] = {
    "input": ("fix", "escalate", "refuse"),
    "evidence": ("fix", "filter", "escalate", "refuse"),
    "arguments": ("retry", "escalate", "refuse"),
    "output": ("fix", "retry", "escalate", "refuse"),
}


class Rule(Model):
    """One check at one or more stages."""

    name: str = Field(min_length=1)
    validator: str = Field(min_length=1)
    """A built-in check, `path/to/file.py:Name` in the project, or `package.module:Name`."""
    stages: tuple[Stage, ...] = Field(min_length=1)
    on_fail: OnFail
    options: dict[str, JsonValue] = {}
    reason: str = ""
    """What people read when the rule bites; the validator's own words when empty."""

    @model_validator(mode="after")
    def _fits_its_stages(self) -> Rule:
        for stage in self.stages:
            if self.on_fail not in _ON_FAIL[stage]:
                allowed = ", ".join(_ON_FAIL[stage])
                raise ValueError(
                    f"on_fail '{self.on_fail}' is not possible at '{stage}'; possible: {allowed}"
                )
        return self


class ToolRule(Model):
    """What holds for a tool or for a class of effects; what is None is decided one level up."""

    access: Literal["allow", "deny"] | None = None
    approval: Literal["automatic", "person"] | None = None
    """`automatic`: no person is needed when the confidence suffices and nothing speaks against it."""
    approvers: tuple[str, ...] | None = None
    """Roles that may approve; empty means whoever may see the thread."""
    people: Annotated[int, Field(ge=1, le=MOST_PEOPLE)] | None = None
    """How many different people have to approve; above one, a person always decides. Of a tool's rule and
    its class's the greater number counts."""
    trust: Trust | None = None
    """How far the source of an argument has to be trusted."""
    threshold: Threshold | None = None
    """For a tool: act at or above, instead of its class's threshold."""

    @model_validator(mode="after")
    def _is_asked_of_somebody(self) -> ToolRule:
        if self.approval == "automatic" and (self.people or 1) > 1:
            raise ValueError(f"people: {self.people} needs approval: person, not automatic")
        return self


class Thresholds(Model):
    """Confidence at or above which the turn goes ahead, and the bands below."""

    answer: Threshold = 0.55
    read: Threshold = 0.3
    reversible: Threshold = 0.7
    compensable: Threshold = 0.8
    irreversible: Threshold = 0.9
    abstain: Threshold = 0.3
    """An answer below this is not given."""
    gather: Threshold = 0.3
    """An answer from here to `answer` is worth another search."""
    clarify: Threshold = 0.5
    """An action below this is asked about instead of put before a person."""
    low_factor: Threshold = 0.5
    """A factor below this becomes a reason."""

    @model_validator(mode="after")
    def _rises_with_the_risk(self) -> Thresholds:
        if not self.read <= self.reversible <= self.compensable <= self.irreversible:
            raise ValueError("thresholds must rise: read, reversible, compensable, irreversible")
        if self.abstain > self.answer:
            raise ValueError("abstain must not be above answer")
        return self


class Bounds(Model):
    """How often a turn may try again."""

    gather: int = Field(default=2, ge=0, le=10)
    replan: int = Field(default=2, ge=0, le=10)
    retry: int = Field(default=2, ge=0, le=10)
    """New attempts because a guardrail failed."""


DEFAULT_RULES = (
    Rule(name="length", validator="length", stages=("input",), on_fail="refuse", options={"most": 20_000}),
    Rule(name="valid-text", validator="valid_text", stages=("input", "evidence"), on_fail="fix"),
    Rule(
        name="hidden-text", validator="hidden_unicode", stages=("input", "evidence", "output"), on_fail="fix"
    ),
    Rule(name="hidden-arguments", validator="hidden_unicode", stages=("arguments",), on_fail="escalate"),
    Rule(name="secrets", validator="secrets", stages=("input", "evidence", "output"), on_fail="fix"),
    Rule(name="secret-arguments", validator="secrets", stages=("arguments",), on_fail="escalate"),
    Rule(name="injection", validator="injection", stages=("evidence",), on_fail="filter"),
    Rule(name="links", validator="links", stages=("output",), on_fail="fix"),
    Rule(
        name="personal-data",
        validator="personal_data",
        stages=("output",),
        on_fail="fix",
        options={"kinds": ["card", "iban", "ssn"]},
    ),
    Rule(name="grounding", validator="grounding", stages=("output",), on_fail="retry"),
)

DEFAULT_EFFECTS: dict[EffectClass, ToolRule] = {
    "read": ToolRule(approval="automatic", trust="untrusted"),
    "reversible": ToolRule(approval="automatic", trust="trusted"),
    "compensable": ToolRule(approval="person", trust="trusted"),
    "irreversible": ToolRule(approval="person", trust="trusted"),
}

DEFAULT_WEIGHTS = {
    "support": 1.5,
    "relevance": 1.0,
    "coverage": 1.0,
    "agreement": 1.0,
    "freshness": 0.5,
    "slots": 1.5,
    "success": 1.0,
    "intent": 1.5,
}


class Policy(Model):
    """What the agents of a project may do."""

    schema_version: Literal[1] = 1
    rules: tuple[Rule, ...] = DEFAULT_RULES
    effects: dict[EffectClass, ToolRule] = {}
    """By effect class."""
    tools: dict[str, ToolRule] = {}
    """By tool; goes before the class."""
    thresholds: Thresholds = Thresholds()
    weights: dict[str, Annotated[float, Field(ge=0.0, allow_inf_nan=False)]] = DEFAULT_WEIGHTS
    """How much each factor counts; factors that are not listed count one."""
    bounds: Bounds = Bounds()
    approval_expires: int = Field(default=86_400, ge=1)
    """Seconds after which a proposal or an approval lapses."""
    calibration: str = ""
    """A fitted calibration, relative to the policy's file; one that does not exist yet is passed over."""

    _calibrator: Isotonic | Logistic | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _rules_have_their_own_names(self) -> Policy:
        names = [rule.name for rule in self.rules]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise ValueError(f"two rules are called '{twice}'")
        return self

    @cached_property
    def version(self) -> str:
        """Twelve hexadecimal characters that change with the policy's content."""
        content = self.model_dump(mode="json")
        if self._calibrator is not None:
            content["calibration"] = self._calibrator.model_dump(mode="json")
        return canonical_digest(content)[:12]

    @property
    def calibrator(self) -> Isotonic | Logistic | None:
        """The fitted calibration that was found beside the policy."""
        return self._calibrator

    def with_calibration(self, calibrator: Isotonic | Logistic | None) -> Policy:
        """The same policy with a fitted calibration."""
        copy = Policy.model_validate(self.model_dump())
        copy._calibrator = calibrator
        return copy

    def rules_at(self, stage: Stage) -> tuple[Rule, ...]:
        """The rules of a stage, in the policy's order."""
        return tuple(rule for rule in self.rules if stage in rule.stages)

    def allows(self, tool: ToolSpec) -> bool:
        """Whether the tool may be planned and called at all."""
        return self.access(tool.name, tool.effect) == "allow"

    def access(self, tool: str, effect: EffectClass) -> Literal["allow", "deny"]:
        """Whether a tool is open: its own rule first, then its class's, then allowed."""
        for rule in self._rules_for(tool, effect):
            if rule.access is not None:
                return rule.access
        return "allow"

    def needs_person(self, tool: str, effect: EffectClass) -> bool:
        """Whether a person approves the tool's effects however sure the agents are."""
        if self.people(tool, effect) > 1:
            return True
        for rule in self._rules_for(tool, effect):
            if rule.approval is not None:
                return rule.approval == "person"
        return True

    def people(self, tool: str, effect: EffectClass) -> int:
        """How many different people have to approve: what the most demanding of the rules says."""
        return max(rule.people or 1 for rule in self._rules_for(tool, effect))

    def approvers(self, tool: str, effect: EffectClass) -> tuple[str, ...]:
        """Roles that may approve; empty when the policy does not narrow them."""
        for rule in self._rules_for(tool, effect):
            if rule.approvers is not None:
                return rule.approvers
        return ()

    def may_approve(self, principal: Principal, tool: str, effect: EffectClass) -> bool:
        """Whether somebody has a role that approves the tool's effects; the local owner may approve all.

        Who may approve an action may undo it too: taking it back changes the world as doing it does.
        """
        roles = self.approvers(tool, effect)
        return not roles or is_owner(principal) or not principal.roles.isdisjoint(roles)

    def trust_needed(self, tool: str, effect: EffectClass) -> Trust:
        """How far the source of an argument has to be trusted."""
        for rule in self._rules_for(tool, effect):
            if rule.trust is not None:
                return rule.trust
        return "trusted"

    def threshold(self, level: Level, tool: str = "") -> float:
        """Confidence at or above which an answer is given or an effect of the class goes ahead."""
        own = self.tools[tool].threshold if tool in self.tools else None
        return float(getattr(self.thresholds, level)) if own is None else own

    def _rules_for(self, tool: str, effect: EffectClass) -> tuple[ToolRule, ...]:
        levels = (self.tools.get(tool), self.effects.get(effect), DEFAULT_EFFECTS[effect])
        return tuple(rule for rule in levels if rule is not None)


STAGES: tuple[Stage, ...] = get_args(Stage)
