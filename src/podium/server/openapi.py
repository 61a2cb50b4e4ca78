"""What the OpenAPI document says of all routes at once: who may ask, and how they are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from podium.server.scopes import OPEN, UNKEPT, only_looks, scope_for

if TYPE_CHECKING:
    from fastapi import FastAPI

_SCHEMES: Final = {
    "ApiKey": {"type": "apiKey", "in": "header", "name": "X-Api-Key"},
    "Bearer": {"type": "http", "scheme": "bearer"},
}
_METHODS: Final = frozenset({"get", "put", "post", "delete", "patch", "head"})
_ALWAYS: Final = {
    "403": "The page that asks is not allowed to, or the key is not good for this.",
    "408": "The body did not come in time.",
    "413": "The body is too large.",
}
_KEYED: Final = {"401": "Nobody knows who asks."}
_NAMED: Final = {"404": "What is named is not there, or is another's."}
_CHANGING: Final = {"409": "What is there already stands in the way."}
_RUNNING: Final = {"429": "Too much waits already; Retry-After says when to ask again."}
_TRYING: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same request with the same key is carried out once; known for a day.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def describe(app: FastAPI) -> None:
    """Let the app's document tell of keys, scopes and the refusals that any route may give."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is not None:
            return app.openapi_schema
        document = plain()
        components = document.setdefault("components", {})
        components["securitySchemes"] = dict(_SCHEMES)
        problem = _problem(components.get("schemas", {}))
        for path, methods in document.get("paths", {}).items():
            for method, operation in methods.items():
                if method in _METHODS:
                    _describe(path, method, operation, problem)
        return document

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to change the document


def _problem(schemas: dict[str, Any]) -> str:
    """Where the document has the form of errors: FastAPI lengthens names that several models have."""
    return next((name for name in schemas if name.endswith("errors__Problem")), "Problem")


def _describe(path: str, method: str, operation: dict[str, Any], problem: str) -> None:
    scope, refusals = scope_for(method.upper(), path), dict(_ALWAYS)
    if path not in OPEN:
        refusals |= _KEYED
        operation["security"] = [{"ApiKey": []}, {"Bearer": []}]
        operation["x-podium-scope"] = scope
    if "{" in path or method in ("post", "put"):
        refusals |= _NAMED
    if method not in ("get", "head") and not only_looks(path):
        refusals |= _CHANGING
    if method == "post" and not only_looks(path):
        refusals |= _RUNNING if "/runs" in path else {}
        if path != UNKEPT:
            operation.setdefault("parameters", []).append(_TRYING)
    responses = operation.setdefault("responses", {})
    for status, text in refusals.items():
        responses.setdefault(status, _refusal(text, problem))


def _refusal(text: str, problem: str) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{problem}"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}
