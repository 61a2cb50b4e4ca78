"""Importing guardrails-ai without its telemetry and without what it downloads.

Creating a validator, calling a traced method of one, and building a `Guard` each ask the library for one
telemetry object, whose construction starts an OpenTelemetry exporter for an outside host; its documented
switches are read from the user's home folder again and again. A telemetry object without a tracer, put
in place before anybody asks, is taken for the real one and never sends: nothing on disk and nothing
in the environment is touched, and OpenTelemetry stays the user's own.

Where NLTK is installed, importing the library also imports that, which takes longer than all the rest, and
fetches a tokenizer: nothing here uses either. What cuts texts with NLTK loads it when it is called.
"""

from __future__ import annotations

import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from podium.core.late_imports import Later, is_installed, put_off_grammars, without


def import_guardrails() -> ModuleType:
    """The module `guardrails`, imported, with its telemetry off for this process.

    Takes seconds the first time. When the process already uses guardrails-ai with telemetry of its own,
    that is left as it is.

    Raises:
        ImportError: guardrails-ai is not installed.
    """
    # Importing it evaluates an attribute of click that is deprecated; where warnings are errors that
    # would be the end of it. The filter is narrow and stays: restoring filters from a background thread
    # would undo what other threads set meanwhile.
    warnings.filterwarnings("ignore", category=DeprecationWarning, message=r".*(?i:click|typer).*")
    put_off_grammars()
    with without("nltk"), _no_downloads():
        import guardrails
        from guardrails.utils import docs_utils
        from guardrails.utils.hub_telemetry_utils import HubTelemetry

    if docs_utils.nltk is None and is_installed("nltk"):
        docs_utils.nltk = Later("nltk")

    if HubTelemetry._instance is None:
        HubTelemetry._instance = object.__new__(HubTelemetry)
    module: ModuleType = guardrails
    return module


@contextmanager
def _no_downloads() -> Iterator[None]:
    """NLTK, if this process uses it, fetches nothing for this thread; others are not concerned."""
    nltk: Any = sys.modules.get("nltk")
    if nltk is None:
        yield
        return
    download, mine = nltk.download, threading.get_ident()

    def refuse(*args: Any, **options: Any) -> Any:
        return False if threading.get_ident() == mine else download(*args, **options)

    nltk.download = refuse
    try:
        yield
    finally:
        nltk.download = download
