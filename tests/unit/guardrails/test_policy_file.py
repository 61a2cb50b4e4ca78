from __future__ import annotations

from pathlib import Path

import pytest

from podium.core.errors import ConfigError
from podium.guardrails.calibration import Isotonic
from podium.guardrails.policy import Policy
from podium.guardrails.policy_file import load_policy, parse_policy

REFERENCE = Path(__file__).parents[3] / "guardrails" / "policy.yaml"


def written(folder: Path, text: str, name: str = "policy.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_without_a_file_the_built_in_policy_holds() -> None:
    assert load_policy() == Policy()


def test_an_empty_file_says_nothing_and_changes_nothing(tmp_path: Path) -> None:
    assert load_policy(written(tmp_path, "# nothing\n")) == Policy()


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("bounds:\n  gather: 2\n  replan: lots\n", 3, "bounds.replan"),
        (
            "rules:\n  - name: a\n    validator: secrets\n    stages: [input]\n    on_fail: explode\n",
            5,
            "on_fail",
        ),
        (
            "rules:\n  - name: a\n    validator: secrets\n    stages: [input]\n    on_fail: filter\n",
            2,
            "possible: fix, escalate, refuse",
        ),
        ("thresholds: {answer: 0.5}\ntools:\n  pay:\n    aproval: person\n", 4, "no such setting"),
        ("thresholds:\n  reversible: 0.9\n  compensable: 0.1\n", 1, "rise"),
        ("weights:\n  support: -1\n", 2, "greater than or equal to 0"),
        ("bounds: {gather: 1}\nweights: {}\nbounds: {gather: 2}\n", 3, "set twice"),
        ("rules: [\n", 2, "not valid YAML"),
        ("just words\n", 1, "expected settings by name"),
        ("- a\n- b\n", 1, "expected settings by name"),
    ],
)
def test_an_error_names_file_line_and_what_was_expected(
    tmp_path: Path, text: str, line: int, word: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_policy(path)
    assert caught.value.message.startswith(f"{path}:{line}: ")
    assert word in caught.value.message
    assert "\n" not in caught.value.message
    assert caught.value.hint


def test_a_file_that_cannot_be_read_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no policy at"):
        load_policy(tmp_path / "absent.yaml")
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_policy(tmp_path / "bytes.yaml")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_policy(tmp_path)


def test_the_version_follows_the_content_and_not_its_layout(tmp_path: Path) -> None:
    first = parse_policy("bounds: {gather: 1, replan: 2}\n", tmp_path)
    same = parse_policy("# a comment\nbounds:\n  replan: 2\n  gather: 1\n", tmp_path)
    other = parse_policy("bounds: {gather: 3}\n", tmp_path)
    assert first.version == same.version != other.version
    assert len(first.version) == 12


def test_several_files_add_up(tmp_path: Path) -> None:
    first = written(tmp_path, "tools: {pay: {access: deny}}\nbounds: {gather: 1}\n", "a.yaml")
    second = written(tmp_path, "tools: {send: {access: deny}}\nbounds: {replan: 0}\n", "b.yaml")
    policy = load_policy(first, second)
    assert sorted(policy.tools) == ["pay", "send"]
    assert (policy.bounds.gather, policy.bounds.replan) == (1, 0)


def test_a_fitted_calibration_is_found_beside_the_policy_and_changes_its_version(tmp_path: Path) -> None:
    path = written(tmp_path, "calibration: fitted.json\n")
    before = load_policy(path)
    fitted = Isotonic(scores=(0.0, 1.0), probabilities=(0.0, 0.5))
    written(tmp_path, fitted.model_dump_json(), "fitted.json")
    after = load_policy(path)
    assert before.calibrator is None
    assert after.calibrator == fitted
    assert before.version != after.version


def test_the_reference_projects_policy_keeps_refunds_with_a_person() -> None:
    policy = load_policy(REFERENCE)
    assert policy.needs_person("issue_refund", "compensable")
    assert policy.needs_person("send_message", "irreversible")
    assert not policy.needs_person("change_address", "reversible")
    assert not policy.needs_person("find_customer", "read")
