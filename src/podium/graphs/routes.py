"""The edges that depend on what happened: pure functions of the state.

Every name that a route returns is a node's; a graph file lists them beside the route.
"""

from __future__ import annotations

from typing import Any, Literal

from langgraph.types import Send

from podium.agents.contracts import HistoryTurn
from podium.core.plan import Plan
from podium.graphs.conversation import text_of
from podium.graphs.nodes.execute import ready_steps
from podium.graphs.nodes.retrieve import RECENT_TURNS, payload
from podium.graphs.state import PodiumState

AfterCritique = Literal["retrieve", "plan", "human", "commit", "respond"]


def after_admit(state: PodiumState) -> Literal["plan", "respond"]:
    """A request that a rule refuses is answered at once."""
    refused = any(verdict["outcome"] == "refuse" for verdict in state.get("verdicts", ()))
    return "respond" if refused else "plan"


def after_plan(state: PodiumState) -> str | list[Send]:
    """Independent retrievals start side by side; without any the executor begins."""
    if state.get("stopped"):
        return "respond"
    return retrievals(state) or "execute"


def after_execute(state: PodiumState) -> Literal["execute", "critique", "respond"]:
    """The next wave of steps, or the critique once all are done."""
    if state.get("stopped"):
        return "respond"
    plan = Plan.model_validate(state["plan"])
    return "execute" if ready_steps(plan, set(state.get("results", {}))) else "critique"


def after_critique(state: PodiumState) -> str | list[Send]:
    """Where the decision sends the turn."""
    if state.get("stopped"):
        return "respond"
    match state["decision"]["route"]:
        case "gather":
            return retrievals(state) or "plan"
        case "replan":
            return "plan"
        case "escalate":
            return "human"
        case "act":
            return "commit"
        case _:
            return "respond"


def after_human(state: PodiumState) -> Literal["commit", "plan", "respond"]:
    """Approved actions are carried out; guidance makes a new plan; all else ends the turn."""
    review = state["review"]
    if review["approved"]:
        return "commit"
    if review["kind"] == "respond" and review["rejected"] and review["message"]:
        return "plan"
    return "respond"


def retrievals(state: PodiumState) -> str | list[Send]:
    """One retrieval as an ordinary step, several side by side; empty when the plan has none."""
    steps = Plan.model_validate(state["plan"]).of_kind("retrieve")
    if len(steps) <= 1:
        return "retrieve" if steps else []
    history = _recent(state)
    return [Send("retrieve", payload(state, step, history, len(steps))) for step in steps]


def _recent(state: PodiumState) -> list[dict[str, Any]]:
    turn_id = state["turn"]["id"]
    turns: list[HistoryTurn] = []
    for message in reversed(state.get("messages") or []):
        if message.id != turn_id and message.type in ("human", "ai"):
            speaker: Literal["user", "assistant"] = "user" if message.type == "human" else "assistant"
            turns.append(HistoryTurn(speaker=speaker, text=text_of(message)[:2_000]))
        if len(turns) == RECENT_TURNS:
            break
    return [turn.model_dump(mode="json") for turn in reversed(turns)]
