"""What a user reads when a setting does not fit its schema."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from podium.core.explaining import first_problem, settings_at
from podium.core.settings import Manifest


@pytest.mark.parametrize(
    ("path", "some"),
    [
        ((), {"project", "models", "tools"}),
        (("project",), {"name", "description"}),
        (("models", "providers", "own"), {"base_url", "api_key_env"}),
        (("knowledge", "collections", "docs"), {"paths", "trust"}),
    ],
)
def test_the_settings_of_a_table_are_found_through_mappings(path: tuple[str, ...], some: set[str]) -> None:
    assert some <= set(settings_at(Manifest, path))


@pytest.mark.parametrize("path", [("nope",), ("project", "name"), ("nope", "deeper")])
def test_what_is_no_table_has_no_settings(path: tuple[str, ...]) -> None:
    assert settings_at(Manifest, path) == ()


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        ({"project": {"name": "a", "colour": "red"}}, "there is no such setting", "There are: name"),
        ({}, "it is missing and has no default", "mend"),
        ({"project": {"name": "a"}, "budget": {"steps": -1}}, "greater than or equal to 1, found -1", "mend"),
    ],
)
def test_the_first_problem_says_what_was_expected(data: dict[str, object], message: str, hint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Manifest.model_validate(data)
    said, next_step = first_problem(caught.value, Manifest, "mend")
    assert message in said
    assert next_step.startswith(hint)
