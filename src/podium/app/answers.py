"""A person's decision as the value that an interrupted run is resumed with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from podium.app.results import ActionDecision, Decision
from podium.core.errors import InputError

if TYPE_CHECKING:
    from langgraph.types import Interrupt


def resume_value(decision: Decision, asked: Interrupt, waiting: Sequence[Interrupt]) -> Any:
    """What a run is resumed with.

    Args:
        decision: What the person said.
        asked: The interrupt that it answers.
        waiting: All interrupts of the thread; where there are several, the answer names its own.

    Raises:
        InputError: The decision does not fit what was asked.
    """
    _check(decision)
    answer = _answer(decision, asked.value)
    return answer if len(waiting) == 1 else {asked.id: answer}


def _answer(decision: Decision, value: Any) -> Any:
    if isinstance(value, Mapping) and "digests" in value:
        from podium.graphs.review import parse_decisions

        answer = _own(decision, value)
        parse_decisions(answer, value["digests"])
        return answer
    if decision.each:
        raise InputError("this takes one decision for all", hint="Send kind, without decisions.")
    if isinstance(value, Mapping) and isinstance(value.get("action_requests"), list):
        return _of_middleware(decision, value["action_requests"])
    return _plain(decision)


def _check(decision: Decision | ActionDecision) -> None:
    if isinstance(decision, Decision) and decision.each:
        for one in decision.each:
            _check(one)
        return
    if decision.kind == "edit" and not decision.args:
        raise InputError("the edit changes nothing", hint="Give the arguments to change, or approve.")
    if decision.kind == "respond" and not decision.message.strip():
        raise InputError("the response is empty", hint="Say what is to be done or answered, or reject.")
    if isinstance(decision, Decision) and decision.digests == ():
        raise InputError("the decision names no action", hint="Name digests, or leave them out for all.")


def _own(decision: Decision, value: Mapping[str, Any]) -> dict[str, Any]:
    """The form of Podium's own interrupts: decisions that name digests."""
    if decision.each:
        return {"decisions": [_word(one, value) for one in decision.each]}
    digests = decision.digests if decision.digests is not None else tuple(value["digests"])
    if not digests:
        return {"decisions": [{"type": decision.kind, "message": decision.message}]}
    if decision.kind != "edit":
        return {
            "decisions": [
                {"type": decision.kind, "digest": digest, "message": decision.message} for digest in digests
            ]
        }
    if len(digests) != 1:
        raise InputError("an edit changes one action at a time", hint="Name its digest.")
    return {"decisions": [{"digest": digests[0], **_edited(decision, _request(digests[0], value))}]}


def _word(one: ActionDecision, value: Mapping[str, Any]) -> dict[str, Any]:
    if one.kind == "edit":
        return {"digest": one.digest, **_edited(one, _request(one.digest, value))}
    return {"type": one.kind, "digest": one.digest, "message": one.message}


def _request(digest: str, value: Mapping[str, Any]) -> Mapping[str, Any]:
    known = dict(zip(value["digests"], value.get("action_requests", []), strict=False))
    request = next((item for known_digest, item in known.items() if known_digest.startswith(digest)), None)
    if request is None:
        raise InputError(f"no action {digest} waits here", hint="Look again at what waits.")
    found: Mapping[str, Any] = request
    return found


def _of_middleware(decision: Decision, requests: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The form of LangChain's middleware in somebody else's graph: one decision for each request."""
    if decision.kind == "edit":
        if len(requests) != 1:
            raise InputError("an edit changes one action at a time", hint="Approve or reject them all.")
        return {"decisions": [_edited(decision, requests[0])]}
    said = {"message": decision.message} if decision.message else {}
    return {"decisions": [{"type": decision.kind, **said} for _ in requests]}


def _edited(decision: Decision | ActionDecision, request: Mapping[str, Any]) -> dict[str, Any]:
    edited = {"name": request["name"], "args": {**request["args"], **decision.args}}
    return {"type": "edit", "edited_action": edited}


def _plain(decision: Decision) -> Any:
    """The answer to a question that somebody else's graph asks in words of its own."""
    match decision.kind:
        case "respond":
            return decision.message
        case "edit":
            return decision.args
        case "approve":
            return True
        case "reject":
            return False
