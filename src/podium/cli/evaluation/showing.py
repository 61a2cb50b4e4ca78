"""What a run came to, in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from podium.evals.gate import Gate
    from podium.evals.running import Ran
    from podium.evals.summary import Summary


def show_run(ran: Ran, gate: Gate, page: Path | None = None) -> None:
    """Print a table of metrics, the worst cases, the gate, and where the log lies.

    Args:
        ran: The run.
        gate: What the rules came to.
        page: Where its report is.
    """
    from podium.cli.output import console

    out = console()
    out.print(f"{ran.header.suite}: {_counts(ran)}")
    _show_metrics(out, ran)
    _show_worst(out, ran.summary)
    _show_gate(out, gate)
    if ran.tally.stopped:
        out.print(f"Stopped: {ran.tally.stopped}. The same command with --resume goes on.")
    out.print(f"Log: {ran.log}")
    if page is not None:
        out.print(f"Report: {page}")


def _counts(ran: Ran) -> str:
    summary = ran.summary
    parts = [f"{summary.trials} of {ran.planned} trials"]
    if summary.cached:
        parts.append(f"{summary.cached} from the cache")
    if summary.errors:
        parts.append(f"{summary.errors} ended in an error")
    if summary.cost is None:
        parts.append("cost not known")
    elif summary.cost:
        parts.append(f"cost {summary.cost:.4g}")
    return f"{', '.join(parts)}; {ran.header.target}"


def _show_metrics(out: Console, ran: Ran) -> None:
    from rich.table import Table

    summary = ran.summary
    if not summary.metrics:
        return
    table = Table(box=None, pad_edge=False)
    for title in ("metric", "mean", "95 % interval", "n", "errors", "not judged"):
        table.add_column(title, justify="left" if title == "metric" else "right")
    for name in summary.metrics:
        column, found = summary.columns[name, ""], summary.interval(name, seed=ran.header.seed)
        marked = f"{name} *" if name == ran.header.primary else name
        if found is None:
            table.add_row(marked, "-", "-", "0", str(column.errors), str(column.missing))
            continue
        sure = "" if found.reliable else " ?"
        limits = f"{found.low:.3f} … {found.high:.3f}{sure}"
        table.add_row(
            marked, f"{found.mean:.3f}", limits, str(found.n), str(column.errors), str(column.missing)
        )
    out.print(table)
    if any(_is_unsure(ran, name) for name in summary.metrics):
        out.print("?: too few cases for the interval to be relied on")


def _is_unsure(ran: Ran, name: str) -> bool:
    found = ran.summary.interval(name, seed=ran.header.seed)
    return found is not None and not found.reliable


def _show_worst(out: Console, summary: Summary) -> None:
    from podium.cli.text import one_line

    worst = summary.worst()
    if not worst:
        return
    out.print("Worst cases:")
    for one in worst:
        value = "error" if one.value == float("-inf") else f"{one.value:.3f}"
        reason = f"  {one_line(one.reason, 90)}" if one.reason else ""
        epoch = f" (epoch {one.epoch + 1})" if one.epoch else ""
        out.print(f"  {value}  {one_line(one.case, 60)}{epoch}{reason}")


def _show_gate(out: Console, gate: Gate) -> None:
    told = [one for one in gate.judgements if one.metric or one.verdict != "passed"]
    for one in told:
        out.print(f"  {one.verdict}: {one.rule} ({one.reason})")
    out.print(f"Gate: {gate.verdict if gate.passed else f'{gate.verdict}, closed'}")
