"""Runs on the wire."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

from podium.core.model import JsonObject, JsonValue, Model
from podium.runtime.serving.input import FROM_CALLERS, RESERVED
from podium.runtime.serving.modes import Mode
from podium.server.wire import Body

Uuid = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
Nodes = Literal["*"] | list[str]
RunStatus = Literal["pending", "running", "error", "success", "timeout", "interrupted"]
_YEAR_S = 366 * 86_400


class RunConfig(Body):
    """LangGraph's configuration of a run."""

    tags: list[str] | None = None
    recursion_limit: Annotated[int, Field(ge=1, le=10_000)] | None = None
    configurable: JsonObject | None = None
    metadata: JsonObject | None = None

    @model_validator(mode="after")
    def _without_reserved(self) -> Self:
        for name in self.configurable or ():
            if name.startswith(RESERVED) and name not in FROM_CALLERS:
                raise ValueError(f"configurable.{name} is set by the server only")
        return self


class Send(Body):
    """A node to go to, and its input."""

    node: str
    input: JsonValue = None


class RunCommand(Body):
    """What a run does first instead of taking an input."""

    update: JsonValue = None
    resume: JsonValue = None
    goto: str | Send | list[str | Send] | None = None


class CheckpointRef(Body):
    """A checkpoint of a thread."""

    thread_id: str | None = None
    checkpoint_id: str | None = None
    checkpoint_ns: str | None = None
    checkpoint_map: JsonObject | None = None


class RunCreate(Body):
    """A run that is asked for."""

    assistant_id: str
    """An assistant's id, or a graph's name."""
    input: JsonValue = None
    command: RunCommand | None = None
    config: RunConfig | None = None
    context: JsonObject | None = None
    metadata: JsonObject | None = None
    checkpoint: CheckpointRef | None = None
    checkpoint_id: str | None = None
    stream_mode: Mode | list[Mode] | None = None
    stream_subgraphs: bool = False
    stream_resumable: bool = False
    """Every stream is; this is taken for clients that ask."""
    interrupt_before: Nodes | None = None
    interrupt_after: Nodes | None = None
    webhook: Annotated[str, StringConstraints(max_length=2_000)] | None = None
    multitask_strategy: Literal["reject", "enqueue", "interrupt", "rollback"] | None = Field(
        default=None, validation_alias=AliasChoices("multitask_strategy", "multitaskStrategy")
    )
    if_not_exists: Literal["reject", "create"] = "reject"
    on_disconnect: Literal["cancel", "continue"] | None = None
    on_completion: Literal["delete", "keep"] | None = None
    after_seconds: Annotated[float, Field(ge=0, le=_YEAR_S)] | None = None
    durability: Literal["sync", "async", "exit"] | None = None
    checkpoint_during: bool | None = None
    """The older name of `durability`: true is `async`, false is `exit`."""
    strict_resume: bool = False
    """Whether an answer to what does not wait fails the run, and leaves the thread as it was."""
    feedback_keys: list[str] | None = None
    """Of LangSmith, as the next one is: taken, and answered with a warning."""
    langsmith_tracer: JsonObject | None = Field(
        default=None, validation_alias=AliasChoices("langsmith_tracer", "langsmith_tracing")
    )

    def modes(self) -> list[str]:
        """The kinds of events that are wanted."""
        given = self.stream_mode
        return [given] if isinstance(given, str) else list(given or ["values"])

    def unheeded(self, *, in_thread: bool, attended: bool) -> list[str]:
        """The fields that have no effect as they are sent.

        Args:
            in_thread: Whether the run is asked for in a thread.
            attended: Whether the client stays for the run's end.
        """
        at = self.checkpoint_id or (self.checkpoint and self.checkpoint.checkpoint_id)
        without = {
            "feedback_keys": bool(self.feedback_keys),
            "langsmith_tracer": bool(self.langsmith_tracer),
            "input": bool(self.input) and self.command is not None,
            "checkpoint": bool(at) and not in_thread,
            "checkpoint_during": self.checkpoint_during is not None and self.durability is not None,
            "on_completion": self.on_completion is not None and in_thread,
            "on_disconnect": self.on_disconnect is not None and not attended,
        }
        return [name for name, has_none in without.items() if has_none]

    def kwargs(self) -> dict[str, Any]:
        """What is stored of the request for whoever carries it out."""
        place = self.checkpoint.model_dump(exclude_none=True) if self.checkpoint else {}
        place.pop("thread_id", None)
        if self.checkpoint_id:
            place["checkpoint_id"] = self.checkpoint_id
        told: dict[str, Any] = {
            "input": self.input,
            "command": self.command.model_dump(exclude_unset=True) if self.command else None,
            "config": self.config.model_dump(exclude_none=True) if self.config else None,
            "context": self.context,
            "checkpoint": place,
            "stream_mode": self.modes(),
            "stream_subgraphs": self.stream_subgraphs,
            "interrupt_before": self.interrupt_before,
            "interrupt_after": self.interrupt_after,
            "webhook": self.webhook,
            "on_completion": self.on_completion,
            "durability": self.durability or _older(self.checkpoint_during),
            "strict_resume": self.strict_resume,
        }
        return {name: value for name, value in told.items() if value not in (None, {}, False)}


class BatchRun(RunCreate):
    """One run of a batch: in a thread, or in a temporary one."""

    thread_id: Uuid | None = None

    @model_validator(mode="before")
    @classmethod
    def _as_javascript_names_it(cls, given: Any) -> Any:
        """LangGraph's JavaScript client sends the fields of a batch in camel case."""
        if not isinstance(given, dict):
            return given
        names = {to_camel(name): name for name in cls.model_fields}
        return {names.get(name, name): value for name, value in given.items()}


class CancelRuns(Body):
    """Which runs to cancel."""

    thread_id: Uuid | None = None
    run_ids: list[Uuid] | None = None
    status: Literal["pending", "running", "all"] | None = None


class Run(Model):
    """A run as it is told."""

    run_id: str
    thread_id: str
    assistant_id: str
    created_at: str
    updated_at: str
    status: RunStatus
    metadata: JsonObject
    kwargs: JsonObject
    multitask_strategy: str
    attempt: int
    error: JsonObject | None = None


RunField = Literal[
    "run_id",
    "thread_id",
    "assistant_id",
    "created_at",
    "updated_at",
    "status",
    "metadata",
    "kwargs",
    "multitask_strategy",
    "attempt",
    "error",
]


class SelectedRun(Model):
    """What was asked for of a run."""

    run_id: str | None = None
    thread_id: str | None = None
    assistant_id: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    status: RunStatus | None = None
    metadata: JsonObject | None = None
    kwargs: JsonObject | None = None
    multitask_strategy: str | None = None
    attempt: int | None = None
    error: JsonObject | None = None


def _older(during: bool | None) -> str | None:
    return None if during is None else "async" if during else "exit"
