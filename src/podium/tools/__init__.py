"""Tools that change the world through one ledger: previewed, approved, done once, undone.

Names resolve on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podium.tools.actions import Action, action
    from podium.tools.consents import Consent
    from podium.tools.context import ActionContext
    from podium.tools.effect import Effect, EffectMove
    from podium.tools.envelope import ActionEnvelope
    from podium.tools.grants import Grant
    from podium.tools.langchain import from_langchain
    from podium.tools.ledger import EffectLedger
    from podium.tools.loader import World, load_tools, load_world
    from podium.tools.scope import EffectScope
    from podium.tools.tool import Tool, ToolOptions
    from podium.tools.toolbox import Toolbox

__all__ = [
    "Action",
    "ActionContext",
    "ActionEnvelope",
    "Consent",
    "Effect",
    "EffectLedger",
    "EffectMove",
    "EffectScope",
    "Grant",
    "Tool",
    "ToolOptions",
    "Toolbox",
    "World",
    "action",
    "from_langchain",
    "load_tools",
    "load_world",
]

_MODULES = {
    "Action": "actions",
    "ActionContext": "context",
    "ActionEnvelope": "envelope",
    "Consent": "consents",
    "Effect": "effect",
    "EffectLedger": "ledger",
    "EffectMove": "effect",
    "EffectScope": "scope",
    "Grant": "grants",
    "Tool": "tool",
    "ToolOptions": "tool",
    "Toolbox": "toolbox",
    "World": "loader",
    "action": "actions",
    "from_langchain": "langchain",
    "load_tools": "loader",
    "load_world": "loader",
}


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{module}"), name)
