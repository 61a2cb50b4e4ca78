"""Settings are shown as TOML that can be read back."""

from __future__ import annotations

import tomllib

from podium.cli.render.settings import as_toml


def test_what_is_shown_can_be_read_back() -> None:
    values = {"project": {"name": 'a "b"'}, "models": {"window": 5, "providers": {"x": {"timeout": 1.5}}}}
    assert tomllib.loads(as_toml(values, {})) == values


def test_defaults_are_marked() -> None:
    text = as_toml({"budget": {"steps": 3, "cost": 1.0}}, {"budget": {"steps": 3}})
    assert "steps = 3\n" in text
    assert "cost = 1.0  # default" in text


def test_what_is_not_set_is_a_comment() -> None:
    assert "# planner is not set" in as_toml({"planner": None}, {})


def test_credentials_in_an_address_are_hidden() -> None:
    assert "hunter2" not in as_toml({"base_url": "https://me:hunter2@host/v1"}, {})
