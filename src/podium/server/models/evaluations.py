"""Evaluations on the wire."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from podium.core.model import JsonObject, JsonValue, Model
from podium.evals.log import LogEnd, LogHeader
from podium.evals.report.model import CaseView, Change
from podium.server.errors import Problem
from podium.server.models.podium import Short
from podium.server.models.runs import Uuid
from podium.server.wire import Body


class Evaluation(Model):
    """The log of a run of a suite."""

    name: str
    header: LogHeader
    end: LogEnd | None = None
    """Null where it was cut off, or goes on."""
    bytes: int


class EvaluationList(Model):
    """The logs of evaluations, the latest first."""

    evaluations: list[Evaluation]


class Figure(Model):
    """A metric of an evaluation."""

    metric: str
    mean: float | None
    low: float | None
    high: float | None


class EvaluationReport(Model):
    """An evaluation and its figures."""

    evaluation: Evaluation
    trials: int
    errors: int
    figures: list[Figure]


class SuiteView(Model):
    """A suite of the project."""

    name: str
    description: str = ""
    target: str = ""
    """What it evaluates, in words."""
    primary: str = ""
    case_files: list[str] = []
    """Its files that take further cases."""
    runs: int = 0
    latest: Evaluation | None = None
    problem: Problem | None = None
    """What is wrong with it, where it cannot be read."""


class SuiteList(Model):
    """The project's suites, by name."""

    suites: list[SuiteView]


class CaseRow(Model):
    """One run of a case, in short."""

    case: str
    epoch: int
    tags: list[str]
    score: float | None
    """By the metric that the list goes by."""
    scores: dict[str, float | None]
    reason: str
    error: str
    seconds: float
    status: str
    input: str
    """What was asked, cut where it is long."""
    thread_id: str | None
    """The thread that the case was made of, where it is here."""


class CaseRowList(Model):
    """A page of the runs of cases."""

    metric: str
    cases: list[CaseRow]


class TrialView(CaseView):
    """One run of a case, whole."""

    thread_id: str | None = None
    """The thread that the case was made of, where it is here."""


class TrialBody(Body):
    """Which run of a case."""

    case: Short
    epoch: Annotated[int, Field(ge=0, le=1000)] = 0


class TrialThread(Model):
    """A thread in which a case can be tried."""

    thread_id: str
    input: JsonValue
    """What to send first; null where the case begins with no words."""


class MetricChange(Model):
    """A metric in two runs."""

    name: str
    primary: bool
    change: Change | None
    """Null where no case was judged in both."""


class CaseDifference(Model):
    """A case in two runs, by the mean over its epochs."""

    case: str
    tags: list[str]
    before: float
    now: float
    difference: float


class EvaluationComparison(Model):
    """Two runs of a suite, case by case."""

    suite: str
    metric: str
    """What the cases are compared by."""
    before: Evaluation
    after: Evaluation
    metrics: list[MetricChange]
    cases: list[CaseDifference]
    """A page, the largest loss first."""


class RunSuiteBody(Body):
    """Which part of a suite to run, and how."""

    tags: Annotated[list[Short], Field(max_length=50)] = []
    """Only cases with one of them; all when empty."""
    limit: Annotated[int, Field(ge=1, le=100_000)] | None = None
    """Only so many cases."""
    model: Short | None = None
    """In place of the project's own; `offline` costs nothing."""
    max_cost: Annotated[float, Field(ge=0)] | None = None
    """Money after which no further case is begun; a run that costs needs it."""


class SuiteProgress(Model):
    """How far a run of a suite is."""

    name: str
    """The evaluation's."""
    state: Literal["running", "ended", "failed", "stopped"]
    planned: int
    done: int
    case: str
    """What was done last."""
    verdict: str
    """What the suite's rules came to: passed, failed, cannot tell; empty until it ended."""
    problem: Problem | None


class CaseBody(Body):
    """A thread to add as a case."""

    thread_id: Uuid
    case_id: Annotated[str, Field(max_length=200)] = ""
    """What the case is called; by the thread when empty."""
    answer: JsonValue = None
    """What the answer should have been; what people said of it when null."""
    file: Annotated[str, Field(max_length=300)] = ""
    """One of the suite's `case_files`; chosen when empty."""


class CaseAdded(Model):
    """A case that was added."""

    case: JsonObject
    suite: str
    file: str
    in_suite: bool
    hint: str = ""
    """What is left to do so that the suite runs it."""
