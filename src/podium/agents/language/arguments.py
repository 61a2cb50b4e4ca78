"""What a tool's schema says about arguments that a model wrote."""

from __future__ import annotations

from collections.abc import Mapping

from podium.core.late_imports import put_off_grammars
from podium.core.model import JsonObject, JsonValue
from podium.core.tool import ToolSpec


def valid_arguments(tool: ToolSpec, args: Mapping[str, JsonValue]) -> tuple[dict[str, JsonValue], list[str]]:
    """The arguments that fit the tool's schema, and what is wrong with the others, in words."""
    known = _properties(tool)
    kept: dict[str, JsonValue] = {}
    problems: list[str] = []
    for name, value in args.items():
        if name not in known:
            problems.append(f"{tool.name} has no argument {name!r}")
        elif wrong := _mismatch(tool, known[name], value):
            problems.append(f"{tool.name}.{name}: {wrong}")
        else:
            kept[name] = value
    return kept, problems


def missing_arguments(tool: ToolSpec, given: Mapping[str, object]) -> tuple[str, ...]:
    """The required arguments that are not there."""
    required = tool.args_schema.get("required", [])
    names = [str(name) for name in required] if isinstance(required, list) else []
    return tuple(name for name in names if name not in given)


def _properties(tool: ToolSpec) -> JsonObject:
    properties = tool.args_schema.get("properties", {})
    return properties if isinstance(properties, dict) else {}


def _mismatch(tool: ToolSpec, schema: JsonValue, value: JsonValue) -> str:
    put_off_grammars()
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    # Definitions stand beside the properties, where references from inside a property lead.
    whole = {"$defs": tool.args_schema.get("$defs", {}), "allOf": [schema]}
    try:
        Draft202012Validator.check_schema(whole)
        # An empty registry: a reference to elsewhere is never fetched.
        validator = Draft202012Validator(whole, registry=Registry())
        error = next(iter(validator.iter_errors(value)), None)
    except (SchemaError, Unresolvable):
        return "the tool's schema is broken"
    return "" if error is None else str(error.message)[:200]
