"""The sentences that Podium itself says; everything else in an answer is quoted or reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from podium.core.effects import HAPPENED

if TYPE_CHECKING:
    from podium.tools.ledger import Effect

ABSTAINED = "I found nothing in the knowledge base that answers this well enough, so I will not guess."
UNCONFIRMED = "reading it back did not confirm it"
UNCLEAR = "I am not sure what you would like. Could you say it in other words?"

_LIMITS = {
    "steps": "the limit of steps",
    "model_calls": "the limit of model calls",
    "tokens": "the limit of tokens",
    "cost": "the limit of cost",
    "seconds": "the time limit",
}


_STAND_INS = {
    "offline": "the offline agents answered",
    "fallback": "the fallback model answered",
    "cached": "a kept reply was used",
}


_CAUSES = {
    "model_auth": "its key was refused",
    "model_timeout": "it did not answer in time",
    "model_unavailable": "it could not be reached or takes no requests",
    "model_context": "the call did not fit into its window",
    "model_refused": "it declined",
    "model_output": "its replies could not be used",
    "model_budget": "the turn's limit for models was reached",
}


_OUT = {
    "source": "the source {} could not be asked, so nothing of it is in this answer",
    "server": "the MCP server {} could not be started, so its tools were not there",
    "agent": "the agent {} could not be asked, so nothing of it is in this answer",
}


def joined(*parts: str) -> str:
    """The parts that are not empty, a line each."""
    return "\n".join(part for part in parts if part)


def refusal(verdicts: Iterable[Mapping[str, Any]], decision: Mapping[str, Any]) -> str:
    """A refusal that names the rule."""
    for verdict in verdicts:
        if verdict["outcome"] not in ("pass", "fix"):
            reason = f": {verdict['reason'].rstrip('.')}" if verdict["reason"] else ""
            return f"I cannot do this: the rule '{verdict['rule']}' does not allow it{reason}."
    rule = decision.get("rule", "policy")
    return f"I cannot do this: the rule '{rule}' does not allow it."


def stopped(limit: str) -> str:
    """Why the turn ended early."""
    return f"I stopped here because {_LIMITS.get(limit, 'a limit')} of this turn was reached."


def rejected(reason: str) -> str:
    """What the user hears when a person said no."""
    return f"This was not approved: {reason}" if reason else "This was not approved, so nothing was done."


def failed_step(reason: str) -> str:
    """Why a step came to nothing."""
    return f"This could not be done: {reason}"


def effect_line(effect: Effect) -> str:
    """What became of one action."""
    name = effect.tool.replace("_", " ")
    target = f" ({effect.target})" if effect.target else ""
    if effect.status == "unverified":
        return f"Not confirmed: {name}{target} says that it was done, but {effect.error or UNCONFIRMED}."
    if effect.status in HAPPENED:
        return f"Done: {name}{target}."
    if effect.status == "failed":
        return f"Failed: {name}{target}: {effect.error or 'the tool gave no reason'}"
    if effect.status == "in_doubt":
        return f"In doubt: {name}{target} may or may not have happened; a person has to look."
    if effect.status == "compensated":
        return f"Undone: {name}{target}."
    if effect.status == "compensation_failed":
        return f"Not undone: {name}{target}: {effect.error or 'the tool gave no reason'}"
    if effect.status == "compensation_in_doubt":
        return f"In doubt: {name}{target} may or may not have been undone; a person has to look."
    if effect.status == "simulated":
        return f"Simulated: {name}{target} was not carried out, because this conversation is a copy."
    return f"Not done: {name}{target} is {effect.status}{f': {effect.error}' if effect.error else ''}."


def notes(degraded: Sequence[str], limit: str, *, unpriced: bool = False) -> tuple[str, ...]:
    """What the user should know about the answer.

    Args:
        degraded: Who stood in for which role, and what could not be asked.
        limit: The limit that ended the turn; empty while none did.
        unpriced: Whether to say that the cost of the models is not known.
    """
    found = [words.format(name) for kind, words in _OUT.items() for name in _named(kind, degraded)]
    found += _stood_in([entry for entry in degraded if entry.partition(":")[0] not in _OUT])
    if limit:
        found.append(stopped(limit))
    if unpriced:
        found.append("what the models cost is not known: models.prices lacks a price (see podium doctor)")
    return tuple(found)


def _stood_in(degraded: Sequence[str]) -> list[str]:
    """Who stood in for a model, for which roles, and why."""
    entries = [(*entry.split(":"), "", "")[:3] for entry in degraded]
    found = []
    for stand_in, words in _STAND_INS.items():
        held = [(role, why) for role, who, why in entries if (who or "offline") == stand_in]
        if held:
            roles = ", ".join(dict.fromkeys(role for role, _ in held))
            causes = ", ".join(dict.fromkeys(_CAUSES[why] for _, why in held if why in _CAUSES))
            because = f" ({causes})" if causes else ""
            found.append(f"the language model was not available for {roles}{because}; {words}")
    return found


def _named(kind: str, degraded: Iterable[str]) -> list[str]:
    entries = (entry.partition(":") for entry in degraded)
    return list(dict.fromkeys(name for found, _, name in entries if found == kind))
