"""What a project is made of; the build of the wheel reads this file too, so it imports nothing."""

from __future__ import annotations

LAYOUT = (
    "podium.toml",
    "langgraph.json",
    "agents",
    "graphs",
    "tools",
    "knowledge",
    "guardrails",
    "evals",
)
"""Files and folders at the root of a project, its manifest first."""
