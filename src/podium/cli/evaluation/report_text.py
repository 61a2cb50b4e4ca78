"""A report in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from podium.evals.report.model import Metric, Report


def print_report(out: Console, report: Report) -> None:
    """Print what a run came to.

    Args:
        out: Where.
        report: The report.
    """
    from podium.cli.text import one_line

    errors = f", {report.errors} without a result" if report.errors else ""
    out.print(f"{report.suite}: {report.runs} runs of {report.cases} cases{errors}; {report.target}")
    _print_metrics(out, report.metrics)
    for metric in report.metrics:
        if metric.primary and metric.slices:
            shown = [
                f"{one_line(part.tag, 40)} {part.range.mean:.3f} ({part.range.n})"
                for part in metric.slices
                if part.range is not None
            ]
            out.print(f"{metric.name} by tag: {', '.join(shown)}")
    if report.calibration is not None:
        found = report.calibration
        auroc = "-" if found.auroc is None else f"{found.auroc:.3f}"
        out.print(
            f"Confidence: ECE {found.ece_mass:.3f}, Brier {found.brier:.3f}, AUROC {auroc}, {found.n} runs"
        )
    if report.escalations is not None:
        out.print(f"Went to a person: {report.escalations.rate:.1%}")
    if report.spent.seconds:
        times = ", ".join(f"{name} {value:.3f} s" for name, value in report.spent.seconds.items())
        cost = "not known" if report.spent.cost is None else f"{report.spent.cost:.4g}"
        out.print(f"Time of a case: {times}; cost: {cost}")
    for view in report.worst[:5]:
        reason = view.error or next(iter(view.reasons), "")
        out.print(f"  {one_line(view.id, 60)}: {one_line(reason, 90)}")
    for rule in report.gate:
        if rule.metric or not rule.passed:
            verdict = "cannot tell" if rule.passed is None else "passed" if rule.passed else "failed"
            out.print(f"  {verdict}: {rule.rule} ({rule.reason})")


def _print_metrics(out: Console, metrics: tuple[Metric, ...]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in ("metric", "mean", "95 % interval", "n", "errors", "not judged", "beside the baseline"):
        table.add_column(title, justify="left" if title in ("metric", "beside the baseline") else "right")
    for metric in metrics:
        name = f"{metric.name} *" if metric.primary else metric.name
        mean, limits, n = "-", "-", "0"
        if metric.range is not None:
            sure = "" if metric.range.reliable else " ?"
            mean, n = f"{metric.range.mean:.3f}", str(metric.range.n)
            limits = f"{metric.range.low:.3f} … {metric.range.high:.3f}{sure}"
        change = "" if metric.change is None else f"{metric.change.verdict} {metric.change.difference:+.3f}"
        table.add_row(name, mean, limits, n, str(metric.errors), str(metric.missing), change)
    out.print(table)
