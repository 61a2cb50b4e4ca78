"""Recorded events as spans: each kind under names of its own, and texts as long as a list can bear."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from podium.core.clock import from_iso, to_iso

if TYPE_CHECKING:
    from podium.storage.traces import RecordedEvent, RecordedRun
    from podium.tools.effect import Effect

SHOWN: Final = 1_000
"""Characters of a text in a list."""
_SPEAKERS: Final = {"human": "user", "ai": "assistant"}
_HIDDEN: Final = frozenset(
    {
        "podium.messages",
        "podium.reply",
        "podium.hits",
        "podium.heard",
        "gen_ai.tool.call.arguments",
        "gen_ai.tool.call.result",
        "podium.context_included",
        "podium.context_left_out",
    }
)
"""Attributes that are told under names of their own."""
_FAILED: Final = frozenset({"failed", "refused", "in_doubt", "unverified"})


class SpanViews:
    """Shows the spans of a page.

    Args:
        runs: The runs that they belong to.
        effects: The effects that they tell of.
        whole: Whether texts are shown in full.
    """

    def __init__(self, runs: Iterable[RecordedRun], effects: Iterable[Effect], *, whole: bool) -> None:
        self._began = {run.run_id: from_iso(run.started_at).timestamp() for run in runs}
        self._effects = {effect.digest: effect for effect in effects}
        self._whole = whole
        self._cut = False

    def of(self, event: RecordedEvent) -> dict[str, Any]:
        """One span as it is told."""
        self._cut = False
        payload = event.payload
        kind = str(payload.get("kind", "event"))
        began = payload.get("started_ns", 0) / 1e9
        point = kind == "event"
        attributes: dict[str, Any] = payload.get("attributes") or {}
        told = self._by_kind(kind, event, attributes)
        return {
            "seq": event.seq,
            "span_id": f"event-{event.seq}" if point else payload.get("span_id", ""),
            "parent_id": payload.get("span_id" if point else "parent_id", ""),
            "trace_id": payload.get("trace_id", ""),
            "run_id": event.run_id,
            "kind": kind,
            "name": payload.get("name", event.kind),
            "started_at": to_iso(datetime.fromtimestamp(began, UTC)),
            "started_ms": round((began - self._began.get(event.run_id, began)) * 1000, 3),
            "seconds": payload.get("seconds", 0.0),
            "status": "error" if payload.get("error") else "ok",
            "error": payload.get("error", ""),
            "attributes": {
                name: self._text(value) for name, value in attributes.items() if name not in _HIDDEN
            },
            **told,
            "cut": self._cut,
        }

    def _by_kind(
        self, kind: str, event: RecordedEvent, attributes: Mapping[str, Any]
    ) -> dict[str, dict[str, Any]]:
        name = str(event.payload.get("name", ""))
        if kind == "event":
            return self._point(event.kind, attributes)
        shown: dict[str, Callable[[str, Mapping[str, Any]], dict[str, Any]]] = {
            "model": self._model,
            "tool": self._tool,
            "retrieval": self._retrieval,
            "guardrail": lambda stage, _: {"stage": stage, "verdict": None},
        }
        return {kind: shown[kind](name, attributes)} if kind in shown else {}

    def _point(self, kind: str, attributes: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        if kind == "verdict":
            verdict = {
                name: str(attributes.get(f"podium.verdict.{name}", ""))
                for name in ("rule", "stage", "outcome", "target")
            }
            return {"guardrail": {"stage": verdict["stage"], "verdict": verdict}}
        effect = self._effects.get(str(attributes.get("podium.effect.digest", "")))
        return {"tool": self._effect(effect)} if kind == "effect" and effect is not None else {}

    def _effect(self, effect: Effect) -> dict[str, Any]:
        return {
            "tool": effect.tool,
            "args": self._value(effect.args),
            "result": self._value(effect.error or effect.result),
            "ok": effect.status not in _FAILED,
            "code": "",
            "effect": effect.effect_class,
            "digest": effect.digest,
            "status": effect.status,
            "started_at": effect.started_at,
            "ended_at": effect.ended_at,
        }

    def _model(self, name: str, held: Mapping[str, Any]) -> dict[str, Any]:
        messages = _parsed(held.get("podium.messages"), [])
        return {
            "model": name,
            "role": held.get("gen_ai.agent.name", ""),
            "prompt": held.get("gen_ai.prompt.name", ""),
            "prompt_hash": held.get("podium.prompt_hash", ""),
            "messages": [
                {"role": _SPEAKERS.get(speaker, speaker), "text": self._text(text)}
                for speaker, text in (messages if isinstance(messages, list) else ())
            ],
            "reply": self._text(held.get("podium.reply", "")),
            "input_tokens": held.get("gen_ai.usage.input_tokens", 0),
            "output_tokens": held.get("gen_ai.usage.output_tokens", 0),
            "cost": held.get("podium.usage.cost"),
            "cached": bool(held.get("podium.cached")),
            "attempt": held.get("podium.attempt", 0),
            "window": held.get("podium.context_window"),
            "context_tokens": held.get("podium.context_tokens"),
            "included": _parsed(held.get("podium.context_included"), []),
            "left_out": _parsed(held.get("podium.context_left_out"), []),
        }

    def _tool(self, name: str, held: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "tool": name,
            "args": self._value(_parsed(held.get("gen_ai.tool.call.arguments"), None)),
            "result": self._value(_parsed(held.get("gen_ai.tool.call.result"), None)),
            "ok": bool(held.get("podium.ok", True)),
            "code": held.get("podium.code", ""),
            "effect": "" if held.get("podium.heard") else "read",
        }

    def _retrieval(self, name: str, held: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "step": name,
            "query": self._text(held.get("gen_ai.retrieval.query.text", "")),
            "hits": _parsed(held.get("podium.hits"), []),
            "failed": held.get("podium.failed", ""),
        }

    def _text(self, value: Any) -> Any:
        """A text as long as it may be; other values as they are."""
        if self._whole or not isinstance(value, str) or len(value) <= SHOWN:
            return value
        self._cut = True
        return value[:SHOWN]

    def _value(self, value: Any) -> Any:
        """A value of a tool; one that is long is shown as the beginning of its JSON text."""
        if self._whole or value is None or isinstance(value, bool | int | float):
            return value
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return value if len(text) <= SHOWN else self._text(text)


def _parsed(text: Any, otherwise: Any) -> Any:
    """What a text says in JSON; the text itself where it was cut off when it was recorded."""
    if not isinstance(text, str) or not text:
        return otherwise
    try:
        return json.loads(text)
    except ValueError:
        return otherwise if isinstance(otherwise, list) else text
