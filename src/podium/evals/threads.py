"""Real threads as cases: what was asked, decided and corrected, what it came to, and its traffic."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from podium.core.effects import HAPPENED
from podium.core.errors import NotFound
from podium.core.model import JsonObject
from podium.evals.case import Case, Expected, ExpectedAction, SpanRef, Turn
from podium.evals.observation import ActionSeen, CitedSpan, Observation
from podium.evals.traffic.exchange import Exchange, Failure, ModelNote, Tape
from podium.storage.database import Database
from podium.storage.events import EventRecord, SqlEventLog
from podium.storage.feedback import FeedbackRecord, FeedbackRecords
from podium.storage.runs import RunRecord, RunRecords
from podium.telemetry.conventions import INPUT_TOKENS, OUTPUT_TOKENS, attribute_name
from podium.tools.effect import Effect
from podium.tools.ledger import EffectLedger

_PAGE = 1_000
_MOST_RUNS = 10_000
_KIND = "recorded"
_ASKED = ("ask", "graph")
"""The kinds of runs that begin with words of a user: of the app's own turns, and of turns that others led."""
_DECISIONS = ("approve", "reject", "edit", "respond")


@dataclass(frozen=True, slots=True)
class RealThread:
    """A thread as an evaluation sees it.

    Attributes:
        case: What was asked and decided, and what is held to be right of it.
        observed: What it came to.
        tape: What models replied, in their order.
    """

    case: Case
    observed: Observation
    tape: Tape


def real_thread(database: Database, thread: str, case_id: str = "") -> RealThread:
    """A thread from its records.

    What a person corrected is the expected answer. An answer that somebody called good, or that nobody
    spoke about, is expected as it was only in its status, its sources and its actions.

    Args:
        database: Of the project.
        thread: The thread's full id.
        case_id: What the case is called; by the thread when empty.

    Raises:
        NotFound: The thread holds no turn.
    """
    runs = RunRecords(database).list_runs(thread, limit=_MOST_RUNS)[::-1]
    turns = tuple(_turns(runs))
    if not turns:
        raise NotFound(f"thread {thread} holds no turn", hint="Look at 'podium threads list'.")
    feedback = FeedbackRecords(database).list(thread)
    effects = _effects(database, thread)
    last = next((run for run in reversed(runs) if (run.output or {}).get("outcome")), runs[-1])
    observed = _observed(last, runs, effects)
    metadata: JsonObject = {"thread": thread, "run": last.run_id, "at": runs[0].started_at}
    case = Case(
        id=case_id or f"thread-{thread[:8]}",
        **({"input": turns[0].user} if _is_single(turns) else {"turns": turns}),
        expected=_expected(observed, feedback),
        tags=("real",),
        cluster=thread,
        metadata={**metadata, **_said(feedback)},
    )
    return RealThread(case, observed, _tape(database, thread, case.id))


def threads_with_turns(database: Database, *, limit: int) -> list[str]:
    """The threads that were worked on last, the oldest of them first.

    Args:
        database: Of the project.
        limit: How many at most.
    """
    sql = (
        "SELECT thread_id FROM runs WHERE kind IN (?, ?) GROUP BY thread_id"
        " ORDER BY max(started_at) DESC LIMIT ?"
    )
    rows = database.read(lambda connection: connection.execute(sql, (*_ASKED, limit)).fetchall())
    return [str(thread) for (thread,) in reversed(rows)]


def threads_with_feedback(database: Database) -> list[str]:
    """The threads that somebody rated or corrected, in the order in which they first were.

    Args:
        database: Of the project.
    """
    sql = "SELECT thread_id FROM feedback GROUP BY thread_id ORDER BY min(rowid)"
    return [str(thread) for (thread,) in database.read(lambda connection: connection.execute(sql).fetchall())]


def _effects(database: Database, thread: str) -> Sequence[Effect]:
    return asyncio.run(EffectLedger(database).effects(thread))


def _turns(runs: Sequence[RunRecord]) -> Iterator[Turn]:
    for run in runs:
        given = run.input or {}
        if run.kind in _ASKED and given.get("text"):
            yield Turn(user=str(given["text"]))
        review = (run.output or {}).get("review")
        if run.kind == "graph" and isinstance(review, dict) and review.get("kind") in _DECISIONS:
            # A client that resumes the run itself leaves no run of its own behind.
            yield Turn(decision=review["kind"], message=str(review.get("message") or ""))
        decision = given.get("decision")
        if run.kind == "resume" and isinstance(decision, dict) and decision.get("kind") in _DECISIONS:
            args = decision.get("args")
            yield Turn(
                decision=decision["kind"],
                message=str(decision.get("message") or ""),
                args=args if isinstance(args, dict) else {},
            )


