"""`podium eval validate`: everything that is wrong with suites, at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from podium.core.errors import PodiumError, UnknownName

MOST = 50
"""Faults that are shown of one suite."""


def check_suites(names: tuple[str, ...], project: Path, *, as_json: bool) -> bool:
    """Check suites and tell what is wrong with each; whether nothing is.

    Args:
        names: The suites; all of the project when empty.
        project: The project's folder.
        as_json: Whether a program reads it.

    Raises:
        UnknownName: There are no suites.
    """
    from podium.evals.loading import FOLDER, suites_in

    chosen = names or tuple(suites_in(project))
    if not chosen:
        raise UnknownName(
            f"there are no suites in {project / FOLDER}", hint="Write one with 'podium eval init NAME'."
        )
    reports = [_check(name, project) for name in chosen]
    if as_json:
        from podium.cli.output import write_json

        write_json({"suites": reports})
    else:
        _show(reports)
    return not any(report["faults"] for report in reports)


def _check(name: str, project: Path) -> dict[str, Any]:
    from podium.evals.loading import find_suite, load_suite
    from podium.evals.validating import faults_of

    faults: list[PodiumError] = []
    cases = 0
    try:
        cases, faults = faults_of(load_suite(find_suite(name, project)), most=MOST)
    except PodiumError as error:
        faults = [error]
    return {"suite": name, "cases": cases, "faults": [fault.as_dict() for fault in faults]}


def _show(reports: list[dict[str, Any]]) -> None:
    from podium.cli.output import console

    out = console()
    for report in reports:
        if not report["faults"]:
            out.print(f"{report['suite']}: {report['cases']} cases, all is well")
            continue
        out.print(f"{report['suite']}:")
        for fault in report["faults"]:
            out.print(f"  {fault['message']}" + (f" ({fault['hint']})" if fault["hint"] else ""))
