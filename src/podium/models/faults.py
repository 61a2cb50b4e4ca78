"""Telling what went wrong with a model call, in Podium's words.

Providers raise their own exceptions; LangChain's common classes are known first, then HTTP status codes,
then the transport's. The provider's text is shown only where it helps, shortened and without keys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from podium.core.errors import (
    ModelAuthError,
    ModelContextError,
    ModelError,
    ModelOutputError,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
)
from podium.models.secrets import one_line

_OVERFLOW = ("context_length_exceeded", "context window", "maximum context length")
_LATE = {"ModelTimeoutError", "TimeoutException"}
_LOST = {"ModelConnectionError", "ModelAPIError", "APIConnectionError", "TransportError", "ConnectionError"}
_GARBLED = {"JSONDecodeError", "APIResponseValidationError"}
_REFUSAL = ("content_filter", "content management policy")


@dataclass(frozen=True, slots=True)
class Fault:
    """One failed attempt.

    Attributes:
        error: What to raise if it stays so.
        retry: Whether the same call may succeed a moment later.
        after: Seconds that the provider asks to wait; None when it does not say.
        unsupported: Whether the provider rejected the form of the request.
        down: Whether it speaks for the provider being out of order.
    """

    error: ModelError
    retry: bool = False
    after: float | None = None
    unsupported: bool = False
    down: bool = False


def fault_of(error: BaseException, model: str, secrets: Sequence[str] = ()) -> Fault:
    """What an exception from a model means.

    Args:
        error: What the model's client raised.
        model: Name of the model, for the message.
        secrets: Keys that must not be shown.
    """
    if isinstance(error, ModelOutputError):
        return Fault(error)
    kind = {base.__name__ for base in type(error).__mro__}
    status = _status(error)
    said = one_line(str(error), secrets)
    return _final_fault(kind, status, said.lower(), model) or _passing_fault(error, kind, status, said, model)


def _final_fault(kind: set[str], status: int | None, low: str, model: str) -> Fault | None:
    """A failure that the same call would meet again; None when it is not one of these."""
    if kind & {"ModelAuthenticationError", "ModelPermissionDeniedError"} or status in (401, 403):
        return Fault(
            ModelAuthError(
                f"{model} refused the key",
                hint="Put a valid key into the environment variable that models.providers names.",
            )
        )
    if "ContextOverflowError" in kind or status == 413 or any(sign in low for sign in _OVERFLOW):
        return Fault(
            ModelContextError(
                f"the call does not fit into the window of {model}",
                hint="Set models.window in podium.toml to what the model takes.",
            )
        )
    if kind & {"OpenAIRefusalError", "ContentFilterFinishReasonError"} or any(s in low for s in _REFUSAL):
        return Fault(ModelRefused(f"{model} declined to answer", hint="Ask in another way."))
    if "LengthFinishReasonError" in kind:
        cut_off = f"the reply of {model} was cut off at its length limit"
        return Fault(ModelOutputError(cut_off, hint="Allow the model longer replies."))
    if status == 404 or "ModelNotFoundError" in kind:
        unknown = f"{model} is not known to its provider"
        return Fault(ModelError(unknown, hint="Check the model's name and base URL."))
    return None


def _passing_fault(error: BaseException, kind: set[str], status: int | None, said: str, model: str) -> Fault:
    """A failure that may be over in a moment, or one of no known kind."""
    if isinstance(error, TimeoutError) or kind & _LATE or status == 408:
        late = ModelTimeout(
            f"{model} did not answer in time", hint="Try again, or raise the provider's timeout."
        )
        return Fault(late, retry=True, down=True)
    if "ModelRateLimitError" in kind or status == 429:
        busy = ModelUnavailable(
            f"{model} takes no more requests now (429)", hint="Wait a little, then try again."
        )
        return Fault(busy, retry=True, after=retry_after(error), down=True)
    if status is not None and status >= 500:
        broken = ModelUnavailable(f"{model} failed ({status})", hint="Try again later.")
        return Fault(broken, retry=True, after=retry_after(error), down=True)
    if kind & _LOST:
        lost = ModelUnavailable(
            f"the connection to {model} failed or was cut", hint="Check the base URL and the network."
        )
        return Fault(lost, retry=True, down=True)
    if kind & _GARBLED:
        garbled = ModelUnavailable(f"{model} sent a response that is not JSON", hint="Check the base URL.")
        return Fault(garbled, retry=True, down=True)
    failed = ModelError(
        f"{model} failed: {said or type(error).__name__}", hint="See the model's documentation."
    )
    return Fault(failed, unsupported=status in (400, 422))


def retry_after(error: BaseException) -> float | None:
    """Seconds that the provider asks to wait before the next try; None when it does not say."""
    headers = getattr(getattr(error, "response", None), "headers", None)
    if headers is None:
        return None
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        if (value := headers.get(name)) is not None:
            seconds = _seconds(str(value))
            return None if seconds is None else seconds / unit
    return None


def _seconds(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return _until(value)
    return number if 0 <= number < float("inf") else None


def _until(date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _status(error: BaseException) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int):
            return status
    return None
