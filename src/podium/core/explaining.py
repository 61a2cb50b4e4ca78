"""What a user reads when a setting does not fit its schema."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ValidationError

_LOGIN = re.compile(r"//[^\s@]*@")


def first_problem(
    error: ValidationError, model: type[BaseModel], hint: str, *, at: int = 0
) -> tuple[str, str]:
    """The first thing that is wrong, and what to do about it.

    Args:
        error: What pydantic found.
        model: The schema.
        hint: What to do where the schema has nothing better to say.
        at: Which one of the problems, where it is not the first.

    Returns:
        What was expected, and a hint.
    """
    first = error.errors()[at]
    if first["type"] == "extra_forbidden":
        names = settings_at(model, first["loc"][:-1])
        return "there is no such setting", _choice(str(first["loc"][-1]), names, hint)
    if first["type"] == "missing":
        return "it is missing and has no default", hint
    if first["type"].startswith("union_tag"):
        return _no_kind(first["type"], first.get("ctx", {}), hint)
    given = "" if isinstance(first["input"], dict | list) else repr(first["input"])
    found = f", found {_LOGIN.sub('//…@', given):.60}" if given else ""
    return first["msg"].removeprefix("Value error, ") + found, hint


def written_path(data: object, path: Sequence[str | int]) -> tuple[str | int, ...]:
    """The path of a problem as the file has it: without the names of the kinds that pydantic puts in.

    Args:
        data: What was read.
        path: Where pydantic found a problem; its last part may be what is missing.
    """
    kept: list[str | int] = []
    here = data
    for place, part in enumerate(path):
        known = isinstance(here, dict) and part in here
        if known or isinstance(part, int) or place == len(path) - 1 or not isinstance(here, dict):
            kept.append(part)
            here = here[part] if known and isinstance(here, dict) else None
    if (
        len(kept) > 1
        and isinstance(_at(data, kept[:-1]), dict)
        and kept[-1] == _at(data, [*kept[:-1], "kind"])
    ):
        kept.pop()  # a problem of the whole table ends with its kind
    return tuple(kept)


def settings_at(model: type[BaseModel], path: Sequence[str | int]) -> tuple[str, ...]:
    """The settings that a table of the schema has; none where it is no table.

    Args:
        model: The schema.
        path: From its root to the table.
    """
    here: Any = model
    for part in path:
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(part))
            here = field.annotation if field else None
        else:
            here = _of_kind(here, part) or _inner(here)
    here = next((item for item in (here, *get_args(here)) if _is_model(item)), None)
    return tuple(here.model_fields) if here is not None else ()


def nearest(name: str, names: Iterable[str]) -> str:
    """The name that was probably meant; empty where none is close.

    Args:
        name: What was written.
        names: What there is.
    """
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(names), n=1)), "")


def _choice(name: str, names: Sequence[str], hint: str) -> str:
    if not names:
        return hint
    meant = nearest(name, names)
    return f"{f'Did you mean {meant!r}? ' if meant else ''}There are: {', '.join(names)}."


def _no_kind(problem: str, context: dict[str, Any], hint: str) -> tuple[str, str]:
    name = str(context.get("discriminator", "")).strip("'")
    if problem == "union_tag_not_found":
        return f"the setting {name!r} is missing", hint
    return f"there is no {name} {context.get('tag')!r}", f"There are: {context.get('expected_tags')}."


def _at(data: object, path: Sequence[str | int]) -> object:
    for part in path:
        data = data.get(part) if isinstance(data, dict) else None
    return data


def _of_kind(annotation: Any, kind: str | int) -> Any:
    """The member of a union of tables whose tag or `kind` is the one given; None when it is no such union."""
    union = get_args(annotation)[0] if get_origin(annotation) is Annotated else annotation
    for item in get_args(union):
        if get_origin(item) is Annotated and any(
            getattr(extra, "tag", None) == kind for extra in get_args(item)[1:]
        ):
            return get_args(item)[0]
    members = [item for item in get_args(union) if _is_model(item) and "kind" in item.model_fields]
    return next((item for item in members if kind in get_args(item.model_fields["kind"].annotation)), None)


def _inner(annotation: Any) -> Any:
    """What a mapping or a sequence holds."""
    arguments = [item for item in get_args(annotation) if item is not Ellipsis]
    return arguments[-1] if arguments and get_origin(annotation) is not None else None


def _is_model(item: object) -> bool:
    return isinstance(item, type) and issubclass(item, BaseModel)
