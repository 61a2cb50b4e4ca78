"""Podium: production-grade multi-agent work on LangGraph."""

from __future__ import annotations

__version__ = "0.1.0"
