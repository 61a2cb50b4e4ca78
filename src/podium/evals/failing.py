"""A trial that gives no result, and why; it is never a score."""

from __future__ import annotations

from podium.core.errors import ConfigError, InputError, NotRecorded, PodiumError
from podium.core.loading import one_line
from podium.evals.log import TrialError

_LONGEST = 2_000


class TrialFailed(Exception):
    """A trial gave no result.

    Attributes:
        error: Why, as the log has it.
        again: Whether another attempt may give one.
    """

    def __init__(self, error: TrialError, *, again: bool = True) -> None:
        super().__init__(error.message)
        self.error = error
        self.again = again


def failed(error: BaseException) -> TrialFailed:
    """What a target raised, as a failed trial.

    Args:
        error: Anything.
    """
    if isinstance(error, TrialFailed):
        return error
    if isinstance(error, PodiumError):
        said = TrialError(code=error.code, message=error.message, hint=error.hint)
        return TrialFailed(said, again=not isinstance(error, ConfigError | InputError | NotRecorded))
    if isinstance(error, MemoryError):
        message = "the case took more memory than it may"
        said = TrialError(code="case_memory", message=message, hint="Raise limits.memory_mb.")
        return TrialFailed(said, again=False)
    text = f"{type(error).__name__}: {one_line(error)}"[:_LONGEST]
    return TrialFailed(TrialError(code="case_failed", message=text))


def too_slow(limit: float) -> TrialFailed:
    """A trial that did not end in time.

    Args:
        limit: Seconds.
    """
    said = TrialError(
        code="case_timeout",
        message=f"it did not end within {limit:g} s",
        hint="Raise limits.timeout, or look at what it waits for.",
    )
    return TrialFailed(said, again=False)
