from __future__ import annotations

from pathlib import Path

import pytest

from podium.core.errors import ConfigError, PodiumError, ScorerError, UnknownName
from podium.core.model import JsonObject
from podium.evals.case import Case, Expected
from podium.evals.observation import Observation
from podium.evals.scorers.base import ScorerContext
from podium.evals.scorers.judging import judge
from podium.evals.scorers.registry import higher_is_better, names, options_schema, resolve

OWN = """
def half(case, observed):
    return 0.5

async def share(case, observed, *, of):
    return len(str(observed.output)) / of

NUMBER = 3
"""

CASE, SEEN = Case(id="c", input="x", expected=Expected(answer="ab")), Observation(output="ab")
NEEDS: dict[str, JsonObject] = {"json_schema": {"schema": {}}}
ASK_OTHERS = {"rubric", "evaluator"}


@pytest.fixture
def around(tmp_path: Path) -> ScorerContext:
    (tmp_path / "own.py").write_text(OWN)
    return ScorerContext(tmp_path)


@pytest.mark.parametrize("name", sorted(set(names()) - ASK_OTHERS))
async def test_every_name_resolves_and_judges_without_failing(name: str) -> None:
    found = await judge(name, resolve(name, NEEDS.get(name)), CASE, SEEN)
    assert [one.error for one in found] == [""]


@pytest.mark.parametrize("name", names())
def test_every_name_has_a_schema_of_its_options(name: str) -> None:
    assert options_schema(name)["additionalProperties"] is False


def test_an_unknown_name_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="exakt") as caught:
        resolve("exakt")
    assert caught.value.hint == "Did you mean 'exact'?"
    with pytest.raises(UnknownName) as caught:
        resolve("zzzzzz")
    assert "rouge_l" in caught.value.hint


@pytest.mark.parametrize(
    ("name", "options", "said"),
    [
        ("numeric", {"tolerence": 1}, "scorer numeric: tolerence: there is no such setting"),
        ("numeric", {"tolerance": -1}, "scorer numeric: tolerance"),
        ("regex", {"pattern": "("}, "regular expression"),
        ("rubric", {"rubric": "Kind."}, "one of `model` and `models`"),
        ("rubric", {"rubric": "Kind.", "models": ["a", "a"]}, "named twice"),
        ("rubric", {"rubric": "Kind.", "model": "openai:x"}, "no chat model 'openai:x'"),
    ],
)
def test_a_wrong_option_is_told(name: str, options: JsonObject, said: str) -> None:
    with pytest.raises(ScorerError, match=said.replace("(", r"\(")):
        resolve(name, options)


async def test_functions_of_ones_own(around: ScorerContext) -> None:
    half = await judge("half", resolve("own.py:half", {}, around), CASE, SEEN)
    share = await judge("share", resolve("own.py:share", {"of": 8}, around), CASE, SEEN)
    assert [half[0].value, share[0].value] == [0.5, 0.25]


@pytest.mark.parametrize(
    ("name", "options", "kind", "said"),
    [
        ("own.py:halve", {}, UnknownName, "halve"),
        ("own.py:NUMBER", {}, ScorerError, "no scorer"),
        ("own.py:half", {"of": 3}, ScorerError, "of"),
        ("own.py:share", {}, ScorerError, "of"),
        ("missing.py:half", {}, ConfigError, "missing.py"),
    ],
)
def test_functions_that_do_not_fit_are_told(
    around: ScorerContext, name: str, options: dict[str, int], kind: type[PodiumError], said: str
) -> None:
    with pytest.raises(kind, match=said):
        resolve(name, dict(options), around)


def test_amounts_are_better_when_smaller() -> None:
    assert not higher_is_better("cost")
    assert not higher_is_better("effects_without_approval")
    assert higher_is_better("exact")
    assert higher_is_better("own.py:half")