def _is_single(turns: Sequence[Turn]) -> bool:
    return len(turns) == 1 and turns[0].user is not None


def _observed(last: RunRecord, runs: Sequence[RunRecord], effects: Sequence[Effect]) -> Observation:
    output: Mapping[str, Any] = last.output or {}
    outcome, confidence = output.get("outcome") or {}, output.get("confidence") or {}
    verdicts: list[dict[str, Any]] = output.get("verdicts") or []
    models = {f"model {role}": str(model) for role, model in (last.models or {}).items()}
    usages = [run.usage or {} for run in runs if run.kind in (*_ASKED, "resume", "continue")]
    costs = [usage.get("cost", 0.0) for usage in usages]
    return Observation(
        output=outcome.get("answer"),
        status=str(outcome.get("status", "")),
        route=str((output.get("decision") or {}).get("route", "")),
        confidence=confidence.get("score"),
        reasons=tuple(confidence.get("reasons", ())),
        citations=tuple(
            CitedSpan(
                source=one["source"], start=one.get("start"), end=one.get("end"), quote=one.get("quote", "")
            )
            for one in outcome.get("citations", ())
        ),
        actions=tuple(
            ActionSeen(
                tool=effect.tool,
                args=effect.args,
                effect=effect.effect_class,
                status=effect.status,
                granted=effect.status in HAPPENED or None,
            )
            for effect in effects
        ),
        escalated=any(run.status == "interrupted" for run in runs),
        guardrails=tuple(dict.fromkeys(one["rule"] for one in verdicts if one.get("outcome") != "pass")),
        model_calls=sum(usage.get("model_calls", 0) for usage in usages),
        input_tokens=sum(usage.get("input_tokens", 0) for usage in usages),
        output_tokens=sum(usage.get("output_tokens", 0) for usage in usages),
        seconds=sum(usage.get("seconds", 0.0) for usage in usages),
        cost=None if None in costs else sum(costs),
        versions={"policy": last.policy_version, **models},
    )


def _expected(observed: Observation, feedback: Sequence[FeedbackRecord]) -> Expected:
    correction = next((one.correction for one in reversed(feedback) if one.correction), "")
    rating = next((one.rating for one in reversed(feedback) if one.rating is not None), None)
    label = False if correction or (rating or 0) < 0 else True if (rating or 0) > 0 else None
    if label is False:
        return Expected(answer=correction or None, label=False)
    happened = [one for one in observed.actions if one.status in HAPPENED]
    return Expected(
        status=observed.status or None,
        sources=tuple(SpanRef(source=name) for name in dict.fromkeys(c.source for c in observed.citations)),
        actions=tuple(ExpectedAction(tool=one.tool, args=one.args) for one in happened) if happened else None,
        label=label,
    )


def _said(feedback: Sequence[FeedbackRecord]) -> JsonObject:
    if not feedback:
        return {}
    last = feedback[-1]
    return {"feedback": {"rating": last.rating, "correction": last.correction, "reason": last.reason}}


def _tape(database: Database, thread: str, case_id: str) -> Tape:
    exchanges: list[Exchange] = []
    models: dict[str, ModelNote] = {}
    for event in _events(database, thread):
        payload = event.payload or {}
        if event.kind != "span.model" or (payload.get("attributes") or {}).get(attribute_name("cached")):
            continue
        name = str(payload.get("name", ""))
        models[name] = ModelNote(name=name, kind=_KIND, takes_tools=False, timeout=60.0, max_retries=2)
        exchanges.append(_exchange(name, payload))
    return Tape(case=case_id, models=tuple(models.values()), exchanges=tuple(exchanges))


def _exchange(name: str, payload: Mapping[str, Any]) -> Exchange:
    """A reply without the digest of its question: prompts are stored without what is secret or personal."""
    attributes: Mapping[str, Any] = payload.get("attributes") or {}
    reply = str(attributes.get(attribute_name("reply"), ""))
    if not reply and payload.get("error"):
        failure = Failure(kinds=("ModelConnectionError",), message=str(payload["error"]))
        return Exchange(outside="model", name=name, key="", failure=failure)
    usage = {
        "input_tokens": int(attributes.get(INPUT_TOKENS, 0)),
        "output_tokens": int(attributes.get(OUTPUT_TOKENS, 0)),
    }
    usage["total_tokens"] = usage["input_tokens"] + usage["output_tokens"]
    said = {"type": "ai", "data": {"content": reply, "usage_metadata": usage}}
    return Exchange(outside="model", name=name, key="", reply=json.loads(json.dumps(said)))


def _events(database: Database, thread: str) -> Iterator[EventRecord]:
    log, after = SqlEventLog(database), 0
    while True:
        page = log.read(thread_id=thread, after=after, limit=_PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].seq
