"""Reading a tool's argument schema: what each argument is, in words and in form."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from podium.core.model import JsonObject, JsonValue
from podium.core.tool import ToolSpec


@dataclass(frozen=True, slots=True)
class Slot:
    """One argument of a tool.

    Attributes:
        name: The argument.
        required: Whether a call needs it.
        type: JSON type, such as `string`.
        description: What it is, in a user's words.
        pattern: Regular expression that a text has to match; empty when any text will do.
        format: JSON Schema's format, such as `email`.
        choices: The only values there are.
        examples: Values as they look.
    """

    name: str
    required: bool
    type: str
    description: str = ""
    pattern: str = ""
    format: str = ""
    choices: tuple[JsonValue, ...] = ()
    examples: tuple[str, ...] = ()

    @property
    def is_id(self) -> bool:
        """Whether it names a thing by a code: a pattern or examples of letters with digits and no spaces."""
        if self.pattern:
            return bool(re.search(r"[A-Za-z]{1,6}[-_]?|\[A-Z", self.pattern)) and " " not in self.pattern
        return self.type == "string" and self.name.endswith(("_id", "Id", "ID"))

    @property
    def words(self) -> str:
        """Name and description together."""
        return f"{self.label} {self.description}"

    @property
    def label(self) -> str:
        """The name as words, such as `order` for `order_id`."""
        plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", self.name).replace("_", " ").replace("-", " ")
        return re.sub(r"\s+(?:id|ID|Id|number|no)$", "", plain.strip()) or plain


def slots_of(tool: ToolSpec) -> tuple[Slot, ...]:
    """The arguments of a tool, in its order."""
    properties = tool.args_schema.get("properties", {})
    required = tool.args_schema.get("required", [])
    needed = {str(name) for name in required} if isinstance(required, list) else set()
    if not isinstance(properties, dict):
        return ()
    return tuple(_slot(name, schema, name in needed, tool.args_schema) for name, schema in properties.items())


def _slot(name: str, schema: JsonValue, required: bool, root: JsonObject) -> Slot:
    outer = schema if isinstance(schema, dict) else {}
    inner = _resolved(outer, root)
    examples = outer.get("examples") or inner.get("examples") or []
    choices = inner.get("enum") or ([inner["const"]] if "const" in inner else [])
    return Slot(
        name=name,
        required=required,
        type=str(inner.get("type", "string")),
        description=str(outer.get("description") or inner.get("description") or ""),
        pattern=str(inner.get("pattern") or ""),
        format=str(inner.get("format") or ""),
        choices=tuple(choices) if isinstance(choices, list) else (),
        examples=tuple(str(item) for item in examples) if isinstance(examples, list) else (),
    )


def _resolved(schema: Mapping[str, JsonValue], root: JsonObject, depth: int = 0) -> Mapping[str, JsonValue]:
    """The schema behind references and behind "or null"."""
    if depth > 4:
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        held = root.get("$defs", {})
        target = held.get(reference.rsplit("/", 1)[-1]) if isinstance(held, dict) else None
        return _resolved(target, root, depth + 1) if isinstance(target, dict) else schema
    for key in ("anyOf", "oneOf", "allOf"):
        options = schema.get(key)
        for option in options if isinstance(options, list) else ():
            if isinstance(option, dict) and option.get("type") != "null":
                return _resolved(option, root, depth + 1)
    return schema
