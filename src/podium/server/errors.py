"""Errors as HTTP answers: a status, one line for people, a stable code for programs, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from podium.core.errors import NotAuthenticated, Overloaded, PodiumError
from podium.core.model import Model
from podium.guardrails.redaction import redact
from podium.server.wire import JsonResponse

if TYPE_CHECKING:
    from fastapi import FastAPI, Request

STATUS: Final = {
    "not_found": 404,
    "unknown_name": 404,
    "conflict": 409,
    "thread_busy": 409,
    "thread_interrupted": 409,
    "graph_changed": 409,
    "lease_lost": 409,
    "illegal_move": 409,
    "grant_invalid": 409,
    "consent_repeated": 409,
    "consent_unclear": 409,
    "overloaded": 429,
    "not_authenticated": 401,
    "not_allowed": 403,
    "too_large": 413,
    "input_invalid": 422,
    "source_unavailable": 503,
    "database_busy": 503,
    "read_only": 503,
    "disk_full": 507,
}
"""The HTTP status by an error's code; what is not here is 422 for a user's mistake and 500 for ours."""


_NEXT: Final = {
    404: "See /docs for what there is.",
    405: "Allow names the methods that are taken there.",
    413: "Send less.",
}


class Problem(Model):
    """What went wrong."""

    detail: str
    """What happened and where, in one line."""
    code: str
    """Stable, for programs."""
    hint: str = ""
    """What to do next."""


def install(app: FastAPI) -> None:
    """Let the app answer every error in this one form."""
    app.add_exception_handler(PodiumError, _podium_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)


def status_of(error: PodiumError) -> int:
    """The HTTP status of an error."""
    for kind in type(error).__mro__:
        found = STATUS.get(getattr(kind, "code", ""))
        if found is not None:
            return found
    return 422 if error.exit_code == 2 else 500


def answer(status: int, detail: str, code: str, hint: str = "", **headers: str) -> JsonResponse:
    """An answer that tells of a problem."""
    content = {"detail": redact(detail), "code": code, "hint": redact(hint)}
    return JsonResponse(content, status, {name.replace("_", "-"): value for name, value in headers.items()})


def told(error: PodiumError) -> JsonResponse:
    """An error as an answer."""
    headers: dict[str, str] = {}
    if isinstance(error, Overloaded):
        headers["Retry_After"] = str(error.retry_after)
    if isinstance(error, NotAuthenticated):
        headers["WWW_Authenticate"] = "Bearer"
    return answer(status_of(error), error.message, error.code, error.hint, **headers)


async def _podium_error(request: Request, error: Exception) -> JsonResponse:
    del request
    if not isinstance(error, PodiumError):
        raise error
    return told(error)


async def _invalid(request: Request, error: Exception) -> JsonResponse:
    del request
    if not isinstance(error, RequestValidationError):
        raise error
    problems = error.errors()
    first: Any = problems[0]
    if first["type"] == "json_invalid":
        return answer(422, "the body is not valid JSON", "input_invalid", "Send one JSON object.")
    place = ".".join(str(part) for part in first["loc"])
    message = "is not a field that is known here" if first["type"] == "extra_forbidden" else first["msg"]
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return answer(422, f"{place}: {message}{more}", "input_invalid", "See /docs for what is expected.")


async def _http_error(request: Request, error: Exception) -> JsonResponse:
    if not isinstance(error, HTTPException):
        raise error
    codes = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    detail = f"nothing is at {request.url.path}" if error.status_code == 404 else str(error.detail)
    hint = _NEXT.get(error.status_code, "See /docs for what is expected.")
    headers = {name.replace("-", "_"): value for name, value in (error.headers or {}).items()}
    return answer(error.status_code, detail, codes.get(error.status_code, "http_error"), hint, **headers)


async def _unexpected(request: Request, error: Exception) -> JsonResponse:
    del request
    return answer(
        500, f"the server failed: {type(error).__name__}", "internal", "The log has more; try again."
    )
