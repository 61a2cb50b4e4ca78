"""The commands of `podium eval` that write files: a first suite, imported cases, merged logs, baselines."""

from __future__ import annotations

from pathlib import Path

from podium.core.errors import InputError


def start(name: str, project: Path) -> dict[str, object]:
    """Write a first suite.

    Args:
        name: Its name.
        project: The project's folder.
    """
    from pydantic import TypeAdapter, ValidationError

    from podium.core.settings import Name
    from podium.evals.starting import start_suite

    try:
        TypeAdapter(Name).validate_python(name)
    except ValidationError:
        raise InputError(
            f"{name!r} is no name of a suite", hint="Use letters, digits, - and _; a letter comes first."
        ) from None
    return {"files": [str(file) for file in start_suite(project, name)]}


def merge(logs: list[Path], out: Path) -> dict[str, object]:
    """Merge the logs of shards.

    Args:
        logs: The shards.
        out: The log that is written.
    """
    from podium.evals.merging import merge_logs

    header = merge_logs(logs, out)
    return {"log": str(out), "suite": header.suite, "planned": header.planned, "shards": len(logs)}


def bring(
    source: Path, out: Path, form: str | None, documents: Path | None, *, append: bool
) -> dict[str, object]:
    """Import cases.

    Args:
        source: Where they are.
        out: The JSON Lines file that is written.
        form: What `source` is: `csv`, `langsmith`, or the format of a set; by its ending when None.
        documents: Where the texts of a set are written; they are left out when None.
        append: Whether to add to what is there.
    """
    from podium.evals.adapters.formats import FORMATS, write_documents
    from podium.evals.importing import cases_of_csv, cases_of_langsmith, cases_of_set, write_cases

    if form is None and source.is_dir():
        raise InputError(
            f"{source} is a folder", hint=f"Say with --format what it holds: {', '.join(FORMATS)}."
        )
    chosen = form or ("csv" if source.suffix.lower() == ".csv" else "langsmith")
    if documents is not None and (chosen not in FORMATS or FORMATS[chosen].documents is None):
        raise InputError(f"{chosen}: each case brings its text", hint="Leave out --documents.")
    if chosen == "csv":
        cases = cases_of_csv(source)
    else:
        cases = cases_of_langsmith(source) if chosen == "langsmith" else cases_of_set(chosen, source)
    told: dict[str, object] = {"file": str(out), "cases": write_cases(cases, out, append=append)}
    if documents is not None:
        told["documents"] = write_documents(chosen, source, documents)
    return told


def scorers() -> list[dict[str, str]]:
    """The scorers that come with Podium, each with a line on what it does."""
    from podium.evals.scorers.registry import BUILT_IN, names

    lines = ((BUILT_IN[name].__doc__ or "").strip().splitlines() for name in names())
    return [
        {"name": name, "description": next(iter(doc), "")} for name, doc in zip(names(), lines, strict=True)
    ]


def take(
    name: str, log: Path | None, out: Path | None, project: Path, *, allow_errors: bool
) -> dict[str, object]:
    """Take a run as the baseline of its suite.

    Args:
        name: The suite.
        log: The run; its newest when None.
        out: The folder of logs.
        project: The project's folder.
        allow_errors: Whether trials without a result are taken, too.
    """
    from podium.cli.evaluation.run import logs_of
    from podium.evals.accepting import accept, baseline_of
    from podium.evals.gate import check_baseline_file
    from podium.evals.loading import find_suite, load_suite
    from podium.evals.running import newest_log

    loaded = load_suite(find_suite(name, project))
    folder = out if out is not None else logs_of(project)
    chosen = log or newest_log(folder, loaded.suite.name)
    if chosen is None:
        raise InputError(f"there is no run of {name} in {folder}", hint="Run it first.")
    check_baseline_file(chosen, loaded.suite.name)
    baseline = baseline_of(loaded.folder, loaded.suite.name)
    accept(chosen, baseline, allow_errors=allow_errors)
    return {"baseline": str(baseline), "log": str(chosen)}
