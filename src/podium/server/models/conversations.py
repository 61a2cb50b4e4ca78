"""Threads as people look for them and take them away, and their steps."""

from __future__ import annotations

from typing import Any, Literal

from podium.core.model import JsonObject, Model
from podium.storage.thread_search import ThreadStatus


class ListedThreadShown(Model):
    """A thread in a list."""

    thread_id: str
    title: str
    """What people gave it in `metadata.title`, else the start of the first words; may be empty."""
    status: ThreadStatus
    graph_id: str | None
    owner: str
    created_at: str
    updated_at: str
    waiting: int
    """How many things in it wait for a person."""
    metadata: JsonObject


class ThreadPage(Model):
    """Threads, the one that changed last first."""

    threads: list[ListedThreadShown]


class StepTaskShown(Model):
    """A node that ran from a checkpoint."""

    task_id: str
    node: str
    wrote: list[str]
    """The keys of the state that it wrote."""
    error: bool
    interrupted: bool


class StepShown(Model):
    """A checkpoint, and what ran from it."""

    seq: int
    checkpoint_id: str
    parent_id: str | None
    step: int
    source: str
    """`input`, `loop`, `update` or `fork`."""
    went_back: bool
    """Whether it is where a rollback began anew."""
    run_id: str | None
    at: str
    tasks: list[StepTaskShown]


class StepList(Model):
    """A page of a thread's steps, the earliest first."""

    steps: list[StepShown]
    next: int | None
    """What to send as `after` for the next page; null at the end."""
    head: str | None
    """The checkpoint that the thread stands at."""


class ExportedThread(Model):
    """A thread to take away."""

    schema_version: Literal[1] = 1
    thread: ListedThreadShown
    messages: list[Any]
    runs: list[Any]
    effects: list[Any]
    decisions: list[Any]
    feedback: list[Any]
