"""What a node's update means for the audit chain.

Every node of every graph passes here by what it writes, not by its name. What may be personal is sealed:
words, arguments and answers. Ids, versions, rules, scores and routes stand open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from podium.core.audit import AuditEntry, AuditKind
from podium.core.clock import to_iso
from podium.core.model import JsonObject, JsonValue
from podium.guardrails.redaction import redact
from podium.telemetry.records import StepRecord

_PASSAGE = ("id", "source", "version", "collection", "access", "trust")
_VERDICT = ("rule", "stage", "outcome", "target")
_STEP = ("id", "kind", "tool", "depends_on", "allowed_tools")
_STEP_WORDS = ("instruction", "query", "args", "references", "missing", "success")


def entries_of(step: StepRecord) -> list[AuditEntry]:
    """What is put on record of one node's work.

    Args:
        step: The node and what it wrote.
    """
    at = to_iso(datetime.fromtimestamp(step.at_ns / 1e9, UTC))
    entries: list[AuditEntry] = []
    for kind, data, sealed, who in _facts(step.update):
        data["node"] = step.node
        entries.append(
            AuditEntry(
                kind,
                at,
                who or step.who,
                data,
                sealed,
                thread_id=step.thread_id,
                run_id=step.run_id,
                tenant=step.tenant,
            )
        )
    return entries


_Fact = tuple[AuditKind, JsonObject, JsonValue, str]


def _facts(update: Mapping[str, Any]) -> Iterator[_Fact]:
    if turn := update.get("turn"):
        yield "turn", {"turn": turn["id"]}, {"text": redact(turn["text"])}, ""
    if plan := update.get("plan"):
        yield _plan(plan, update)
    if passages := _added(update, "evidence"):
        items = _parts(passages, _PASSAGE)
        yield "read", {"from": "knowledge", "passages": items}, None, ""
    if outputs := [output for result in _results(update) for output in result.get("outputs", ())]:
        yield _read(outputs)
    if verdicts := _verdicts(update):
        items = _parts(verdicts, _VERDICT)
        reasons = [item.get("reason", "") for item in verdicts]
        yield "verdict", {"verdicts": items}, {"reasons": reasons} if any(reasons) else None, ""
    if confidence := update.get("confidence"):
        yield _confidence(confidence, update.get("decision") or {})
    if review := update.get("review"):
        yield _review(review)
    if outcome := update.get("outcome"):
        yield _outcome(outcome)


def _parts(items: Iterable[Mapping[str, Any]], names: tuple[str, ...]) -> list[JsonValue]:
    return [{name: item.get(name) for name in names} for item in items]


def _plan(plan: Mapping[str, Any], update: Mapping[str, Any]) -> _Fact:
    steps = _parts(plan["steps"], _STEP)
    words = {
        step["id"]: {name: step[name] for name in _STEP_WORDS if step.get(name)} for step in plan["steps"]
    }
    data: JsonObject = {"steps": steps, "degraded": _added(update, "degraded")}
    return "plan", data, {"goal": plan.get("goal", ""), "steps": words}, ""


def _read(outputs: list[Mapping[str, Any]]) -> _Fact:
    """What was asked; what a tool gave back may be of any size, and is in the run's state."""
    calls = [output["call"] for output in outputs]
    tools: list[JsonValue] = [
        {"tool": call["tool"], "step": call.get("step", ""), "ok": output.get("ok", True)}
        for call, output in zip(calls, outputs, strict=True)
    ]
    args = [call.get("args", {}) for call in calls]
    return "read", {"from": "tools", "tools": tools}, {"args": args}, ""


def _confidence(confidence: Mapping[str, Any], decision: Mapping[str, Any]) -> _Fact:
    data: JsonObject = {
        "score": confidence["score"],
        "calibrated": confidence.get("calibrated", False),
        "factors": {factor["name"]: factor["value"] for factor in confidence.get("factors", ())},
        "reasons": list(dict.fromkeys([*confidence.get("reasons", ()), *decision.get("reasons", ())])),
        "route": decision.get("route", ""),
        "rule": decision.get("rule", ""),
        "threshold": decision.get("threshold"),
    }
    return "confidence", data, None, ""


def _review(review: Mapping[str, Any]) -> _Fact:
    data: JsonObject = {name: review.get(name) for name in ("kind", "approved", "rejected")}
    message = review.get("message", "")
    return "review", data, {"message": redact(message)} if message else None, review.get("principal", "")


def _outcome(outcome: Mapping[str, Any]) -> _Fact:
    data: JsonObject = {
        "turn": outcome["turn_id"],
        "status": outcome["status"],
        "degraded": outcome.get("degraded", False),
        "digests": outcome.get("digests", []),
        "evidence": [citation.get("evidence_id", "") for citation in outcome.get("citations", ())],
        "fault": (outcome.get("fault") or {}).get("code", ""),
    }
    return "outcome", data, {"answer": redact(outcome["answer"])}, ""


def _verdicts(update: Mapping[str, Any]) -> list[Any]:
    """The verdicts of this node; what a later plan keeps of earlier ones is on record already."""
    held = update.get("verdicts") or []
    if isinstance(held, Mapping):
        return list(held.get("__overwrite__", ())) if update.get("turn") else []
    return list(held)


def _added(update: Mapping[str, Any], name: str) -> list[Any]:
    held = update.get(name) or []
    return [] if isinstance(held, Mapping) else list(held)


def _results(update: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    held = update.get("results") or {}
    return [] if "__overwrite__" in held else list(held.values())
