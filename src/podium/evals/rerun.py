"""Real threads once more, under another model, other prompts or another policy, beside what they came to.

Each thread runs in a copy of the project's world and data; nothing outside is touched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from podium.app.project import Project
from podium.core.canonical import canonical_digest
from podium.core.clock import SystemClock, to_iso
from podium.evals.case import Case
from podium.evals.log import SCHEMA_VERSION, LogEnd, LogHeader, LogWriter, TrialRecord
from podium.evals.observation import Observation
from podium.evals.runner import Conditions, NamedScorer, Runner, digest_of_case
from podium.evals.score import Score
from podium.evals.scorers.judging import judge
from podium.evals.scorers.texts import token_f1, words
from podium.evals.suite import Limits
from podium.evals.targets.project import ProjectTarget
from podium.evals.threads import RealThread

NAME = "threads"
PRIMARY = "same_outcome"


@dataclass(frozen=True, slots=True)
class Otherwise:
    """What is other than it was.

    Attributes:
        model: Replaces the models of all roles.
        policy: A policy file in place of the project's.
        agents: A folder of prompts in place of the project's.
        world: What each thread gets a copy of: the project's world as it is, or one made anew.
    """

    model: str | None = None
    policy: Path | None = None
    agents: Path | None = None
    world: Literal["fresh", "current"] = "current"


async def rerun(
    project: Project,
    threads: Sequence[RealThread],
    otherwise: Otherwise,
    out: Path,
    *,
    told: Callable[[TrialRecord], None] | None = None,
) -> tuple[Path, Path]:
    """Run threads again, and write what they came to then and now as two logs that can be compared.

    Args:
        project: The project.
        threads: What is run again.
        otherwise: What is other than it was.
        out: The folder of the logs.
        told: Told of every thread that was run.

    Returns:
        The log of what was, and the log of what came now.

    Raises:
        PodiumError: The project cannot be opened so.
    """
    scorers = scorers_of({one.case.id: one.observed for one in threads})
    stamp = to_iso(SystemClock().now())[:19].replace("-", "").replace(":", "")
    before, after = (out / NAME / f"{stamp}-{part}.jsonl" for part in ("before", "after"))
    await _write_before(before, threads, scorers)
    target = ProjectTarget(_changed(project, otherwise), model=otherwise.model, world=otherwise.world)
    try:
        await target.open()
        writer = LogWriter(after)
        try:
            writer.add(_header(threads, target.name, dict(target.versions)))
            runner = Runner(target, scorers, Conditions(limits=Limits(concurrency=2)))
            await runner.run([one.case for one in threads], writer, told=told)
            writer.add(_end())
        finally:
            writer.close()
    finally:
        await target.close()
    return before, after


def scorers_of(recorded: Mapping[str, Observation]) -> tuple[NamedScorer, ...]:
    """What is looked at beside what was: whether it stayed the same, what it took, and what people corrected.

    Args:
        recorded: What each case came to, by its id.
    """

    def same(part: Callable[[Observation], object]) -> Callable[[Case, Observation], Score | bool]:
        def judged(case: Case, observed: Observation) -> bool:
            return part(observed) == part(recorded[case.id])

        return judged

    def answer(case: Case, observed: Observation) -> float | None:
        was = recorded[case.id].output
        if not isinstance(was, str) or not isinstance(observed.output, str):
            return None
        return _likeness(was, observed.output)

    def corrected(case: Case, observed: Observation) -> float | None:
        right = case.expected.answer
        if not isinstance(right, str) or not isinstance(observed.output, str):
            return None
        return _likeness(right, observed.output)

    parts: dict[str, Callable[[Case, Observation], Score | float | bool | None]] = {
        PRIMARY: same(lambda seen: (seen.status, _actions(seen))),
        "same_status": same(lambda seen: seen.status),
        "same_actions": same(_actions),
        "same_route": same(lambda seen: seen.route),
        "answer_like_before": answer,
        "answer_like_correction": corrected,
        "escalated": lambda _, observed: observed.escalated,
        "confidence": lambda _, observed: observed.confidence,
        "seconds": lambda _, observed: observed.seconds,
        "model_calls": lambda _, observed: float(observed.model_calls),
        "cost": lambda _, observed: observed.cost,
    }
    return tuple(NamedScorer(name, scorer) for name, scorer in parts.items())


def _actions(seen: Observation) -> list[tuple[str, str]]:
    """The calls that change the world; simulated ones count as made."""
    made = [one for one in seen.actions if one.effect != "read"]
    return sorted((one.tool, canonical_digest(one.args)) for one in made)


def _likeness(right: str, made: str) -> float:
    return token_f1(words(right), words(made))


def _changed(project: Project, otherwise: Otherwise) -> Project:
    manifest = project.manifest
    if otherwise.policy is not None:
        policy = manifest.policy.model_copy(update={"files": (str(otherwise.policy.absolute()),)})
        manifest = manifest.model_copy(update={"policy": policy})
    if otherwise.agents is not None:
        agents = manifest.agents.model_copy(update={"path": str(otherwise.agents.absolute())})
        manifest = manifest.model_copy(update={"agents": agents})
    return replace(project, manifest=manifest)


async def _write_before(path: Path, threads: Sequence[RealThread], scorers: Sequence[NamedScorer]) -> None:
    writer = LogWriter(path)
    try:
        writer.add(_header(threads, "what was", {}))
        for one in threads:
            scores: list[Score] = []
            for named in scorers:
                scores += await judge(named.name, named.scorer, one.case, one.observed)
            writer.add(
                TrialRecord(
                    kind="trial",
                    case=one.case,
                    digest=digest_of_case(one.case),
                    cluster=one.case.cluster,
                    observation=one.observed,
                    scores=tuple(scores),
                    seconds=one.observed.seconds,
                )
            )
        writer.add(_end())
    finally:
        writer.close()


def _header(threads: Sequence[RealThread], target: str, versions: dict[str, str]) -> LogHeader:
    ids = [one.case.id for one in threads]
    return LogHeader(
        kind="header",
        schema_version=SCHEMA_VERSION,
        suite=NAME,
        description="Real threads, as they were and as they come now.",
        digest=canonical_digest(ids),
        target=target,
        versions=versions,
        planned=len(threads),
        primary=PRIMARY,
        created_at=to_iso(SystemClock().now()),
    )


def _end() -> LogEnd:
    return LogEnd(kind="end", finished_at=to_iso(SystemClock().now()), seconds=0.0)
