"""Reading a policy from YAML, with messages that name file, line and what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from podium.core.errors import ConfigError
from podium.core.explaining import first_problem
from podium.core.yaml_file import YamlFile, parse_yaml, read_yaml
from podium.guardrails.calibration import load_calibration
from podium.guardrails.policy import Policy

_HINT = "Mend this setting."


def load_policy(*paths: Path) -> Policy:
    """Read a policy from one file, or from several that add up.

    In later files lists are appended, settings in a mapping replace those of earlier files. Without a
    file the built-in policy holds.

    Args:
        paths: YAML files.

    Raises:
        ConfigError: A file cannot be read or breaks the schema; the message names file and line.
    """
    policy, merged = Policy(), dict[str, Any]()
    for path in paths:
        file = _read(path)
        policy = _validated(file)
        merged = _merged(merged, file.data)
    if len(paths) > 1:
        policy = _validated(YamlFile(paths[-1], merged, None))
    if policy.calibration and paths:
        fitted = paths[-1].parent / policy.calibration
        if fitted.exists():
            return policy.with_calibration(load_calibration(fitted))
    return policy


def parse_policy(text: str, path: Path) -> Policy:
    """The policy in a YAML text.

    Args:
        text: YAML.
        path: Where the text comes from, for messages.

    Raises:
        ConfigError: The text is no YAML or breaks the schema.
    """
    return _validated(parse_yaml(text, path, "policy"))


def place_of(paths: Sequence[Path], table: str, name: str) -> str:
    """File and line of a tool's rule, or of a check; the last file that has it decides.

    Args:
        paths: The policy's files.
        table: `tools` or `rules`.
        name: Of the tool, or of the check.
    """
    for path in reversed(paths):
        file = _read(path)
        held: Any = file.data.get(table) or {}
        keys = held if isinstance(held, dict) else [item.get("name") for item in held]
        if name in keys:
            key = name if isinstance(held, dict) else list(keys).index(name)
            return file.place((table, key))
    return "the policy"


def _read(path: Path) -> YamlFile:
    return read_yaml(path, "policy", hint="Write it, or take it off [policy] files in podium.toml.")


def _validated(file: YamlFile) -> Policy:
    try:
        return Policy.model_validate(file.data)
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(str(part) for part in first["loc"])
        place = file.place(first["loc"])
        message, hint = first_problem(error, Policy, _HINT)
        where = f"{place}: {setting}: " if setting else f"{place}: "
        raise ConfigError(f"{where}{message}", hint=hint) from None


def _merged(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    result = dict(base)
    for key, value in more.items():
        held = result.get(key)
        if isinstance(held, dict) and isinstance(value, dict):
            result[key] = _merged(held, value)
        elif isinstance(held, list) and isinstance(value, list):
            result[key] = [*held, *value]
        else:
            result[key] = value
    return result
