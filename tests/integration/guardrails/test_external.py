"""Validators from files of a project, loaded in the background, with the real guardrails-ai."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from podium.core.errors import ConfigError, GuardrailError
from podium.guardrails.exports import as_guardrails
from podium.guardrails.external import ExternalValidator, GuardrailsValidator
from podium.guardrails.finding import CheckContext, Finding
from podium.guardrails.pipeline import Pipeline
from podium.guardrails.policy import Policy, Rule

CONTEXT = CheckContext(stage="output")
SOURCE = """
from guardrails.validator_base import FailResult, PassResult, Validator, register_validator

@register_validator(name="test/shouting", data_type="string")
class Shouting(Validator):
    def __init__(self, mark="!", on_fail=None):
        super().__init__(on_fail=on_fail, mark=mark)
        self.mark = mark

    def _validate(self, value, metadata):
        if self.mark in value:
            return FailResult(error_message="it shouts", fix_value=value.replace(self.mark, "."))
        return PassResult()

@register_validator(name="test/wrong", data_type="string")
class Wrong(Validator):
    def _validate(self, value, metadata):
        return value

def plain(text, context, *, word: str = "bad"):
    from podium.guardrails.finding import Finding
    at = text.find(word)
    return () if at < 0 else (Finding("a word", (at, at + len(word)), "good"),)

class Own:
    name = "own"
    def check(self, value, context):
        return ()
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "guardrails").mkdir()
    (tmp_path / "guardrails" / "mine.py").write_text(SOURCE, encoding="utf-8")
    return tmp_path


def external(project: Path, name: str, **options: Any) -> ExternalValidator:
    return ExternalValidator("rule", f"guardrails/mine.py:{name}", options, project)


async def test_a_guardrails_validator_named_by_the_policy_mends_the_answer(project: Path) -> None:
    rule = Rule(
        name="calm",
        validator="guardrails/mine.py:Shouting",
        stages=("output",),
        on_fail="fix",
        options={"mark": "?"},
    )
    pipeline = Pipeline.from_policy(Policy(rules=(rule,)), project)
    for loading in pipeline.preload():
        loading.result(timeout=60)
    checked = await pipeline.check("output", "what? now!")
    assert (checked.value, checked.verdicts[0].reason) == ("what. now!", "it shouts")
    assert (await pipeline.check("output", "all is calm")).verdicts == ()


def test_a_plain_function_and_a_class_of_ones_own_work_too(project: Path) -> None:
    assert external(project, "plain", word="x").check("axb", CONTEXT) == (Finding("a word", (1, 2), "good"),)
    assert external(project, "Own").check("x", CONTEXT) == ()


def test_an_installed_validator_is_named_by_its_module() -> None:
    found = ExternalValidator("rule", "podium.guardrails.validators.secrets:secrets", {}, Path())
    assert found.check("nothing here", CONTEXT) == ()


@pytest.mark.parametrize("name", ["Absent", "SOURCE"])
def test_a_name_that_is_no_validator_is_a_clear_error(project: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="no validator"):
        external(project, name).preload().result(timeout=60)


def test_a_result_that_is_none_is_an_error_of_the_validator(project: Path) -> None:
    with pytest.raises(GuardrailError, match="gave back a str"):
        external(project, "Wrong").check("x", CONTEXT)


async def test_a_file_that_does_not_import_sends_the_turn_to_a_person(project: Path) -> None:
    (project / "guardrails" / "broken.py").write_text(
        "import nothing_of_that_name\n\n\nclass X: ...\n", encoding="utf-8"
    )
    rule = Rule(name="own", validator="guardrails/broken.py:X", stages=("output",), on_fail="fix")
    checked = await Pipeline.from_policy(Policy(rules=(rule,)), project).check("output", "text")
    assert [(item.outcome, item.rule) for item in checked.verdicts] == [("escalate", "own")]
    assert "guardrails/broken.py:1: ModuleNotFoundError" in checked.verdicts[0].reason


async def test_a_file_that_exits_does_not_end_the_run(project: Path) -> None:
    (project / "guardrails" / "exits.py").write_text(
        "class X: ...\n\n\nraise SystemExit(3)\n", encoding="utf-8"
    )
    rule = Rule(name="own", validator="guardrails/exits.py:X", stages=("output",), on_fail="fix")
    checked = await Pipeline.from_policy(Policy(rules=(rule,)), project).check("output", "text")
    assert [(item.outcome, item.rule) for item in checked.verdicts] == [("escalate", "own")]


def test_our_checks_are_ordinary_guardrails_validators() -> None:
    classes = as_guardrails()
    assert classes is as_guardrails()
    secrets = classes["secrets"](on_fail="fix")
    result = secrets.validate("password=hunter22", {})
    assert (result.outcome, result.fix_value) == ("fail", "password=[secret]")
    assert (result.error_spans[0].start, result.error_spans[0].end) == (9, 17)
    assert secrets.validate("nothing", {}).outcome == "pass"
    grounded = classes["grounding"](least=0.9)
    assert (
        grounded.validate("Shipping costs nine pounds.", {"evidence": ["Returns are free."]}).outcome
        == "fail"
    )


def test_a_class_of_ours_runs_through_the_adapter_as_the_function_does() -> None:
    adapter = GuardrailsValidator("secrets", as_guardrails()["secrets"](on_fail="noop"))
    assert [finding.fix for finding in adapter.check("password=hunter22", CONTEXT)] == ["password=[secret]"]
