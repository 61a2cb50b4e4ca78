"""Guardrails: policy as code, validators in one pipeline, confidence, and where a turn goes."""

from podium.guardrails.confidence import score
from podium.guardrails.decision import Decision, decide
from podium.guardrails.pipeline import Pipeline
from podium.guardrails.policy import Policy
from podium.guardrails.policy_file import load_policy
from podium.guardrails.redaction import redact
from podium.guardrails.validator import Validator

__all__ = ["Decision", "Pipeline", "Policy", "Validator", "decide", "load_policy", "redact", "score"]
