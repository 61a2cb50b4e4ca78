"""One SQLite file per project: database, checkpoints, runs, events, leases.

Names resolve on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podium.storage.checkpointer import PodiumSaver
    from podium.storage.database import Database
    from podium.storage.events import EventLog, EventRecord, SqlEventLog
    from podium.storage.feedback import FeedbackRecord, FeedbackRecords
    from podium.storage.leases import Lease, ThreadLeases
    from podium.storage.runs import RunRecord, RunRecords
    from podium.storage.threads import ThreadRecord, ThreadRecords

__all__ = [
    "Database",
    "EventLog",
    "EventRecord",
    "FeedbackRecord",
    "FeedbackRecords",
    "Lease",
    "PodiumSaver",
    "RunRecord",
    "RunRecords",
    "SqlEventLog",
    "ThreadLeases",
    "ThreadRecord",
    "ThreadRecords",
]

_MODULES = {
    "Database": "database",
    "EventLog": "events",
    "EventRecord": "events",
    "FeedbackRecord": "feedback",
    "FeedbackRecords": "feedback",
    "Lease": "leases",
    "PodiumSaver": "checkpointer",
    "RunRecord": "runs",
    "RunRecords": "runs",
    "SqlEventLog": "events",
    "ThreadLeases": "leases",
    "ThreadRecord": "threads",
    "ThreadRecords": "threads",
}


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
