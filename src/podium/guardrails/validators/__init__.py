"""The default checks: plain functions of a text and its context, each returning findings."""

from podium.guardrails.validators.grounding import grounding, support
from podium.guardrails.validators.hidden_unicode import hidden_unicode
from podium.guardrails.validators.injection import injection
from podium.guardrails.validators.length import length
from podium.guardrails.validators.links import links
from podium.guardrails.validators.personal_data import personal_data
from podium.guardrails.validators.secrets import secrets
from podium.guardrails.validators.valid_text import valid_text

__all__ = [
    "grounding",
    "hidden_unicode",
    "injection",
    "length",
    "links",
    "personal_data",
    "secrets",
    "support",
    "valid_text",
]
