"""What an event has to be like: JSON Schemas in versions. Nothing is ever fetched for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from podium.core.errors import ConfigError, InputError
from podium.core.late_imports import put_off_grammars

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

_LONGEST = 300


def check_schema(schema: Mapping[str, Any], where: str) -> None:
    """Make sure that a schema is one.

    Args:
        schema: The schema.
        where: Where it stands, for messages.

    Raises:
        ConfigError: It is none.
    """
    put_off_grammars()
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ConfigError(
            f"{where} is no JSON Schema: {error.message[:_LONGEST]}", hint="Write it in draft 2020-12."
        ) from None


def check_event(schemas: Mapping[str, Mapping[str, Any]], version: str, data: object) -> str:
    """Make sure that what an event says follows its schema; the version of that.

    Args:
        schemas: Schemas by version, the present one last.
        version: What the event names; the present one when empty.
        data: What it says.

    Raises:
        InputError: There is no such version, or it does not follow it.
    """
    if not schemas:
        if version:
            raise InputError(f"version: this trigger has no schema {version}", hint="Leave the version out.")
        return ""
    named = version or list(schemas)[-1]
    if named not in schemas:
        raise InputError(
            f"version: this trigger has no schema {named}", hint=f"It knows: {', '.join(schemas)}."
        )
    problem = _problem(_validator(schemas[named]), data)
    if problem:
        raise InputError(f"{problem} (schema {named})", hint="Send what the trigger's schema asks for.")
    return named


def _validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    put_off_grammars()
    from jsonschema import Draft202012Validator
    from referencing import Registry

    registry: Registry[Any] = Registry()  # empty: a reference to elsewhere leads nowhere
    return Draft202012Validator(schema, registry=registry)


def _problem(validator: Draft202012Validator, data: object) -> str:
    from jsonschema.exceptions import best_match
    from referencing.exceptions import Unresolvable

    try:
        found = best_match(validator.iter_errors(data))
    except Unresolvable as error:
        raise InputError(
            f"the trigger's schema leads nowhere: {error}"[:_LONGEST], hint="Put what it refers to into it."
        ) from None
    if found is None:
        return ""
    place = ".".join(["data", *(str(part) for part in found.absolute_path)])
    return f"{place}: {found.message[:_LONGEST]}"
