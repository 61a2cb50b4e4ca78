"""Replays calls over a copy of the database, one after the other."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from benchmarks.retail.reference import delivered, pending, profile, reading
from benchmarks.retail.reference.calls import Call, Outcome, Replayed
from benchmarks.retail.reference.draft import Draft, copied
from benchmarks.retail.reference.policy import Refused

READS: tuple[Callable[..., None], ...] = (
    reading.calculate,
    reading.find_user_id_by_email,
    reading.find_user_id_by_name_zip,
    reading.get_item_details,
    reading.get_order_details,
    reading.get_product_details,
    reading.get_user_details,
    reading.list_all_product_types,
    reading.transfer_to_human_agents,
)
WRITES: tuple[Callable[..., None], ...] = (
    delivered.exchange_delivered_order_items,
    delivered.return_delivered_order_items,
    pending.cancel_pending_order,
    pending.modify_pending_order_address,
    pending.modify_pending_order_items,
    pending.modify_pending_order_payment,
    profile.modify_user_address,
)
TOOLS: Mapping[str, Callable[..., None]] = {tool.__name__: tool for tool in (*READS, *WRITES)}
LISTS = frozenset({"item_ids", "new_item_ids"})
"""The arguments that are lists of strings; every other one is a string."""


def replay(database: Mapping[str, Any], calls: Sequence[Call]) -> Replayed:
    """The database after the calls, and what became of each.

    Args:
        database: As loaded from `db.json`; it is left as it is.
        calls: In their order. A refused one changes nothing, and those after it go on.
    """
    world: dict[str, Any] = copied(dict(database))
    return Replayed(world, tuple([_outcome(world, call) for call in calls]))


def _outcome(world: dict[str, Any], call: Call) -> Outcome:
    draft = Draft(world)
    try:
        tool = _tool(call)
        tool(draft, **call.arguments)
    except Refused as refusal:
        return Outcome(call, ok=False, reason=str(refusal))
    draft.keep()
    return Outcome(call, ok=True, reason=None)


def _tool(call: Call) -> Callable[..., None]:
    """The tool of a call, whose arguments are exactly those that the tool takes."""
    if call.name not in TOOLS:
        raise Refused(f"there is no tool {call.name!r}")
    tool = TOOLS[call.name]
    takes = set(inspect.signature(tool).parameters) - {"draft"}
    if takes != set(call.arguments):
        raise Refused(f"{call.name} takes {sorted(takes)}, not {sorted(call.arguments)}")
    for name, value in call.arguments.items():
        if not _fits(name, value):
            raise Refused(f"{call.name} cannot take {value!r} as {name}")
    return tool


def _fits(name: str, value: object) -> bool:
    if name not in LISTS:
        return isinstance(value, str)
    return isinstance(value, list | tuple) and all(isinstance(one, str) for one in value)
