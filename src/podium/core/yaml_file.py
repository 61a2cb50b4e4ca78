"""Reading a YAML file so that a message about any of its settings can name file and line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podium.core.errors import ConfigError

if TYPE_CHECKING:
    from yaml.nodes import Node

MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A mapping that was read, and where each part of it stands.

    Attributes:
        path: The file.
        data: Its settings by name.
        root: The parsed document; None where the file is empty.
    """

    path: Path
    data: dict[str, Any]
    root: Node | None = field(repr=False)

    def place(self, setting: Sequence[str | int]) -> str:
        """File and line of a setting, or of its closest parent that is written down.

        Args:
            setting: Keys and positions from the root.
        """
        return f"{self.path}:{line_of(self.root, setting)}"


def read_yaml(path: Path, what: str, *, hint: str = "") -> YamlFile:
    """Read a file of settings.

    Args:
        path: The file.
        what: What it should be, for messages: such as `policy`.
        hint: What to do where it is not there.

    Raises:
        ConfigError: It cannot be read, or is no YAML mapping; the message names file and line.
    """
    return parse_yaml(_text(path, what, hint), path, what)


def parse_yaml(text: str, path: Path, what: str) -> YamlFile:
    """The settings in a text.

    Args:
        text: YAML.
        path: Where it comes from, for messages.
        what: What it should be.

    Raises:
        ConfigError: It is no YAML mapping, or sets something twice.
    """
    data, root = _parsed(text, path, what)
    if data is None:
        return YamlFile(path, {}, None)
    if not isinstance(data, dict):
        raise ConfigError(
            f"{path}:1: expected settings by name, found a {type(data).__name__}", hint="Mend this setting."
        )
    if twice := _repeated_key(root):
        raise ConfigError(f"{path}:{twice[1]}: '{twice[0]}' is set twice", hint="Keep one of them.")
    return YamlFile(path, data, root)


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


def _text(path: Path, what: str, hint: str) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ConfigError(f"{path} is larger than {MOST_BYTES:,} bytes", hint=f"That is no {what}.")
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"there is no {what} at {path}", hint=hint) from None
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}", hint="Check its permissions.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text", hint="Save it as UTF-8.") from None


def _parsed(text: str, path: Path, what: str) -> tuple[Any, Node | None]:
    import yaml

    # The compiled loader is ten times faster where PyYAML was built with it.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        root = loader.get_single_node()
        return (None if root is None else loader.construct_document(root)), root
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}:{line}: not valid YAML: {error.problem}", hint="Mend this line.") from None
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {error}".split("\n")[0], hint="Mend it.") from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deeply", hint=f"A {what} is a few levels deep.") from None
    finally:
        loader.dispose()


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
