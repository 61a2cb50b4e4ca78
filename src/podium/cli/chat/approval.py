"""Asking inline whether what waits may be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from podium.app.results import Decision
from podium.cli.reading import fitting_arguments, json_object
from podium.cli.render.reply import arguments_json
from podium.core.errors import InputError

if TYPE_CHECKING:
    from podium.app.results import ActionView, InterruptView
    from podium.cli.chat.lines import Lines

QUESTION = "approve? [y]es / [n]o / [e]dit / [r]espond / [l]ater: "


def ask_for(interrupt: InterruptView, lines: Lines) -> Decision | None:
    """The user's decision; None leaves it waiting.

    Args:
        interrupt: What waits, already shown.
        lines: What the user says.

    Raises:
        EOFError: The user left.
        KeyboardInterrupt: The user pressed ctrl-c.
    """
    while True:
        match lines.answer(QUESTION).strip().lower().removeprefix("/"):
            case "y" | "yes" | "approve":
                return approve(interrupt)
            case "n" | "no" | "reject":
                return reject(interrupt, lines.answer("why (may be empty): ").strip())
            case "e" | "edit":
                if edited := _edit(interrupt, lines):
                    return edited
            case "r" | "respond":
                if text := lines.answer("your answer instead: ").strip():
                    return respond(interrupt, text)
            case "l" | "later" | "":
                return None
            case _:
                continue


def approve(interrupt: InterruptView) -> Decision:
    """Do exactly what was shown."""
    return Decision(kind="approve", digests=interrupt.digests or None, interrupt_id=interrupt.id)


def reject(interrupt: InterruptView, reason: str) -> Decision:
    """Do not do it."""
    return Decision(
        kind="reject", digests=interrupt.digests or None, message=reason, interrupt_id=interrupt.id
    )


def respond(interrupt: InterruptView, text: str) -> Decision:
    """Answer in the person's own words instead."""
    return Decision(
        kind="respond", digests=interrupt.digests or None, message=text, interrupt_id=interrupt.id
    )


def edit(interrupt: InterruptView, text: str, number: int = 1) -> Decision:
    """Do it with other arguments.

    Args:
        interrupt: What waits.
        text: The arguments that change, as a JSON object.
        number: Which of its actions, from 1.

    Raises:
        InputError: There is no such action, or the text is no JSON object that fits its arguments.
    """
    if not 1 <= number <= len(interrupt.actions):
        raise InputError(f"there is no action {number} to edit", hint="The actions are numbered from 1.")
    action = interrupt.actions[number - 1]
    example = arguments_json(action.args)
    args = fitting_arguments(json_object(text, "/edit", example), action.args)
    return Decision(kind="edit", digests=(action.digest,), args=args, interrupt_id=interrupt.id)


def _edit(interrupt: InterruptView, lines: Lines) -> Decision | None:
    number = "1"
    if len(interrupt.actions) > 1:
        number = lines.answer("which action (number): ").strip()
    chosen = int(number) if number.isdecimal() else 0
    text = lines.answer(_invitation(interrupt.actions, chosen)).strip()
    try:
        return edit(interrupt, text, chosen)
    except InputError as error:
        lines.answer(f"{error.message} ({error.hint}) - press enter")
        return None


def _invitation(actions: Sequence[ActionView], number: int) -> str:
    now = arguments_json(actions[number - 1].args) if 1 <= number <= len(actions) else "{}"
    return f"It is now {now}\nwhat changes, as JSON of that form: "
