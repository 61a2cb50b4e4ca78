"""Podium: production-grade multi-agent work on LangGraph.

Names resolve at first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from podium.agents.briefing import Handover
    from podium.agents.declared import agent
    from podium.agents.foreign import adapt
    from podium.app.factory import graph_context
    from podium.app.governing import GovernMiddleware, govern
    from podium.app.podium import Podium
    from podium.app.results import Decision
    from podium.core.errors import ActionError, PodiumError
    from podium.graphs.build import build_graph
    from podium.guardrails.policy import Policy
    from podium.knowledge.knowledge_base import KnowledgeBase
    from podium.tools.actions import action
    from podium.tools.context import ActionContext

__version__ = "0.1.0"

__all__ = [
    "ActionContext",
    "ActionError",
    "Decision",
    "GovernMiddleware",
    "Handover",
    "KnowledgeBase",
    "Podium",
    "PodiumError",
    "Policy",
    "action",
    "adapt",
    "agent",
    "build_graph",
    "govern",
    "graph_context",
]

_MODULES = {
    "ActionContext": "podium.tools.context",
    "ActionError": "podium.core.errors",
    "Decision": "podium.app.results",
    "GovernMiddleware": "podium.app.governing",
    "Handover": "podium.agents.briefing",
    "KnowledgeBase": "podium.knowledge.knowledge_base",
    "Podium": "podium.app.podium",
    "PodiumError": "podium.core.errors",
    "Policy": "podium.guardrails.policy",
    "action": "podium.tools.actions",
    "adapt": "podium.agents.foreign",
    "agent": "podium.agents.declared",
    "build_graph": "podium.graphs.build",
    "govern": "podium.app.governing",
    "graph_context": "podium.app.factory",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module 'podium' has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
