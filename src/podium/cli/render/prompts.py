"""Prompts as people read them: lists and differences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from podium.cli.render.records import columns
from podium.cli.text import one_line, printable

if TYPE_CHECKING:
    from rich.console import Console

    from podium.app.prompts import PromptChange, PromptView

HASH = 12
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def show_prompts(out: Console, prompts: Sequence[PromptView]) -> None:
    """Print prompts, one a line."""
    rows = columns("Role", "Version", "Hash", "From", "Model", "About")
    for prompt in prompts:
        rows.add_row(
            prompt.role,
            one_line(prompt.version, 20),
            prompt.hash[:HASH],
            one_line(prompt.source, 60),
            one_line(prompt.model, 40),
            one_line(prompt.description, 60),
        )
    out.print(rows)


def show_changes(out: Console, changes: Sequence[PromptChange]) -> None:
    """Print what has changed, role by role."""
    for change in changes:
        if not change.changed:
            out.print(f"{change.role}: no change since {_named(change.before)}")
            continue
        for line in printable(change.diff).splitlines():
            out.print(Text(line, _STYLES.get(line[:1], "")))


def _named(prompt: PromptView) -> str:
    return f"{one_line(prompt.version, 20)}@{prompt.hash[:HASH]} ({prompt.source})"
