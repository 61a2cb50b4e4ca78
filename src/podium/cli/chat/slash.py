"""The `/` commands of a conversation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeAlias

from podium.core.errors import InputError, NotFound

if TYPE_CHECKING:
    from podium.app.results import CheckpointView, Decision, InterruptView
    from podium.cli.chat.conversation import Conversation

Command: TypeAlias = Callable[["Conversation", str], None]


def run_command(talk: Conversation, line: str) -> None:
    """Run one command.

    Args:
        talk: The conversation.
        line: What was typed, with its slash.

    Raises:
        InputError: There is no such command.
    """
    name, _, rest = line[1:].partition(" ")
    found = COMMANDS.get(name.lower())
    if found is None:
        raise InputError(f"there is no command /{name}", hint="/help shows them all.")
    found[0](talk, rest.strip())


def _help(talk: Conversation, _: str) -> None:
    width = max(len(usage) for _, usage, _ in COMMANDS.values())
    talk.say("\n".join(f"{usage:<{width}}  {text}" for _, usage, text in COMMANDS.values()))
    talk.say("ctrl-c stops the run, ctrl-d leaves.")


def _approve(talk: Conversation, _: str) -> None:
    from podium.cli.chat.approval import approve

    _decide(talk, approve)


def _reject(talk: Conversation, rest: str) -> None:
    from podium.cli.chat.approval import reject

    _decide(talk, lambda waiting: reject(waiting, rest))


def _edit(talk: Conversation, rest: str) -> None:
    from podium.cli.chat.approval import edit

    number, _, text = rest.partition(" ") if rest[:1].isdecimal() else ("1", "", rest)
    _decide(talk, lambda waiting: edit(waiting, text.strip(), int(number)))


def _respond(talk: Conversation, rest: str) -> None:
    from podium.cli.chat.approval import respond

    if not rest:
        raise InputError("there is no answer", hint="/respond Your own words.")
    _decide(talk, lambda waiting: respond(waiting, rest))


def _decide(talk: Conversation, choose: Callable[[InterruptView], Decision]) -> None:
    thread = _thread(talk)
    waiting = talk.runner.run(talk.app.pending(thread))
    if not waiting:
        raise NotFound("nothing waits for you here", hint="/threads shows where something does.")
    decision = choose(waiting[0])
    talk.carry_on(lambda: talk.app.resume_stream(thread, decision))


def _effects(talk: Conversation, _: str) -> None:
    from podium.cli.output import console
    from podium.cli.render.records import show_effects

    show_effects(console(), talk.runner.run(talk.app.effects(_thread(talk))))


def _undo(talk: Conversation, rest: str) -> None:
    from podium.cli.output import console
    from podium.cli.render.records import rollback_question, show_rollback

    thread, out = _thread(talk), console()
    to = rest or before_last_turn(talk.runner.run(talk.app.history(thread))).checkpoint_id
    planned = talk.runner.run(talk.app.rollback(thread, to=to, dry_run=True))
    show_rollback(out, planned)
    if talk.lines.answer(f"{rollback_question(planned)} [y]es / [n]o: ").strip().lower() in ("y", "yes"):
        show_rollback(out, talk.runner.run(talk.app.rollback(thread, to=to)))


def before_last_turn(points: tuple[CheckpointView, ...]) -> CheckpointView:
    """The point at which the turn before the last one had ended; the very start for a first turn.

    Args:
        points: A thread's history, newest first.

    Raises:
        NotFound: Nothing has happened yet.
    """
    if not points:
        raise NotFound("nothing has happened here yet", hint="Ask something first.")
    branch = _branch(points)
    ends = [point for point in branch if not point.next]
    earlier = ends if branch[0].next else ends[1:]
    return earlier[0] if earlier else branch[-1]


def _branch(points: tuple[CheckpointView, ...]) -> list[CheckpointView]:
    """The newest point and what led to it, without branches that were left."""
    known = {point.checkpoint_id: point for point in points}
    branch = [points[0]]
    while (parent := known.get(branch[-1].parent_id)) is not None:
        branch.append(parent)
    return branch


def _history(talk: Conversation, _: str) -> None:
    from podium.cli.output import console
    from podium.cli.render.history import show_milestones

    thread = _thread(talk)
    points = talk.runner.run(talk.app.history(thread))
    show_milestones(console(), points, talk.runner.run(talk.app.effects(thread)), thread)


def _threads(talk: Conversation, _: str) -> None:
    from podium.cli.output import console
    from podium.cli.render.records import show_threads

    show_threads(console(), talk.runner.run(talk.app.threads()))


def _switch(talk: Conversation, rest: str) -> None:
    from podium.cli.output import console
    from podium.cli.render.records import show_transcript
    from podium.cli.text import short_ids

    if not rest:
        here = talk.thread_id
        talk.say(f"This is thread {short_ids(here)}." if here else "This thread has no turn yet.")
        return
    said = talk.runner.run(talk.app.transcript(rest))
    waiting = talk.runner.run(talk.app.pending(rest))
    talk.thread_id, talk.last = rest, None
    show_transcript(console(), said, waiting)


def _new(talk: Conversation, _: str) -> None:
    talk.thread_id, talk.last = None, None
    talk.say("A new conversation.")


def _why(talk: Conversation, _: str) -> None:
    from podium.cli.output import console
    from podium.cli.render.reply import show_factors

    if talk.last is None:
        raise NotFound("there is no answer yet to explain", hint="Ask something first.")
    show_factors(console(), talk.last)


def _search(talk: Conversation, rest: str) -> None:
    from podium.cli.output import console
    from podium.cli.render.records import show_evidence

    if not rest:
        raise InputError("there is nothing to search for", hint="/search how long is the warranty")
    show_evidence(console(), talk.runner.run(talk.app.search(rest, k=5)))


def _quit(talk: Conversation, _: str) -> None:
    talk.leaving = True


def _thread(talk: Conversation) -> str:
    if talk.thread_id is None:
        raise NotFound("this conversation has no turn yet", hint="Ask something, or take one up: /thread ID.")
    return talk.thread_id


COMMANDS: Final[dict[str, tuple[Command, str, str]]] = {
    "help": (_help, "/help", "show this"),
    "approve": (_approve, "/approve", "do what waits, exactly as shown"),
    "reject": (_reject, "/reject [WHY]", "do not do it"),
    "edit": (_edit, "/edit [NUMBER] JSON", "do it with these arguments changed"),
    "respond": (_respond, "/respond TEXT", "answer in your own words instead"),
    "effects": (_effects, "/effects", "what this conversation has done"),
    "undo": (_undo, "/undo [CHECKPOINT]", "take back the last turn, or all since a checkpoint"),
    "history": (_history, "/history", "the points you can go back to"),
    "threads": (_threads, "/threads", "your conversations"),
    "thread": (_switch, "/thread ID", "go on with another conversation"),
    "new": (_new, "/new", "begin a new conversation"),
    "why": (_why, "/why", "how sure the last answer was, and why"),
    "search": (_search, "/search TEXT", "look into the documents"),
    "quit": (_quit, "/quit", "leave"),
}
"""By name: what runs, how it is written, what it does."""
