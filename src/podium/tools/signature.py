"""From a function's signature to the model of its arguments and one way to call it."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, create_model

from podium.core.model import JsonObject
from podium.tools.context import ActionContext
from podium.tools.tool import Run

_SECTION = re.compile(r"^(?:Args|Arguments|Parameters):\s*$")
_ENTRY = re.compile(r"^(\w+)(?:\s*\([^)]*\))?:\s*(.*)$")


@dataclass(frozen=True, slots=True)
class Signature:
    """How a function is called.

    Attributes:
        model: The arguments; unknown ones are refused.
        schema: Their JSON Schema.
        run: Calls the function with context and model.
    """

    model: type[BaseModel]
    schema: JsonObject
    run: Run


def signature_of(function: Callable[..., Any], names: dict[str, Any]) -> Signature:
    """The arguments of a function that is to be a tool.

    Args:
        function: Takes `(ctx, args)` with a pydantic model or plain typed arguments, with or without `ctx`.
        names: Names beside the module's that its annotations may use.

    Raises:
        TypeError: An argument has no type or cannot be named, or the function yields.
    """
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise TypeError(f"{function.__name__} yields: calling it would do nothing; let it return its result")
    parameters = list(inspect.signature(function).parameters.values())
    hints = _hints(function, parameters, names)
    takes_context = bool(parameters) and (
        parameters[0].name in ("ctx", "context") or hints.get(parameters[0].name) is ActionContext
    )
    plain = parameters[1:] if takes_context else parameters
    _check(function, plain, hints)
    if len(plain) == 1 and _is_model(hints[plain[0].name]):
        model = strict_model(hints[plain[0].name])
        run = _call_with_model(function, takes_context)
    else:
        model = _model_of(function, plain, hints)
        run = _call_with_arguments(function, takes_context)
    return Signature(model=model, schema=model.model_json_schema(), run=run)


def argument_docs(docstring: str) -> dict[str, str]:
    """What the section `Args:` of a Google-style docstring says of each argument, on one line."""
    found: dict[str, str] = {}
    inside, base, current = False, 0, ""
    for line in inspect.cleandoc(docstring).splitlines():
        indent = len(line) - len(line.lstrip())
        if not indent and line.strip():
            inside = bool(_SECTION.match(line))
            current, base = "", 0
        elif inside and line.strip():
            base = base or indent
            entry = _ENTRY.match(line.strip()) if indent == base else None
            if entry:
                current = entry.group(1)
                found[current] = entry.group(2).strip()
            elif current:
                found[current] = f"{found[current]} {line.strip()}".strip()
    return found


def _hints(
    function: Callable[..., Any], parameters: list[inspect.Parameter], names: dict[str, Any]
) -> dict[str, Any]:
    """Types by argument; the return type may be known to type checkers alone."""
    declared = {p.name: p.annotation for p in parameters if p.annotation is not inspect.Parameter.empty}
    holder = types.SimpleNamespace(__annotations__=declared)
    try:
        return get_type_hints(
            holder, globalns=getattr(function, "__globals__", {}), localns=names, include_extras=True
        )
    except NameError as error:
        raise TypeError(f"{function.__name__}: the type {error.name!r} cannot be found at run time") from None


def _check(function: Callable[..., Any], plain: list[inspect.Parameter], hints: dict[str, Any]) -> None:
    for parameter in plain:
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise TypeError(f"{function.__name__}: {parameter} cannot be an argument of a tool")
        if parameter.name not in hints:
            raise TypeError(f"{function.__name__}: the argument {parameter.name!r} has no type")


def _is_model(hint: object) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def strict_model(model: type[BaseModel]) -> type[BaseModel]:
    """The model, refusing arguments that it does not know."""
    if model.model_config.get("extra") == "forbid":
        return model
    strict: type[BaseModel] = types.new_class(
        model.__name__,
        (model,),
        exec_body=lambda body: body.update(
            __module__=model.__module__, __doc__=model.__doc__, model_config=ConfigDict(extra="forbid")
        ),
    )
    return strict


def _model_of(
    function: Callable[..., Any], plain: list[inspect.Parameter], hints: dict[str, Any]
) -> type[BaseModel]:
    docs = argument_docs(function.__doc__ or "")
    fields: dict[str, Any] = {}
    for parameter in plain:
        hint = hints[parameter.name]
        if docs.get(parameter.name) and not _is_described(hint):
            hint = Annotated[hint, Field(description=docs[parameter.name])]
        default = ... if parameter.default is parameter.empty else parameter.default
        fields[parameter.name] = (hint, default)
    name = "".join(word.title() for word in function.__name__.split("_"))
    return create_model(name, __config__=ConfigDict(extra="forbid"), __module__=function.__module__, **fields)


def _is_described(hint: object) -> bool:
    return any(getattr(extra, "description", None) for extra in getattr(hint, "__metadata__", ()))


def _call_with_model(function: Callable[..., Any], takes_context: bool) -> Run:
    if takes_context:
        return function
    return lambda _, args: function(args)


def _call_with_arguments(function: Callable[..., Any], takes_context: bool) -> Run:
    def run(context: ActionContext, args: BaseModel) -> Any:
        values = {name: getattr(args, name) for name in type(args).model_fields}
        return function(context, **values) if takes_context else function(**values)

    return run
