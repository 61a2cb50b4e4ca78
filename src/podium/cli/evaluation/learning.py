"""What is learnt from reality: threads as cases, threads once more, and a calibration."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from podium.core.errors import EvalError, InputError

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.evals.threads import RealThread


@dataclass(frozen=True, slots=True)
class ReplayArguments:
    """What `podium eval replay` was given; its help says what each means."""

    threads: tuple[str, ...] = ()
    last: int = 20
    model: str | None = None
    policy: Path | None = None
    agents: Path | None = None
    world: Literal["fresh", "current"] = "current"
    out: Path | None = None
    project: Path = Path()
    as_json: bool = False


def add_threads(
    threads: Sequence[str],
    *,
    rated: bool,
    to: Path,
    case_id: str,
    traffic: Path | None,
    project: Path,
    as_json: bool,
) -> None:
    """Write threads as cases, and their traffic beside them.

    Args:
        threads: Threads, or the starts of their ids.
        rated: All that somebody rated or corrected and that are not in the file yet.
        to: The JSON Lines file that the cases are added to.
        case_id: What a single one is called; by the thread when empty.
        traffic: Where the replies of models go; nowhere when None.
        project: The project's folder.
        as_json: Print the cases instead of sentences.
    """
    from podium.app.project import Project
    from podium.cli.output import console, write_json
    from podium.evals.importing import ids_in, write_cases
    from podium.evals.traffic.file import TrafficWriter

    if bool(threads) == rated or (case_id and len(threads) != 1):
        raise InputError(
            "name threads, or all that have feedback",
            hint="podium eval add THREAD, or podium eval add --rated.",
        )
    real = _read(Project.open(project), threads, case_id=case_id, rated=rated)
    if rated:
        held = ids_in(to)
        real = [one for one in real if one.case.id not in held]
    write_cases([one.case for one in real], to, append=True)
    kept = sum(len(one.tape.exchanges) for one in real)
    if traffic is not None:
        writer = TrafficWriter(traffic)
        for one in real:
            writer.add(one.tape)
        writer.close()
    if as_json:
        cases = [one.case.model_dump(mode="json", exclude_defaults=True) for one in real]
        write_json({"cases": cases, "file": str(to)})
        return
    out = console()
    names = ", ".join(one.case.id for one in real) or "nothing new"
    out.print(f"Added {names} to {to}.")
    if real:
        out.print(f"Name {to.name} under cases in a suite to run what is in it.")
    if traffic is not None:
        out.print(f"Kept {kept} replies of models in {traffic}; use them with --replay.")


def replay_threads(given: ReplayArguments) -> None:
    """Run real threads again and compare; see `podium.evals.rerun`.

    Args:
        given: What the command line was given.
    """
    from podium.app.project import Project
    from podium.cli.evaluation.reporting import show_comparison, write_report
    from podium.cli.progress import progress_bar
    from podium.evals.rerun import Otherwise, rerun

    project = Project.open(given.project)
    real = _read(project, given.threads, last=given.last)
    otherwise = Otherwise(given.model, given.policy, given.agents, given.world)
    out = given.out or project.data / "evals"
    with progress_bar("Running threads") as progress:
        done: list[str] = []

        def told(record: object) -> None:
            done.append(str(record))
            progress(len(done), len(real), "")

        before, after = asyncio.run(rerun(project, real, otherwise, out, told=told))
    show_comparison(before, after, output=None, as_json=given.as_json)
    page = write_report(after, None, baseline=before)
    if not given.as_json:
        from podium.cli.output import console

        shown = console()
        if given.world == "current" and _acted(before):
            shown.print(
                "A copy of today's world holds what the threads did already; --fresh takes a new one."
            )
        shown.print(f"Report: {page}")


def _acted(log: Path) -> bool:
    """Whether any of the recorded threads changed the world."""
    from podium.evals.log import read_trials

    seen = (trial.observation for trial in read_trials(log))
    return any(action.effect != "read" for one in seen if one is not None for action in one.actions)


def fit_calibration(
    logs: Sequence[Path],
    *,
    method: Literal["isotonic", "logistic"],
    output: Path | None,
    anyway: bool,
    project: Path,
    as_json: bool,
) -> None:
    """Fit a project's confidence on logs and store it where its policy names it.

    Args:
        logs: Logs, or folders whose newest log is meant.
        method: How it is fitted.
        output: The file; the one that the policy names when None.
        anyway: Store it also where there are too few labels, or it makes things worse.
        project: The project's folder.
        as_json: Print figures instead of sentences.
    """
    from podium.cli.evaluation.reporting import log_in
    from podium.cli.output import console, write_json
    from podium.evals.calibrating import calibrate
    from podium.evals.statistics.fitting import save_calibration

    found = calibrate([log_in(log) for log in logs], method)
    figures = {
        name: {"before": getattr(found.before, name), "after": getattr(found.after, name)}
        for name in ("ece_mass", "ece_width", "brier", "auroc")
    }
    worse = found.after.brier > found.before.brier
    if (worse or not found.reliable) and not anyway:
        why = "it would make the Brier score worse" if worse else f"{found.before.n} labels are too few"
        raise EvalError(f"nothing was stored: {why}", hint="Run more labelled cases, or say --anyway.")
    place = output or _calibration_file(project)
    save_calibration(place, found.calibration)
    if as_json:
        write_json({"file": str(place), "method": method, "labels": found.before.n, "figures": figures})
        return
    out = console()
    out.print(f"Fitted on {found.before.n} labelled runs; on runs that were held out:")
    for name, value in figures.items():
        shown = ["-" if one is None else f"{one:.4f}" for one in value.values()]
        out.print(f"  {name:9} {shown[0]} before, {shown[1]} after")
    out.print(f"Stored {place}; the next run uses it.")


def _calibration_file(project: Path) -> Path:
    """Where the project's policy looks for its calibration.

    Raises:
        EvalError: It names none.
    """
    from podium.app.project import Project
    from podium.guardrails.policy_file import load_policy

    opened = Project.open(project)
    paths = [opened.path(file) for file in opened.manifest.policy.files]
    for path in reversed(paths):
        if named := load_policy(path).calibration:
            return path.parent / named
    raise EvalError(
        "the project's policy names no calibration",
        hint="Add `calibration: calibration.json` to it, or name a file with --output.",
    )


def _read(
    project: Project, threads: Sequence[str], *, last: int = 0, case_id: str = "", rated: bool = False
) -> list[RealThread]:
    """The threads that are meant, from the project's records: those named, those rated, or the last ones."""
    from podium.app.encryption import open_database
    from podium.app.threads import unique
    from podium.evals.threads import real_thread, threads_with_feedback, threads_with_turns
    from podium.storage.threads import ThreadRecords

    missing = InputError("this project has no such threads yet", hint="Ask something first: podium ask TEXT.")
    if not project.database.exists():
        raise missing
    with open_database(project) as database:
        known = ThreadRecords(database)
        hint = "'podium threads list' shows them."
        wanted = [unique(one, known.starting(one), "thread", hint) for one in threads]
        if not wanted:
            wanted = threads_with_feedback(database) if rated else threads_with_turns(database, limit=last)
        if not wanted:
            raise missing
        return [real_thread(database, one, case_id) for one in wanted]
