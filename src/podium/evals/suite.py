"""A suite: what is run, on which cases, how it is judged, and what must hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, Self, TypeAlias

from pydantic import Discriminator, Field, FiniteFloat, StringConstraints, Tag, model_validator

from podium.core.model import JsonObject, Model
from podium.core.settings import Name
from podium.core.source_settings import EnvironmentName
from podium.evals.case import Case

Place = Annotated[str, StringConstraints(pattern=r"^[^:]+:[A-Za-z_]\w*$")]
"""A thing in a Python file or module: `file.py:name`, relative to the suite, or `package.module:name`."""

Adapter = Annotated[str, StringConstraints(pattern=r"^([^:]+:[A-Za-z_]\w*|[a-z][a-z0-9_]*)$")]
"""A thing in Python, or the name of a format that `podium.evals.adapters` reads, such as `cranfield`."""

Metric = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class ProjectSpec(Model):
    """The agents of a project, each case in a thread and a world of its own."""

    project: str = "."
    """The project's folder, relative to the suite; `.` finds the one that the suite lies in."""
    model: str | None = None
    """Replaces the manifest's default model."""
    world: Literal["fresh", "current"] = "fresh"
    """What each case gets a copy of: a world made anew, or the project's own as it is now."""


class FunctionSpec(Model):
    """A plain function, sync or async, of a case's input; it returns an output or an `Observation`."""

    function: Place


class GraphSpec(Model):
    """Any LangGraph graph: compiled, to be compiled, or a factory of one."""

    graph: Place
    input: str | JsonObject = "messages"
    """`messages` wraps a text as a message, `raw` passes the input as it is; an object is a template in which
    the text `$input` stands for the input."""
    output: str = ""
    """JMESPath of the output in the final state; the last message's text, or the whole state, when empty."""


class AssistantSpec(Model):
    """An assistant on an Agent Server."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://")]
    assistant: str
    """Its id, or its graph's name."""
    input: str | JsonObject = "messages"
    output: str = ""
    """As for a graph."""
    api_key_env: EnvironmentName | None = None
    """The environment variable that holds the server's key."""


_KINDS = frozenset(
    {
        *("project_target", "function_target", "graph_target", "url_target"),
        *("path", "case_file", "inline_case", "name", "scorer"),
    }
)


def written(path: Sequence[str | int]) -> tuple[str | int, ...]:
    """The path of a setting as the file has it, without the kinds that pydantic puts in.

    Args:
        path: Where pydantic found a problem.
    """
    return tuple(
        part
        for place, part in enumerate(path)
        if part not in _KINDS or place == 0 or not _is_kind(path, place)
    )


def _is_kind(path: Sequence[str | int], place: int) -> bool:
    before = path[place - 1]
    return before == "target" or isinstance(before, int)


_TARGETS = ("project", "function", "graph", "url")


def _target_kind(value: Any) -> str | None:
    if isinstance(value, dict):
        return next((f"{kind}_target" for kind in _TARGETS if kind in value), None)
    kinds = (ProjectSpec, FunctionSpec, GraphSpec, AssistantSpec)
    found = (name for name, kind in zip(_TARGETS, kinds, strict=True) if isinstance(value, kind))
    return next((f"{name}_target" for name in found), None)


TargetSpec: TypeAlias = Annotated[
    Annotated[ProjectSpec, Tag("project_target")]
    | Annotated[FunctionSpec, Tag("function_target")]
    | Annotated[GraphSpec, Tag("graph_target")]
    | Annotated[AssistantSpec, Tag("url_target")],
    Discriminator(
        _target_kind,
        custom_error_type="no_target",
        custom_error_message="a target names a project, a function, a graph or a url",
    ),
]


