"""Reading a policy from YAML, with messages that name file, line and what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from podium.core.errors import ConfigError
from podium.core.explaining import first_problem
from podium.guardrails.calibration import load_calibration
from podium.guardrails.policy import Policy

if TYPE_CHECKING:
    from yaml.nodes import Node

_HINT = "Mend this setting."
_MOST_BYTES = 1_000_000


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
        data, root = _parsed(_text(path), path)
        policy = _validated(data, path, root)
        merged = _merged(merged, data)
    if len(paths) > 1:
        policy = _validated(merged, paths[-1], None)
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
    data, root = _parsed(text, path)
    return _validated(data, path, root)


def place_of(paths: Sequence[Path], table: str, name: str) -> str:
    """File and line of a tool's rule, or of a check; the last file that has it decides.

    Args:
        paths: The policy's files.
        table: `tools` or `rules`.
        name: Of the tool, or of the check.
    """
    for path in reversed(paths):
        data, root = _parsed(_text(path), path)
        held: Any = data.get(table) or {}
        keys = held if isinstance(held, dict) else [item.get("name") for item in held]
        if name in keys:
            key = name if isinstance(held, dict) else list(keys).index(name)
            return f"{path}:{line_of(root, (table, key))}"
    return "the policy"


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ConfigError(f"{path} is larger than {_MOST_BYTES:,} bytes", hint="That is no policy.")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"there is no policy at {path}", hint="Write it, or take it off [policy] files in podium.toml."
        ) from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", hint="Check its permissions.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text", hint="Save it as UTF-8.") from None


def _parsed(text: str, path: Path) -> tuple[dict[str, Any], Node | None]:
    import yaml

    # The compiled loader is ten times faster where PyYAML was built with it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        root = loader.get_single_node()
        data = None if root is None else loader.construct_document(root)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}:{line}: not valid YAML: {error.problem}", hint="Mend this line.") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}".split("\n")[0], hint="Mend it.") from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deeply", hint="A policy is a few levels deep.") from None
    finally:
        loader.dispose()
    if data is None:
        return {}, None
    if not isinstance(data, dict):
        raise ConfigError(f"{path}:1: expected settings by name, found a {type(data).__name__}", hint=_HINT)
    if twice := _repeated_key(root):
        raise ConfigError(f"{path}:{twice[1]}: '{twice[0]}' is set twice", hint="Keep one of them.")
    return data, root


def _validated(data: dict[str, Any], path: Path, root: Node | None) -> Policy:
    try:
        return Policy.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(str(part) for part in first["loc"])
        line = line_of(root, first["loc"])
        message, hint = first_problem(error, Policy, _HINT)
        where = f"{path}:{line}: {setting}: " if setting else f"{path}:{line}: "
        raise ConfigError(f"{where}{message}", hint=hint) from None


def line_of(root: Node | None, path: Sequence[str | int]) -> int:
    """The line, from 1, of a setting, or of its closest parent that is written down."""
    from yaml.nodes import MappingNode, SequenceNode

    node, line = root, 1
    for part in path:
        if isinstance(node, MappingNode):
            pair = next(((k, v) for k, v in node.value if k.value == str(part)), None)
            if pair is None:
                break
            line, node = pair[0].start_mark.line + 1, pair[1]
        elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        else:
            break
    return line


def _repeated_key(root: Node | None) -> tuple[str, int] | None:
    from yaml.nodes import MappingNode, SequenceNode

    waiting: list[Node] = [root] if root is not None else []
    visited: set[int] = set()
    while waiting:
        node = waiting.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, SequenceNode):
            waiting += node.value
        elif isinstance(node, MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if str(key.value) in seen:
                    return str(key.value), key.start_mark.line + 1
                seen.add(str(key.value))
                waiting.append(value)
    return None


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
