"""Importing guardrails-ai without its telemetry.

Creating a validator, calling a traced method of one, and building a `Guard` each ask the library for one
telemetry object, whose construction starts an OpenTelemetry exporter for an outside host; its documented
switches are read from the user's home folder again and again. A telemetry object without a tracer, put
in place before anybody asks, is taken for the real one and never sends: nothing on disk and nothing
in the environment is touched, and OpenTelemetry stays the user's own.
"""

from __future__ import annotations

import warnings
from types import ModuleType


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
    import guardrails
    from guardrails.utils.hub_telemetry_utils import HubTelemetry

    if HubTelemetry._instance is None:
        HubTelemetry._instance = object.__new__(HubTelemetry)
    module: ModuleType = guardrails
    return module
