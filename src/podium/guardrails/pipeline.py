"""One pipeline for every stage: each rule of the policy looks at the value in turn."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from podium.core.errors import ConfigError
from podium.core.evidence import Evidence
from podium.core.model import JsonValue
from podium.core.tool import ToolCall
from podium.core.verdict import Outcome, Stage, Verdict
from podium.guardrails.external import ExternalValidator
from podium.guardrails.finding import CheckContext, Finding, apply_fixes
from podium.guardrails.policy import Policy, Rule
from podium.guardrails.validator import BUILT_IN, Validator, function_validator

MOST_CHARACTERS = 200_000
"""Longer values are not looked at: they are refused, and passages of that size are dropped."""

_INLINE_CHARACTERS = 10_000
"""Up to here the checks cost less than a hand-over to a thread is worth."""

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Checked:
    """One value after its guardrails.

    Attributes:
        value: The value with its fixes; as it came where nothing could be fixed.
        verdicts: What the rules said, without those that passed it.
    """

    value: str
    verdicts: tuple[Verdict, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedAll:
    """Several values after their guardrails.

    Attributes:
        values: Each value with its fixes, in order; None for one that must not be used.
        verdicts: What the rules said, each with its value's name as target.
    """

    values: tuple[str | None, ...]
    verdicts: tuple[Verdict, ...] = ()


class Pipeline:
    """Runs the rules of a policy."""

    def __init__(self, policy: Policy, validators: Mapping[str, Validator]) -> None:
        """Bind rules to validators.

        Args:
            policy: The rules.
            validators: A validator for each rule, by the rule's name.

        Raises:
            ValueError: A rule has no validator.
        """
        missing = [rule.name for rule in policy.rules if rule.name not in validators]
        if missing:
            raise ValueError(f"no validator for the rules {missing}")
        self._policy = policy
        self._validators = dict(validators)
        self._external = [item for item in validators.values() if isinstance(item, ExternalValidator)]

    @classmethod
    def from_policy(cls, policy: Policy, root: Path) -> Pipeline:
        """A pipeline with the built-in checks and those that the policy names by their place.

        Args:
            policy: The rules.
            root: The project's folder, where files of validators are looked for.

        Raises:
            ConfigError: A rule names no validator, or gives it options that it does not have.
        """
        return cls(policy, {rule.name: _validator_for(rule, root) for rule in policy.rules})

    def preload(self) -> tuple[Future[Validator], ...]:
        """Start loading the validators that take long; the futures carry what goes wrong."""
        return tuple(item.preload() for item in self._external)

    async def check(
        self,
        stage: Stage,
        value: str,
        *,
        evidence: Sequence[Evidence] = (),
        known: Sequence[str] = (),
        final: bool = False,
    ) -> Checked:
        """Look at one value.

        Args:
            stage: Where the guardrail stands.
            value: What to look at.
            evidence: The passages behind an answer.
            known: Other texts that an answer may rest on: the request, outputs of tools.
            final: The value is the finished message, not a draft that could be tried again.
        """
        context = CheckContext(stage, tuple(evidence), tuple(known), final=final)
        kept, verdicts = await self._run([("", value)], context)
        return Checked(value if kept[0] is None else kept[0], verdicts)

    async def check_all(self, stage: Stage, values: Sequence[tuple[str, str]]) -> CheckedAll:
        """Look at several values of one stage, each with its name.

        Args:
            stage: Where the guardrail stands.
            values: Pairs of name and text.
        """
        kept, verdicts = await self._run(values, CheckContext(stage))
        return CheckedAll(kept, verdicts)

    async def check_call(self, call: ToolCall) -> tuple[Verdict, ...]:
        """Look at every text in the arguments of a call."""
        leaves = [(name, text) for name, item in call.args.items() for text in _texts(item)]
        return (await self._run(leaves, CheckContext("arguments")))[1]

    async def _run(
        self, values: Sequence[tuple[str, str]], context: CheckContext
    ) -> tuple[tuple[str | None, ...], tuple[Verdict, ...]]:
        rules = self._policy.rules_at(context.stage)
        size = sum(len(text) for _, text in values) + sum(len(item.text) for item in context.evidence)
        slow = any(isinstance(self._validators[rule.name], ExternalValidator) for rule in rules)
        if slow or size > _INLINE_CHARACTERS:
            return await asyncio.to_thread(self._run_now, values, context, rules)
        return self._run_now(values, context, rules)

    def _run_now(
        self, values: Sequence[tuple[str, str]], context: CheckContext, rules: Sequence[Rule]
    ) -> tuple[tuple[str | None, ...], tuple[Verdict, ...]]:
        kept: list[str | None] = []
        verdicts: list[Verdict] = []
        for target, text in values:
            value, noted = self._one(text, replace(context, target=target), rules)
            kept.append(value)
            verdicts += noted
        return tuple(kept), tuple(verdicts)

    def _one(
        self, text: str, context: CheckContext, rules: Sequence[Rule]
    ) -> tuple[str | None, list[Verdict]]:
        if len(text) > MOST_CHARACTERS:
            outcome: Outcome = "filter" if context.stage == "evidence" else "refuse"
            reason = f"the text has more than {MOST_CHARACTERS:,} characters"
            return None, [_verdict("size", context, outcome, reason)]
        verdicts: list[Verdict] = []
        for rule in rules:
            value, verdict = self._apply(rule, text, context)
            if verdict is not None:
                verdicts.append(verdict)
            if value is None:
                return None, verdicts
            text = value
        return text, verdicts

    def _apply(self, rule: Rule, text: str, context: CheckContext) -> tuple[str | None, Verdict | None]:
        try:
            findings = self._validators[rule.name].check(text, context)
        except Exception as error:
            # Validators are other people's code; whatever breaks in one must not let the value pass.
            _logger.debug("the validator of the rule %s failed", rule.name, exc_info=True)
            cause = error.message if isinstance(error, ConfigError) else type(error).__name__
            reason = f"the check could not be run ({cause})"
            unseen = None if context.stage == "evidence" else text
            return unseen, _verdict(rule.name, context, "escalate", reason)
        if not findings:
            return text, None
        fixed = apply_fixes(text, findings) if rule.on_fail == "fix" else None
        outcome = _outcome(rule, context.stage, fixed)
        reason = rule.reason or _reason(findings)
        verdict = _verdict(rule.name, context, outcome, reason, findings[0].span)
        if outcome == "fix":
            return fixed, verdict
        return (None if context.stage == "evidence" else text), verdict


def _validator_for(rule: Rule, root: Path) -> Validator:
    if rule.validator in BUILT_IN:
        return function_validator(rule.name, BUILT_IN[rule.validator], rule.options)
    return ExternalValidator(rule.name, rule.validator, rule.options, root)


def _outcome(rule: Rule, stage: Stage, fixed: str | None) -> Outcome:
    if rule.on_fail != "fix" or fixed is not None:
        return rule.on_fail
    return "filter" if stage == "evidence" else "escalate"


def _reason(findings: Sequence[Finding]) -> str:
    more = len(findings) - 1
    return findings[0].reason + (f" (and {more} more)" if more else "")


def _verdict(
    rule: str, context: CheckContext, outcome: Outcome, reason: str, span: tuple[int, int] | None = None
) -> Verdict:
    return Verdict(
        rule=rule, stage=context.stage, outcome=outcome, reason=reason, span=span, target=context.target
    )


def _texts(value: JsonValue) -> Iterator[str]:
    waiting: list[JsonValue] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, list):
            waiting += item
        elif isinstance(item, dict):
            yield from item
            waiting += item.values()
