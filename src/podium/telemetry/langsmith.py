"""LangSmith's tracing: LangChain begins it where the environment says so, here only the manifest does."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Final

_SWITCH: Final = "LANGSMITH_TRACING_V2"
"""The variable that goes before all others that switch it on."""


@contextmanager
def untraced() -> Iterator[None]:
    """Send nothing of what the block does, and what it starts, to LangSmith."""
    from langsmith.run_helpers import tracing_context

    with tracing_context(enabled=False):
        yield


def switch_off(environ: MutableMapping[str, str]) -> None:
    """Let no process with this environment send anything that it was not told to send.

    Args:
        environ: The environment of a process of Podium's own; not that of an application around it.
    """
    environ[_SWITCH] = "false"
