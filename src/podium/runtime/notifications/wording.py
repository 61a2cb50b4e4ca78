"""What a notification says: what happened and where, never with what arguments, to whom or why.

It may pass through many hands: names of tools, ids and numbers are all that it holds.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from typing import Final, assert_never

from podium.core.model import JsonObject, JsonValue
from podium.core.plain_text import printable
from podium.guardrails.redaction import redact
from podium.runtime.notifications.channel import Notification
from podium.storage.outbox import Concern, Occasion

LONGEST_SUBJECT: Final = 160
LONGEST_TEXT: Final = 2_000
"""Characters; a longer text ends with an ellipsis."""
_NAME: Final = 80
_PLAIN: Final = re.compile(r"[A-Za-z0-9_.:-]{1,128}")
_NAMED: Final = 5
"""So many actions are named; the others are counted."""


def notification_of(occasion: Occasion, project: str) -> Notification:
    """What people are told of something that happened.

    Args:
        occasion: What happened.
        project: The project's name.
    """
    actions: list[JsonObject] = [
        {"tool": one.tool, "digest": one.digest, "status": one.status, "effect_class": one.effect_class}
        for one in occasion.actions
    ]
    data: JsonObject = {"record": occasion.record, "actions": [*actions]}
    return said(
        Notification(
            id=occasion.id,
            event=occasion.event,
            at=occasion.at,
            project=project,
            subject=f"{project}: {_subject(occasion)}",
            text=_text(occasion),
            thread_id=occasion.thread_id,
            run_id=occasion.run_id,
            data=data,
        )
    )


def said(notification: Notification) -> Notification:
    """The notification fit to leave: no secrets, no control characters, and of bounded length.

    Raises:
        ValueError: Its id or its event is no plain name of at most 128 characters, as headers need.
    """
    for name in (notification.id, notification.event):
        if not _PLAIN.fullmatch(name):
            raise ValueError(f"{name!r} is no plain name")
    data = _fit(redact(notification.data))
    return replace(
        notification,
        project=_short(notification.project, _NAME),
        subject=_short(notification.subject, LONGEST_SUBJECT),
        text=_bounded(printable(redact(notification.text)), LONGEST_TEXT),
        thread_id=_short(notification.thread_id, LONGEST_SUBJECT),
        run_id=_short(notification.run_id, LONGEST_SUBJECT),
        data=data if isinstance(data, dict) else {},
    )


def _fit(value: JsonValue) -> JsonValue:
    match value:
        case str():
            return _short(value, LONGEST_SUBJECT)
        case list():
            return [_fit(item) for item in value]
        case dict():
            return {_short(name, _NAME): _fit(item) for name, item in value.items()}
        case _:
            return value


def _short(text: str, limit: int) -> str:
    return _bounded(" ".join(printable(redact(text)).split()), limit)


def _bounded(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _subject(occasion: Occasion) -> str:
    match occasion.event:
        case "approval_waiting":
            named = _named(occasion.actions)
            return f"{named} waits for your decision" if named else "an answer waits for your decision"
        case "effect_in_doubt":
            return f"nobody knows what became of {_named(occasion.actions)}"
        case "compensation_failed":
            return f"{_named(occasion.actions)} could not be undone"
        case "outcome_unverified":
            return f"the outcome of {_named(occasion.actions)} is not confirmed"
        case "chain_broken":
            return "the audit chain is broken"
        case _:
            assert_never(occasion.event)


def _text(occasion: Occasion) -> str:
    thread, named = shlex.quote(occasion.thread_id), _named(occasion.actions)
    look = f"Look:   podium effects {thread}"
    match occasion.event:
        case "approval_waiting":
            return _waiting(occasion)
        case "effect_in_doubt":
            undone = any(one.status == "compensation_in_doubt" for one in occasion.actions)
            what = "was being undone" if undone else "was begun"
            return (
                f"{named} {what} in thread {thread}, broke off, and nobody knows whether it happened.\n"
                f"{look}\nSettle: podium reconcile --thread {thread}"
            )
        case "compensation_failed":
            return (
                f"{named} in thread {thread} could not be undone: the world is as the action left it.\n{look}"
            )
        case "outcome_unverified":
            return (
                f"{named} in thread {thread} said that it was done, and reading it back did not confirm it.\n"
                f"{look}\nCheck:  podium reconcile --thread {thread}"
            )
        case "chain_broken":
            return (
                f"Record {occasion.record} of the audit chain is not as it was written.\n"
                "Look: podium audit verify"
            )
        case _:
            assert_never(occasion.event)


def _waiting(occasion: Occasion) -> str:
    thread, actions = shlex.quote(occasion.thread_id), occasion.actions
    lines = [
        f"Thread {thread} waits for your decision before it acts:"
        if actions
        else f"Thread {thread} waits: the agents are not sure of their answer."
    ]
    lines += [f"- {_name(one)} ({one.effect_class}), action {one.digest[:12]}" for one in actions[:_NAMED]]
    lines += [f"- and {len(actions) - _NAMED} more"] if len(actions) > _NAMED else []
    lines.append(f"Look:   podium threads show {thread}")
    if occasion.inside:
        return "\n".join([*lines, "Answer: go on with the graph around it, which holds the thread"])
    answer = "--approve, or --reject" if actions else "--approve, --respond TEXT, or --reject"
    return "\n".join([*lines, f"Answer: podium resume {thread} {answer}"])


def _named(actions: tuple[Concern, ...]) -> str:
    names = list(dict.fromkeys(_name(one) for one in actions))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _name(action: Concern) -> str:
    return _short(action.tool, _NAME)
