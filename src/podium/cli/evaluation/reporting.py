"""Reports of runs: pages, JUnit, comparisons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from podium.core.errors import InputError

if TYPE_CHECKING:
    from podium.evals.gate import Gate
    from podium.evals.report.model import Report


def write_report(
    log: Path, gate: Gate | None, *, baseline: Path | None = None, page: Path | None = None
) -> Path:
    """Write the page of a run.

    Args:
        log: The run's log.
        gate: What its rules came to.
        baseline: The log that it is compared with.
        page: Where; beside the log when None.

    Returns:
        Where the page is.
    """
    from podium.evals.logs import earlier_than
    from podium.evals.report.build import build_report

    report = build_report(log, baseline=baseline, gate=gate, trend=earlier_than(log))
    return write_page(report, page or log.with_suffix(".html"))


def write_page(report: Report, page: Path) -> Path:
    """Write a report as a page; where it is.

    Args:
        report: The report.
        page: The file; its folder is made when missing.

    Raises:
        InputError: It cannot be written.
    """
    from podium.evals.report.page import page_of
    from podium.storage.files import write_whole

    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        write_whole(page, page_of(report).encode())
    except OSError as error:
        raise InputError(
            f"{page} cannot be written: {error.strerror}", hint="Name another file with --output."
        ) from None
    return page


def show_report(
    log: Path | None, *, baseline: Path | None, output: Path | None, project: Path, as_json: bool
) -> None:
    """Print the report of a log and write its page, or print it as JSON.

    Args:
        log: The log, a folder or suite whose newest log is meant, or None for the newest of all.
        baseline: The log that it is compared with.
        output: Where the page goes; beside the log when None.
        project: The project's folder.
        as_json: Print it instead.
    """
    from podium.evals.gate import judge_run
    from podium.evals.log import read_header, read_trials
    from podium.evals.logs import earlier_than
    from podium.evals.report.build import build_report
    from podium.evals.summary import Summary

    log = log_in(log, project)
    header = read_header(log)
    gate = judge_run(header, Summary.of(header, read_trials(log)), log, baseline=baseline)
    report = build_report(log, baseline=baseline, gate=gate, trend=earlier_than(log))
    if as_json:
        from podium.cli.output import write_json

        write_json(report.model_dump(mode="json"))
        return
    from podium.cli.evaluation.report_text import print_report
    from podium.cli.output import console

    out = console()
    print_report(out, report)
    out.print(f"Report: {write_page(report, output or log.with_suffix('.html'))}")


def show_comparison(before: Path, after: Path, *, output: Path | None, as_json: bool) -> int:
    """Compare two runs case by case; 5 where the later one is worse.

    Args:
        before: The earlier log, or a folder or suite whose newest log is meant.
        after: The later one.
        output: Where a page of it goes; none when None.
        as_json: Print JSON instead of a table.
    """
    from podium.evals.gate import check_baseline_file
    from podium.evals.log import read_header
    from podium.evals.report.build import build_report

    before, after = log_in(before), log_in(after)
    check_baseline_file(before, read_header(after).suite)
    report = build_report(after, baseline=before)
    if as_json:
        from podium.cli.output import write_json

        shown = report.model_dump(mode="json", include={"suite", "metrics", "versions", "schema_version"})
        write_json({**shown, "before": str(before), "after": str(after)})
    else:
        _show_changes(report)
    if output is not None:
        write_report(after, None, baseline=before, page=output)
    return 5 if any(one.change and one.change.verdict == "worse" for one in report.metrics) else 0


def log_in(path: Path | None, project: Path | None = None) -> Path:
    """The log that is meant: the newest one where a folder or a suite is named, or nothing.

    Args:
        path: A log, a folder of logs, or the name of a suite with logs in the project.
        project: The project's folder; the current one when None.

    Raises:
        InputError: There is none.
    """
    from podium.cli.evaluation.run import logs_of

    if path is None or not path.exists():
        kept = logs_of(project or Path())
        path = kept if path is None else kept / path if (kept / path).is_dir() else path
    if path.is_file() or (not path.is_dir() and path.suffix):
        return path
    logs = sorted(path.rglob("*.jsonl"), key=lambda file: file.stat().st_mtime_ns)
    if not logs:
        raise InputError(f"there is no log in {path}", hint="Run a suite with 'podium eval run'.")
    return logs[-1]


def _show_changes(report: Report) -> None:
    from rich.table import Table

    from podium.cli.output import console

    out = console()
    table = Table(box=None, pad_edge=False)
    for title in ("metric", "before", "after", "difference", "95 % interval", "p", "pairs", "verdict"):
        table.add_column(title, justify="left" if title in ("metric", "verdict") else "right")
    for metric in report.metrics:
        change = metric.change
        if change is None:
            table.add_row(metric.name, *[""] * 6, "no case in both")
            continue
        told: str = change.verdict
        if change.needed:
            told += f"; about {change.needed:,} pairs would tell"
        table.add_row(
            metric.name,
            f"{change.baseline:.3f}",
            f"{change.now:.3f}",
            f"{change.difference:+.3f}",
            f"{change.low:+.3f} … {change.high:+.3f}",
            f"{change.p:.3f}",
            str(change.pairs),
            told,
        )
    out.print(f"{report.suite}: {report.target}")
    out.print(table)