class CaseFile(Model):
    """Cases from a JSON Lines file, from Python, or from a public set or a folder like it."""

    file: str = ""
    """JSON Lines, relative to the suite; a variable of the environment may stand at its start:
    `$PODIUM_DATA/cranfield`."""
    adapter: Adapter | None = None
    """With a file, a function that makes a case of each line's object, or None to leave it out; or the format
    of the file or folder: `begin`, `bipia`, `chunking`, `clapnq`, `cranfield`, `piguard`, `presidio`, `tau2`.
    Without a file, a function that gives all cases."""
    where: JsonObject = {}
    """Only lines, or entries of a set, whose object has these values."""
    tags: tuple[str, ...] = ()
    """Given to every case."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.file and self.adapter is None:
            raise ValueError("name a file, an adapter, or both")
        if self.format and not self.file:
            raise ValueError(f"the adapter {self.format!r} needs a file or folder: file")
        return self

    @property
    def format(self) -> str:
        """The name of the format, where the adapter is one."""
        return self.adapter if self.adapter is not None and ":" not in self.adapter else ""


def _case_kind(value: Any) -> str:
    if isinstance(value, Case) or (isinstance(value, dict) and "id" in value):
        return "inline_case"
    return "path" if isinstance(value, str) else "case_file"


CaseSource: TypeAlias = Annotated[
    Annotated[str, Tag("path")] | Annotated[CaseFile, Tag("case_file")] | Annotated[Case, Tag("inline_case")],
    Discriminator(_case_kind),
]


class ScorerUse(Model):
    """One scorer with its options."""

    use: Metric
    """A scorer's name, or `file.py:function`."""
    name: str = ""
    """What the metric is called; the scorer's own name when empty."""
    options: JsonObject = {}
    tags: tuple[str, ...] = ()
    """Only cases with one of these tags are judged; all when empty."""


def _scorer_kind(value: Any) -> str:
    return "name" if isinstance(value, str) else "scorer"


ScorerSpec: TypeAlias = Annotated[
    Annotated[str, Tag("name")] | Annotated[ScorerUse, Tag("scorer")], Discriminator(_scorer_kind)
]


class Limits(Model):
    """What a run may take."""

    concurrency: Annotated[int, Field(ge=1, le=256)] = 4
    """Cases at a time."""
    timeout: Annotated[FiniteFloat, Field(gt=0)] = 120.0
    """Seconds for one trial of a case."""
    retries: Annotated[int, Field(ge=0, le=10)] = 1
    """Further attempts after an error; a case that was too slow is not tried again."""
    memory_mb: Annotated[int, Field(ge=64)] | None = None
    """Memory that one worker process may take; needs `processes`."""
    errors: Annotated[FiniteFloat, Field(ge=0, le=1)] = 0.0
    """The share of trials that may end in an error before the gate is closed."""


class Threshold(Model):
    """What must hold of a metric."""

    metric: Metric
    min: FiniteFloat | None = None
    max: FiniteFloat | None = None
    max_drop: Annotated[FiniteFloat, Field(ge=0)] | None = None
    """How much worse than the baseline it may be."""
    slice: str = ""
    """Only cases with this tag; all when empty."""
    better: Literal["higher", "lower"] | None = None
    """Which way is better, for `max_drop`; as the scorer of that name has it when None."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.min is None and self.max is None and self.max_drop is None:
            raise ValueError("a threshold has min, max or max_drop")
        return self


class Suite(Model):
    """A suite, as `evals/NAME.yaml` holds it, or as `suite()` in `evals/NAME.py` returns it."""

    name: Name
    description: str = ""
    target: TargetSpec = ProjectSpec()
    cases: Annotated[tuple[CaseSource, ...], Field(min_length=1)]
    scorers: Annotated[tuple[ScorerSpec, ...], Field(min_length=1)]
    epochs: Annotated[int, Field(ge=1, le=1000)] = 1
    """How often each case is run."""
    limits: Limits = Limits()
    processes: bool = False
    """Run cases in worker processes, so that one that hangs, crashes or fills memory harms no other."""
    cache: bool = False
    """Use what an earlier run observed where case, target, model, prompts and policy are the same."""
    thresholds: tuple[Threshold, ...] = ()
    primary: str = ""
    """The metric that counts most; the first scorer's when empty."""
    cluster: str = ""
    """The metadata of a case that names its conversation or family, where the case does not say `cluster`."""
    seed: int = 0

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.limits.memory_mb is not None and not self.processes:
            raise ValueError("limits.memory_mb needs processes: true")
        return self

    @property
    def uses(self) -> tuple[ScorerUse, ...]:
        """The scorers, each with its options."""
        return tuple(ScorerUse(use=spec) if isinstance(spec, str) else spec for spec in self.scorers)

    def cluster_of(self, case: Case) -> str:
        """The family that a case belongs to; empty where it stands alone."""
        if case.cluster or not self.cluster:
            return case.cluster
        found = case.metadata.get(self.cluster)
        return "" if found is None else str(found)
