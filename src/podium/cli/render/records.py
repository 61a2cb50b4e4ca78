"""Lists as people read them: threads, history, effects, evidence, checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from podium.cli.render.moments import course_of, moment
from podium.cli.render.reply import preview_lines, show_interrupt, show_next_commands
from podium.cli.render.words import EFFECT, REACH, state_words
from podium.cli.text import one_line, printable, short

if TYPE_CHECKING:
    from rich.console import Console

    from podium.app.doctor import Check
    from podium.app.results import (
        EffectView,
        InterruptView,
        ReconcileReport,
        RollbackReport,
        ThreadView,
    )
    from podium.core.evidence import Evidence
    from podium.knowledge.documents import IngestReport

_PLAIN = {"idle": "", "busy": "at work", "interrupted": "waiting for you", "error": "failed"}
_SIGNS = {"ok": ("✓", "green"), "warn": ("!", "yellow"), "fail": ("✗", "red")}


def show_threads(out: Console, threads: Sequence[ThreadView]) -> None:
    """Print conversations, one a line."""
    if not threads:
        out.print("No conversations yet. Start one: podium chat")
        return
    table = columns("ID", "Changed", "State", "Begins with")
    for thread in threads:
        table.add_row(
            short(thread.thread_id),
            moment(thread.updated_at),
            _PLAIN[thread.status],
            one_line(thread.title, 60),
        )
    out.print(table)


def show_transcript(out: Console, said: Sequence[tuple[str, str]], waiting: Sequence[InterruptView]) -> None:
    """Print a conversation."""
    for speaker, text in said:
        out.print(
            Text("you" if speaker == "user" else "podium", "bold cyan" if speaker == "user" else "bold")
        )
        out.print(Text(printable(text)))
        out.print()
    for interrupt in waiting:
        show_interrupt(out, interrupt)
        show_next_commands(out, interrupt)


def show_effects(out: Console, effects: Sequence[EffectView]) -> None:
    """Print the ledger of a conversation."""
    if not effects:
        out.print("This conversation has changed nothing.")
        return
    for effect in effects:
        head = Text(f"{one_line(effect.tool)}", "bold").append(f"  {one_line(effect.target)}")
        out.print(head.append(f"  {state_words(effect)}", "dim"))
        for line in preview_lines(effect.preview):
            out.print(Text("  ").append_text(line))
        if effect.error:
            out.print(Text(f"  {one_line(effect.error)}", "red"))
        out.print(Text(f"  {one_line(course_of(effect))}", "dim"))


def show_reconciled(out: Console, report: ReconcileReport) -> None:
    """Print what was found out, and what a person has to look at."""
    if not report.settled and not report.waiting:
        out.print("Nothing is open.")
    for view in report.settled:
        sign, style = _SIGNS["warn" if view.outcome == "needs_person" else "ok"]
        line = (
            Text(f"{sign} ", style).append(one_line(view.tool), "bold").append(f"  {one_line(view.target)}")
        )
        out.print(line.append(f"  {EFFECT[view.after]}  {one_line(view.message)}".rstrip(), "dim"))
    if report.waiting:
        out.print(Text("These need you to look:", "bold"))
        show_effects(out, report.waiting)
        for effect in report.waiting:
            words = f"podium reconcile {short(effect.digest)} --happened, or --did-not-happen"
            out.print(Text(f"  {one_line(effect.tool)}: {words}", "cyan"))


def show_rollback(out: Console, report: RollbackReport) -> None:
    """Print what is, or would be, undone."""
    verb = "Would undo" if report.dry_run else "Undone"
    if not report.undone:
        out.print("No action since then needs to be undone.")
    else:
        out.print(Text(verb, "bold"))
    for view in report.undone:
        done = view.after == "compensated"
        kept = view.undoable and not done and view.after == view.before
        sign, style = _SIGNS["ok" if done else "warn" if kept else "fail"]
        line = (
            Text(f"  {sign} ", style).append(one_line(view.tool), "bold").append(f"  {one_line(view.target)}")
        )
        said = one_line(view.message) or (EFFECT[view.after] if not report.dry_run else REACH[view.effect])
        out.print(line.append(f"  {said}", "dim"))
    if not report.complete:
        out.print(
            Text(
                "Not everything could be undone." if not report.dry_run else "Not everything can be undone.",
                "red",
            )
        )
    if report.note:
        out.print(Text(report.note, "yellow"))
    elif not report.dry_run:
        out.print(Text(f"Back at {report.to}. The later branch stays in the history.", "dim"))


def rollback_question(planned: RollbackReport) -> str:
    """What is asked before a rollback, by what it would do."""
    if any(view.after == "compensated" for view in planned.undone):
        return "Undo this?"
    return "Nothing outside is undone, only the conversation goes back. Go back?"


def show_ingest(out: Console, report: IngestReport) -> None:
    """Print what an ingest did."""
    counts = [
        (len(report.added), "new"),
        (len(report.updated), "changed"),
        (len(report.unchanged), "as before"),
        (len(report.removed), "removed"),
    ]
    told = ", ".join(f"{count} {word}" for count, word in counts if count) or "no documents"
    out.print(f"{report.collection}: {told}; {report.chunks} passages ({report.seconds:.1f} s)")
    for failure in report.failed:
        hint = f" ({failure.hint})" if failure.hint else ""
        out.print(Text(f"  left out {one_line(failure.source)}: {one_line(failure.message)}{hint}", "red"))


def show_evidence(out: Console, found: Sequence[Evidence]) -> None:
    """Print passages, the best first."""
    if not found:
        out.print("Nothing found.")
    for number, item in enumerate(found, start=1):
        head = Text(f"[{number}] ", "cyan").append(one_line(item.source), "cyan")
        head.append(f"  {item.score:.2f}  {item.start}-{item.end}  {one_line(item.date)}", "dim")
        if item.superseded_by:
            head.append(f"  replaced by {one_line(item.superseded_by)}", "yellow")
        out.print(head)
        out.print(Text(f"    {one_line(item.text, 300)}"))


def show_checks(out: Console, checks: Sequence[Check]) -> None:
    """Print what was found, with what to do about it."""
    width = max((len(check.name) for check in checks), default=0)
    for check in checks:
        sign, style = _SIGNS[check.status]
        out.print(
            Text(f"{sign} ", style).append(f"{check.name:<{width}}  ", "bold").append(one_line(check.detail))
        )
        if check.hint and check.status != "ok":
            out.print(Text(" " * (width + 4) + one_line(check.hint), "dim"))


def columns(*names: str) -> Table:
    """A table without lines, with these columns."""
    made = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for name in names:
        made.add_column(name, no_wrap=name in {"ID", "Checkpoint", "Changed", "When", "Hash"})
    return made
