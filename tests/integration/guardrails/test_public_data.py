"""How good the checks are on public data that nobody here wrote; skipped where it is not at hand."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from podium.evals.case import Case
from podium.evals.importing import cases_of_set
from podium.guardrails.finding import CheckContext
from podium.guardrails.validators import injection, personal_data, support

DATA = Path(os.environ.get("PODIUM_DATA", "no-such-folder"))
CONTEXT = CheckContext(stage="evidence")
KINDS = {
    "EMAIL_ADDRESS": "e-mail",
    "CREDIT_CARD": "card",
    "IBAN_CODE": "iban",
    "US_SSN": "ssn",
    "IP_ADDRESS": "ip",
}


def cases(form: str, name: str) -> list[Case]:
    if not (DATA / name).is_dir():
        pytest.skip(f"the data set '{name}' is not at hand; set PODIUM_DATA to the folder that holds it")
    return list(cases_of_set(form, DATA / name))


def field(case: Case, name: str) -> Any:
    assert isinstance(case.input, dict)
    return case.input[name]


def test_support_tells_attributable_replies_from_others() -> None:
    replies = cases("begin", "begin")
    good = [case for case in replies if case.expected.label]
    other = [case for case in replies if not case.expected.label]
    high, low = (
        [support(field(case, "response"), [field(case, "knowledge")]) for case in part]
        for part in (good, other)
    )
    wins = sum((a > b) + (a == b) / 2 for a in high for b in low)
    # Plain word overlap reaches .936 on these 846 pairs.
    assert wins / (len(high) * len(low)) >= 0.936


def test_harmless_prompts_full_of_trigger_words_are_let_pass() -> None:
    prompts = [str(case.input) for case in cases("piguard", "piguard") if not case.expected.guardrail]
    assert len(prompts) > 200
    assert sum(bool(injection(prompt, CONTEXT)) for prompt in prompts) == 0


def test_structured_personal_data_is_found_and_little_else() -> None:
    found, missed, wrong = 0, 0, 0
    for case in cases("presidio", "presidio_research"):
        findings = personal_data(str(case.input), CONTEXT, kinds=("e-mail", "card", "iban", "ssn", "ip"))
        spans = [finding.span for finding in findings if finding.span]
        expected: Any = case.expected.answer
        wanted = [(span["start"], span["end"]) for span in expected if span["kind"] in KINDS]
        hits = [any(a < end and start < b for a, b in spans) for start, end in wanted]
        found += sum(hits)
        missed += len(hits) - sum(hits)
        wrong += sum(not any(a < end and start < b for start, end in wanted) for a, b in spans)
    assert found / (found + missed) >= 0.93
    assert wrong / (found + wrong) <= 0.02
