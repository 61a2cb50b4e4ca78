"""What a person is asked, in the shape that stock LangGraph clients render, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, TypeAdapter, ValidationError

from podium.core.confidence import Confidence
from podium.core.errors import InputError, PodiumError
from podium.core.model import JsonValue, Model

if TYPE_CHECKING:
    from podium.tools.consents import Consent
    from podium.tools.ledger import Effect

REVIEW_DECISIONS = ("approve", "edit", "reject", "respond")


class EditedAction(Model):
    """An action as a person wants it."""

    name: str
    args: dict[str, JsonValue]


class ReviewDecision(Model):
    """A person's word on one action, or on the whole when it names no digest.

    The fields `type`, `edited_action` and `message` are those of LangChain's human-in-the-loop
    middleware; `digest` is ours and binds the decision to one envelope.
    """

    type: Literal["approve", "edit", "reject", "respond"]
    digest: str | None = None
    edited_action: EditedAction | None = None
    message: str = ""


class Review(Model):
    """What was decided, as the state keeps it."""

    kind: Literal["approve", "reject", "respond"]
    approved: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    message: str = ""
    principal: str = ""


class _Response(Model):
    decisions: tuple[ReviewDecision, ...] = Field(min_length=1)


_BARE = TypeAdapter(ReviewDecision)


def parse_decisions(
    answer: object, digests: Sequence[str], open_digests: Sequence[str] = ()
) -> tuple[ReviewDecision, ...]:
    """One decision for each digest that waits, whatever form the client sent.

    Accepted are `{"decisions": [...]}`, a list, one decision, and the bare words `approve` and
    `reject`. A single decision without a digest stands for all that wait; several without digests
    go by position, as stock clients send them.

    Args:
        answer: What the run was resumed with.
        digests: What waits, in the order in which it was shown.
        open_digests: Those of them that are not refused yet, if some are: an answer without digests is about
            these, unless it says something of each.

    Raises:
        InputError: The answer has no such form, or names a digest that does not wait here.
    """
    decisions = _decisions(answer)
    if not digests:
        return decisions
    if any(decision.digest is not None for decision in decisions):
        return _by_digest(decisions, digests)
    if open_digests and len(decisions) in (1, len(open_digests)):
        digests = open_digests
    if len(decisions) == 1:
        if len(digests) > 1 and decisions[0].type == "edit":
            raise InputError("an edit has to name the action it changes", hint="Give its digest.")
        return tuple(decisions[0].model_copy(update={"digest": digest}) for digest in digests)
    if len(decisions) != len(digests):
        raise InputError(
            f"{len(digests)} actions wait, {len(decisions)} decisions came",
            hint="Send one decision for each, or name their digests.",
        )
    return tuple(
        decision.model_copy(update={"digest": digest})
        for decision, digest in zip(decisions, digests, strict=True)
    )


def names_digests(answer: object) -> bool:
    """Whether an answer says itself which actions it is about.

    Args:
        answer: What the run was resumed with.

    Raises:
        InputError: It has no form that `parse_decisions` takes.
    """
    return any(decision.digest is not None for decision in _decisions(answer))


def _decisions(answer: object) -> tuple[ReviewDecision, ...]:
    try:
        match answer:
            case str():
                return (_BARE.validate_python({"type": answer.strip().lower()}),)
            case {"decisions": _}:
                return _Response.model_validate(answer).decisions
            case list():
                return _Response.model_validate({"decisions": answer}).decisions
            case _:
                return (_BARE.validate_python(answer),)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"the decision cannot be understood: {where}: {first['msg']}".replace(": : ", ": "),
            hint='Send {"decisions": [{"type": "approve"}]}, or edit, reject or respond.',
        ) from None


def _by_digest(decisions: Sequence[ReviewDecision], digests: Sequence[str]) -> tuple[ReviewDecision, ...]:
    found: dict[str, ReviewDecision] = {}
    for decision in decisions:
        matches = [d for d in digests if decision.digest and d.startswith(decision.digest)]
        if len(matches) != 1:
            raise InputError(
                f"no action {decision.digest or 'without a digest'} waits here",
                hint="It may have been edited or decided since; look again at what waits.",
            )
        found[matches[0]] = decision.model_copy(update={"digest": matches[0]})
    missing = [digest for digest in digests if digest not in found]
    return (
        *found.values(),
        *(ReviewDecision(type="reject", digest=d, message="not selected") for d in missing),
    )


def review_request(
    effects: Sequence[Effect],
    *,
    question: str,
    draft: str,
    confidence: Confidence | None,
    reasons: Sequence[str],
    evidence: Sequence[dict[str, Any]],
    expires_at: str,
    error: PodiumError | None = None,
    people: Mapping[str, int] | None = None,
    consents: Sequence[Consent] = (),
) -> dict[str, Any]:
    """What the person sees.

    `action_requests` and `review_configs` have the shape of LangChain's human-in-the-loop
    middleware; the other keys are ours.
    """
    needed = people or {}
    most = max((needed.get(effect.digest, 1) for effect in effects), default=1)
    names = list(dict.fromkeys(effect.tool for effect in effects))
    return {
        "action_requests": [
            {
                "name": effect.tool,
                "args": effect.args,
                "description": describe(effect, needed.get(effect.digest, 1), consents),
            }
            for effect in effects
        ],
        "review_configs": [
            {"action_name": name, "allowed_decisions": list(REVIEW_DECISIONS)} for name in names
        ],
        "digests": [effect.digest for effect in effects],
        "previews": [effect.preview or {} for effect in effects],
        "question": question,
        "draft": draft,
        "confidence": confidence.model_dump(mode="json") if confidence else None,
        "reasons": list(reasons),
        "evidence": list(evidence),
        "expires_at": expires_at,
        "error": error.message if error else "",
        "problem": error.as_dict() if error else None,
        "people": most,
        "consents": [{"digest": one.digest, "principal": one.principal, "at": one.at} for one in consents],
    }


def describe(effect: Effect, people: int = 1, consents: Sequence[Consent] = ()) -> str:
    """One line that says what an action would do, and how many people have approved it.

    Args:
        effect: The action.
        people: How many have to approve it.
        consents: Who has approved it, or other actions.
    """
    words = effect.tool.replace("_", " ")
    target = f" on {effect.target}" if effect.target else ""
    given = sum(one.digest == effect.digest for one in consents)
    progress = f"; approved by {given} of {people} people" if people > 1 else ""
    return f"{words}{target} ({effect.effect_class}){progress}"
