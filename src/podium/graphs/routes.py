"""The edges that depend on what happened: pure functions of the state.

Every name that a route returns is a node's; a graph file lists them beside the route. A route that may lead
back is bounded: it says with `bounded` what ends its loop, or counts the runs with `at_most`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, get_args, get_origin, get_type_hints

from langgraph.types import Send

from podium.agents.contracts import HistoryTurn
from podium.core.plan import Plan
from podium.graphs.conversation import text_of
from podium.graphs.nodes.execute import ready_steps
from podium.graphs.nodes.retrieve import RECENT_TURNS, payload
from podium.graphs.state import PodiumState

if TYPE_CHECKING:
    from podium.agents.specialist import Specialist

Route: TypeAlias = Callable[[PodiumState], "str | Sequence[str | Send]"]
"""Where a turn goes: a node, or several side by side."""

R = TypeVar("R", bound=Callable[..., Any])

MAX_HANDOVERS = 4
"""How often agents may pass a turn among themselves."""

_BOUND = "__podium_bound__"
_COUNTS = "__podium_counts__"
_INNER = "__podium_inner__"


def bounded(by: str) -> Callable[[R], R]:
    """Say what ends the loop that a route may lead back into.

    Args:
        by: In words.
    """

    def mark(route: R) -> R:
        setattr(route, _BOUND, by)
        return route

    return mark


def at_most(times: int, node: str, route: Route, *, otherwise: str = "respond") -> Route:
    """A route that leads back no more than a number of times in one turn.

    Args:
        times: How often the node may run in a turn; after the last run the turn goes on to `otherwise`.
        node: The node that the route leaves from.
        route: Where the turn goes until then.
        otherwise: Where it goes then, and when the budget is spent.
    """

    def limited(state: PodiumState) -> str | Sequence[str | Send]:
        over = state.get("stopped") or state.get("rounds", {}).get(node, 0) >= times
        return otherwise if over else route(state)

    setattr(limited, _COUNTS, node)
    setattr(limited, _INNER, (route, otherwise))
    return bounded(f"at most {times} runs of {node}")(limited)


def redirect(route: Route, **targets: str | Route) -> Route:
    """A route with other targets, as `redirect(after_plan, retrieve="execute")`.

    Args:
        route: Decides as before.
        targets: By the old target the new one, or a route that decides in its place.
    """
    targets = {old: new for old, new in targets.items() if old != new}
    if not targets:
        return route

    def redirected(state: PodiumState) -> str | Sequence[str | Send]:
        chosen = route(state)
        moved: list[str | Send] = []
        for item in [chosen] if isinstance(chosen, str) else chosen:
            target = targets.get(item.node if isinstance(item, Send) else item, item)
            found = target(state) if callable(target) else target
            moved += [found] if isinstance(found, str | Send) else found
        names = dict.fromkeys(item for item in moved if isinstance(item, str))
        return [*names, *(item for item in moved if isinstance(item, Send))]

    setattr(redirected, _BOUND, bound_of(route))
    setattr(redirected, _COUNTS, counted_by(route))
    return redirected


def bound_of(route: Callable[..., Any]) -> str:
    """What ends the loop that a route may lead back into; empty when nothing does."""
    return str(getattr(route, _BOUND, ""))


def counted_by(route: Callable[..., Any]) -> str:
    """The node whose runs a route counts; empty for none."""
    return str(getattr(route, _COUNTS, ""))


def ends_of(route: Callable[..., Any]) -> tuple[str, ...] | None:
    """Where a route may lead, by its annotation `-> Literal[…]`; None when it does not say."""
    if inner := getattr(route, _INNER, None):
        ends = ends_of(inner[0])
        return None if ends is None else tuple(dict.fromkeys([*ends, inner[1]]))
    hint = get_type_hints(route).get("return")
    return get_args(hint) if get_origin(hint) is Literal else None


def to_agents(specialists: Sequence[Specialist], then: str = "execute") -> Route:
    """The specialists whose contract wants the request, side by side; without any the turn goes on.

    They are asked once for a plan: not again when more evidence is gathered. Who is reached by a handover is
    asked here only if its contract says when.

    Args:
        specialists: Who may be asked.
        then: Where the turn goes otherwise.
    """
    handed = {name for one in specialists for name in one.contract.hands_to}
    asked = [one for one in specialists if one.contract.when is not None or one.name not in handed]

    def to_agents_or_on(state: PodiumState) -> str | Sequence[str]:
        if state.get("stopped") or state.get("loops", {}).get("gather"):
            return then
        text = state["turn"]["text"]
        wanted = [one.name for one in asked if one.contract.when is None or one.contract.when(text)]
        return wanted or then

    return to_agents_or_on


def after_agent(name: str, then: str = "execute") -> Route:
    """To whom the specialist handed over, else on.

    Args:
        name: The specialist.
        then: Where the turn goes without a handover, and after too many.
    """

    @bounded(f"at most {MAX_HANDOVERS} handovers")
    def after_agent_or_on(state: PodiumState) -> str:
        handovers = state.get("handovers", ())
        if state.get("stopped") or len(handovers) > MAX_HANDOVERS:
            return then
        mine = [item["to"] for item in handovers if item["from"] == name]
        return str(mine[-1]) if mine else then

    return after_agent_or_on


def after_admit(state: PodiumState) -> Literal["plan", "respond"]:
    """A request that a rule refuses is answered at once."""
    refused = any(verdict["outcome"] == "refuse" for verdict in state.get("verdicts", ()))
    return "respond" if refused else "plan"


def after_plan(state: PodiumState) -> str | list[Send]:
    """Independent retrievals start side by side; without any the executor begins."""
    if state.get("stopped"):
        return "respond"
    return retrievals(state) or "execute"


@bounded("each wave finishes a step of the plan")
def after_execute(state: PodiumState) -> Literal["execute", "critique", "respond"]:
    """The next wave of steps, or the critique once all are done."""
    if state.get("stopped"):
        return "respond"
    plan = Plan.model_validate(state["plan"])
    return "execute" if ready_steps(plan, set(state.get("results", {}))) else "critique"


@bounded("the policy's bounds of gather, replan and retry")
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


@bounded("a person's word, and the budget")
def after_human(state: PodiumState) -> Literal["commit", "plan", "respond"]:
    """Approved actions are carried out; guidance makes a new plan; all else ends the turn."""
    review = state["review"]
    if review["approved"]:
        return "commit"
    if review["kind"] == "respond" and review["rejected"] and review["message"]:
        return "plan"
    return "respond"


@bounded("a person's word, and the budget")
def after_commit(state: PodiumState) -> Literal["human", "respond"]:
    """What turned out to be no longer approved goes to a person; else the turn is told."""
    again = state.get("decision", {}).get("rule") == "grant" and not state.get("review")
    return "human" if again else "respond"


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
