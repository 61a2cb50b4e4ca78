"""How good the checks are on public data that nobody here wrote; skipped where it is not at hand."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import pytest

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


def folder(name: str) -> Path:
    found = DATA / name
    if not found.is_dir():
        pytest.skip(f"the data set '{name}' is not at hand; set PODIUM_DATA to the folder that holds it")
    return found


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def test_support_tells_attributable_replies_from_others() -> None:
    rows: list[dict[str, str]] = []
    for name in ("wow/begin_dev_wow.tsv", "cmu-dog/begin_dev_cmu.tsv"):
        with (folder("begin") / name).open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file, delimiter="\t")
    good = [row for row in rows if row["begin_label"] == "Fully attributable"]
    other = [row for row in rows if row["begin_label"] != "Fully attributable"]
    high, low = ([support(row["response"], [row["knowledge"]]) for row in part] for part in (good, other))
    wins = sum((a > b) + (a == b) / 2 for a in high for b in low)
    # Plain word overlap reaches .936 on these 846 pairs.
    assert wins / (len(high) * len(low)) >= 0.936


def test_harmless_prompts_full_of_trigger_words_are_let_pass() -> None:
    prompts = [item["prompt"] for item in read_json(folder("piguard") / "NotInject_one.json")]
    prompts += [item["prompt"] for item in read_json(folder("piguard") / "valid.json") if not item["label"]]
    assert len(prompts) > 200
    assert sum(bool(injection(prompt, CONTEXT)) for prompt in prompts) == 0


def test_structured_personal_data_is_found_and_little_else() -> None:
    found, missed, wrong = 0, 0, 0
    for item in read_json(folder("presidio_research") / "synth_dataset_v2.json"):
        findings = personal_data(item["full_text"], CONTEXT, kinds=("e-mail", "card", "iban", "ssn", "ip"))
        spans = [finding.span for finding in findings if finding.span]
        wanted = [
            (span["start_position"], span["end_position"])
            for span in item["spans"]
            if span["entity_type"] in KINDS
        ]
        hits = [any(a < end and start < b for a, b in spans) for start, end in wanted]
        found += sum(hits)
        missed += len(hits) - sum(hits)
        wrong += sum(not any(a < end and start < b for start, end in wanted) for a, b in spans)
    assert found / (found + missed) >= 0.93
    assert wrong / (found + wrong) <= 0.02
