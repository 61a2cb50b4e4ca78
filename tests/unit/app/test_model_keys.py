"""Which models have keys, and how both are set up from outside the manifest."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.app.model_keys import environment, forget_key, keep_key, provider_keys, use_model
from podium.app.project import Project
from podium.core.errors import Conflict, InputError, UnknownName

PROJECT = '[project]\nname = "p"\n'
KEY = "sk-secret-key-0123456789"
PROVIDERS = """
[models.providers.local]
base_url = "http://127.0.0.1:9"

[models.providers.filed]
api_key_file = "key.txt"

[models.providers.printed]
api_key_command = ["print-key"]

[models.providers.named]
api_key_env = "NAMED_KEY"
"""


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("NAMED_KEY", raising=False)


def project(folder: Path, rest: str = "") -> Project:
    (folder / "podium.toml").write_text(f'[project]\nname = "p"\n{rest}', encoding="utf-8")
    return Project.open(folder)


def sources(found: Project, *models: str) -> dict[str, str]:
    return {one.provider: one.source for one in provider_keys(found, models)}


def test_each_provider_tells_where_its_key_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = project(tmp_path, PROVIDERS)
    monkeypatch.setenv("NAMED_KEY", KEY)
    assert sources(found)["filed"] == "missing"
    (tmp_path / "key.txt").write_text(KEY, encoding="utf-8")
    assert sources(found, "openai:x") == {
        "openai": "missing",
        "local": "none_needed",
        "filed": "file",
        "printed": "command",
        "named": "environment",
    }
    settable = [one.provider for one in provider_keys(found, ()) if one.settable]
    assert settable == ["openai", "local"]


def test_a_key_that_is_kept_counts_until_it_is_forgotten(tmp_path: Path) -> None:
    found = project(tmp_path)
    keep_key(found, "openai", f" {KEY}\n")
    assert sources(found) == {"openai": "stored"}
    assert environment(found.data, {})["OPENAI_API_KEY"] == KEY
    forget_key(found, "openai")
    assert sources(found) == {"openai": "missing"}


def test_a_key_that_would_not_count_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAMED_KEY", KEY)
    found = project(tmp_path, PROVIDERS)
    for provider in ("filed", "printed", "named"):
        with pytest.raises(Conflict, match="goes before"):
            keep_key(found, provider, KEY)
    with pytest.raises(UnknownName):
        keep_key(found, "nobody", KEY)
    for text in ("", "two words", "schlüssel", "x" * 20_000):
        with pytest.raises(InputError, match="that is no key"):
            keep_key(found, "openai", text)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", '[project]\nname = "p"\n\n[models]\ndefault = "openai:x"\n'),
        (
            '[models]\ndefault = "offline"   # or another\nwindow = 9000\n[agents]\npath = "a"\n',
            PROJECT + '[models]\ndefault = "openai:x"   # or another\nwindow = 9000\n[agents]\npath = "a"\n',
        ),
        (
            "[models]  # here\nwindow = 9000\n",
            '[project]\nname = "p"\n[models]  # here\ndefault = "openai:x"\nwindow = 9000\n',
        ),
    ],
)
def test_the_manifest_keeps_all_but_the_model(tmp_path: Path, before: str, after: str) -> None:
    use_model(project(tmp_path, before), "openai:x")
    assert (tmp_path / "podium.toml").read_text(encoding="utf-8") == after
    assert Project.open(tmp_path).manifest.models.default == "openai:x"
    use_model(Project.open(tmp_path), "offline")
    assert Project.open(tmp_path).manifest.models.default == "offline"


@pytest.mark.parametrize(
    "written", ['models = { default = "offline" }\n', "models.window = 9000\n", '["models"]\nwindow = 9000\n']
)
def test_a_manifest_in_another_form_is_left_to_a_person(tmp_path: Path, written: str) -> None:
    (tmp_path / "podium.toml").write_text(f'{written}\n[project]\nname = "p"\n', encoding="utf-8")
    if written.startswith("["):
        project(tmp_path, written)
    before = (tmp_path / "podium.toml").read_text(encoding="utf-8")
    with pytest.raises(Conflict, match="written in another way"):
        use_model(Project.open(tmp_path), "openai:x")
    assert (tmp_path / "podium.toml").read_text(encoding="utf-8") == before


@pytest.mark.parametrize("model", ["", "openai", 'openai:x"y\n', "os.path:join", "file.py:made", "nobody:x"])
def test_only_models_of_providers_are_chosen_from_outside(tmp_path: Path, model: str) -> None:
    with pytest.raises((InputError, UnknownName)):
        use_model(project(tmp_path), model)


def test_a_folder_without_a_manifest_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "langgraph.json").write_text('{"graphs": {}}', encoding="utf-8")
    with pytest.raises(Conflict, match="there is no"):
        use_model(Project.open(tmp_path), "offline")
