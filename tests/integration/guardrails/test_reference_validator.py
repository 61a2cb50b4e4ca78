"""The support desk's own validator: what is a promise and what is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.guardrails.external import ExternalValidator
from podium.guardrails.finding import CheckContext
from podium.guardrails.pipeline import Pipeline
from podium.guardrails.policy_file import load_policy

ROOT = Path(__file__).parents[3]
PROMISES = ExternalValidator("promises", "guardrails/validators.py:CompensationPromise", {"most": 25}, ROOT)


@pytest.mark.parametrize(
    "text",
    [
        "We will give you £60 store credit as a gesture of goodwill.",
        "I can offer you 30 pounds of compensation.",
        "You'll receive a voucher of £ 50.00 by post",
        "You will get, by way of apology, £26",
    ],
)
def test_a_promise_above_the_limit_is_found(text: str) -> None:
    assert PROMISES.check(text, CheckContext("output"))


@pytest.mark.parametrize(
    "text",
    [
        "We will give you £25 store credit.",
        "A team lead may grant up to £75 of goodwill credit.",
        "You will get a refund of £89.00 to your card.",
        "As an apology every delayed customer receives £5 of store credit.",
        "We offer 200 articles. Compensation is another matter.",
    ],
)
def test_a_quotation_a_refund_and_a_small_credit_are_let_pass(text: str) -> None:
    assert not PROMISES.check(text, CheckContext("output"))


async def test_the_reference_policy_runs_it_on_messages_and_answers() -> None:
    policy = load_policy(ROOT / "guardrails" / "policy.yaml")
    pipeline = Pipeline.from_policy(policy, ROOT)
    checked = await pipeline.check("output", "We will give you £60 of store credit.")
    assert [(item.rule, item.outcome) for item in checked.verdicts] == [("promises", "retry")]
