"""A reply as people read it: answer, sources, confidence, actions, and what to do next."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, assert_never

from rich.text import Text

from podium.cli.render.words import STATUS, confidence_word, reason_words, state_words
from podium.cli.text import one_line, printable, short

if TYPE_CHECKING:
    from rich.console import Console

    from podium.app.results import ActionView, ConfidenceView, InterruptView, Reply
    from podium.core.evidence import Citation

_QUOTE = 160


def show_reply(out: Console, reply: Reply) -> None:
    """Print all of a reply, and the exact commands that may follow."""
    if reply.answer:
        out.print(Text(printable(reply.answer)))
    show_details(out, reply)
    for interrupt in reply.interrupts:
        show_next_commands(out, interrupt)
    out.print(Text(f"Conversation {short(reply.thread_id)} · {STATUS[reply.status]}", "dim"))


def show_details(out: Console, reply: Reply) -> None:
    """Print what stands behind an answer: sources, confidence, actions and notes."""
    show_citations(out, reply.citations)
    waiting = {digest for interrupt in reply.interrupts for digest in interrupt.digests}
    done = [action for action in reply.actions if action.digest not in waiting and action.effect != "read"]
    if done:
        out.print()
        out.print(Text("Actions", "bold"))
        show_actions(out, done)
    for interrupt in reply.interrupts:
        show_interrupt(out, interrupt)
    for note in reply.notes:
        out.print(Text(f"Note: {one_line(note)}", "yellow"))
    if reply.confidence is not None and _is_measured(reply):
        out.print()
        show_confidence(
            out, reply.confidence, told=bool(reply.interrupts), answers=_only_answers(reply.actions)
        )


def _is_measured(reply: Reply) -> bool:
    """Whether the confidence says something about what is shown."""
    match reply.status:
        case "interrupted" | "abstained":
            return True
        case "completed":
            return bool(reply.citations or reply.actions)
        case "clarify" | "partial" | "refused" | "cancelled" | "failed":
            return False
        case _:
            assert_never(reply.status)


def _only_answers(actions: Sequence[ActionView]) -> bool:
    return all(action.effect == "read" for action in actions)


def show_citations(out: Console, citations: Sequence[Citation]) -> None:
    """Print numbered sources with what they say."""
    if not citations:
        return
    out.print()
    for number, citation in enumerate(citations, start=1):
        head = Text(f"  [{number}] ", "cyan").append(one_line(citation.source), "cyan")
        if citation.date:
            head.append(f"  {one_line(citation.date)}", "dim")
        out.print(head)
        out.print(Text(f"      “{one_line(citation.quote, _QUOTE)}”", "italic"))


def show_confidence(
    out: Console, confidence: ConfidenceView, *, told: bool = False, answers: bool = False
) -> None:
    """Print how sure the agents are, in words and as a number.

    Args:
        out: Where.
        confidence: What was measured.
        told: Whether its reasons are shown already.
        answers: Whether it is about an answer, not about an action.
    """
    line = Text(f"Confidence: {confidence_word(confidence.score)} ({confidence.score:.2f})", "dim")
    if confidence.reasons and not told:
        line.append(" · " + ", ".join(reason_words(code, answers=answers) for code in confidence.reasons))
    out.print(line)


def show_factors(out: Console, reply: Reply) -> None:
    """Print what made the agents as sure as they are."""
    if reply.confidence is None:
        out.print("This turn was decided before its confidence was measured.")
        return
    show_confidence(out, reply.confidence, answers=_only_answers(reply.actions))
    for factor in reply.confidence.factors:
        out.print(Text(f"  {reason_words(factor.name):<14} {factor.value:.2f}", "dim"))


def show_actions(out: Console, actions: Sequence[ActionView]) -> None:
    """Print actions with what they change."""
    for number, action in enumerate(actions, start=1):
        head = Text(f"  {number}. ").append(one_line(action.tool), "bold")
        if action.target:
            head.append(f"  {one_line(action.target)}")
        head.append(f"  {state_words(action)}", "dim")
        out.print(head)
        out.print(Text(f"     with {_arguments(action.args)}", "dim"))
        for line in preview_lines(action.preview):
            out.print(Text("     ").append_text(line))
        if action.error:
            out.print(Text(f"     {one_line(action.error)}", "red"))


def show_interrupt(out: Console, interrupt: InterruptView) -> None:
    """Print what waits for a person."""
    out.print()
    out.print(Text("Waiting for you", "bold yellow"))
    if interrupt.question:
        out.print(Text(f"  {printable(interrupt.question)}"))
    show_actions(out, interrupt.actions)
    if interrupt.people > 1:
        out.print(Text(f"  {progress_words(interrupt)}", "yellow"))
    if interrupt.draft:
        out.print(Text("  The answer would be:", "dim"))
        out.print(Text(f"  {printable(interrupt.draft)}"))
    if interrupt.reasons:
        answers = not interrupt.actions
        words = ", ".join(reason_words(code, answers=answers) for code in interrupt.reasons)
        out.print(Text(f"  Why you are asked: {words}", "dim"))


def progress_words(interrupt: InterruptView) -> str:
    """How many of the people who have to approve have done so, and who."""
    who = list(dict.fromkeys(one.principal for one in interrupt.consents))
    named = f" ({one_line(', '.join(who))})" if who else ""
    return f"Approved by {len(who)} of {interrupt.people} people{named}; each has to be another person."


def show_next_commands(out: Console, interrupt: InterruptView) -> None:
    """Print the exact commands that answer an interrupt."""
    resume = f"podium resume {short(interrupt.thread_id)}"
    rows = [("approve", f"{resume} --approve"), ("reject", f"{resume} --reject --message 'why'")]
    for action in interrupt.actions:
        if action.args:
            which = f" --action {short(action.digest)}" if len(interrupt.actions) > 1 else ""
            rows.append(("change", f"{resume}{which} --edit {shlex.quote(arguments_json(action.args))}"))
    rows.append(("reply", f"{resume} --respond 'your own words'"))
    out.print()
    for word, command in rows:
        out.print(Text(f"  {word:<8} ", "dim").append(command, "bold"), soft_wrap=True)


def preview_lines(preview: Mapping[str, Any]) -> list[Text]:
    """What an action changes, one line a field; fields that stay are left out."""
    before, after = preview.get("before"), preview.get("after")
    if not isinstance(before, Mapping) or not isinstance(after, Mapping):
        return [Text(f"{one_line(str(name))}: {_value(value)}") for name, value in preview.items()]
    lines = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old != new:
            change = Text(f"{one_line(str(name))}: ").append(_value(old), "red").append(" → ")
            lines.append(change.append(_value(new), "green"))
    return lines


def arguments_json(args: Mapping[str, Any]) -> str:
    """All arguments of an action as JSON on one line, ready to be changed and handed in."""
    text = json.dumps(dict(args), ensure_ascii=False)
    return text if printable(text) == text else json.dumps(dict(args))


def _arguments(args: Mapping[str, Any]) -> str:
    given = {name: value for name, value in args.items() if value not in (None, "")}
    return ", ".join(f"{one_line(name)}={_value(value)}" for name, value in given.items()) or "no arguments"


def _value(value: Any) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return one_line(text, 200)
