"""Decisions as answers tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from podium.server.services import Services
    from podium.storage.decisions import StoredDecision


def policy_file(services: Services) -> str:
    """The last of the policy's files; empty where the defaults count."""
    files = services.app.project.manifest.policy.files
    return files[-1] if files else ""


def decision_view(services: Services, one: StoredDecision) -> dict[str, Any]:
    """A decision as it is told."""
    details = one.details
    confidence = details.get("confidence") or {}
    return {
        "seq": one.seq,
        "at": one.at,
        "thread_id": one.thread_id,
        "run_id": one.run_id,
        "turn_id": one.turn_id,
        "node": one.node,
        "kind": one.kind,
        "checkpoint_id": one.checkpoint_id,
        "step": one.step,
        "route": one.route,
        "rule": one.rule,
        "threshold": one.threshold,
        "confidence": None
        if one.score is None
        else {
            "score": one.score,
            "uncalibrated": confidence.get("uncalibrated"),
            "calibrated": confidence.get("calibrated", False),
            "factors": confidence.get("factors", []),
            "reasons": confidence.get("reasons", []),
        },
        "reasons": details.get("reasons", []),
        "policy": {
            "version": one.policy_version,
            "file": policy_file(services),
            "current": one.policy_version == services.app.context.policy.version,
        },
        "facts": details.get("facts"),
        "who": one.who,
    }
