"""The SQL of a dashboard: how the runs of some time went.

Its parameters: `tenant`, `owner` or null, `since`, `until`, how many `parts`, the `width` of one in seconds,
the project's `own` graph, and `graph` or an empty text.
"""

from __future__ import annotations

from typing import Final

from podium.storage.decisions import FELT, REVIEWED
from podium.storage.turns import turns

# ruff: noqa: S608 - all that is put together here are constants

BINS: Final = 10
"""Of the confidence, each a tenth."""

_EXACT: Final = 0.001
"""Seconds within which SQLite's days, which are numbers with a fraction, are exact."""
_OWNED: Final = "tenant=:tenant AND (:owner IS NULL OR owner=:owner)"
_WALL: Final = "(julianday(ended_at)-julianday(started_at))*86400.0"


def _place(at: str) -> str:
    """In which part of the time a moment is."""
    return f"min(:parts-1, CAST(((julianday({at})-julianday(:since))*86400.0+{_EXACT})/:width AS INTEGER))"


def _of_graph(name: str) -> str:
    """That a turn is one of the graph: it is named with the fingerprint of its nodes."""
    return f"(:graph='' OR {name}=:graph OR substr({name}, 1, length(:graph)+1)=:graph||'@')"


def _run_is_of_graph(table: str) -> str:
    run = f"SELECT 1 FROM runs r WHERE r.run_id={table}.run_id AND {_of_graph('r.graph')}"
    return f"(:graph='' OR EXISTS({run}))"


_TURNS: Final = f"""
FROM runs WHERE {_OWNED} AND started_at>=:since AND started_at<:until AND {_of_graph("graph")}
"""
_BASE: Final = f"""
SELECT started_at,
  CASE status WHEN 'completed' THEN 'succeeded' WHEN 'running' THEN 'open' ELSE status END AS outcome,
  min({_WALL}, coalesce(json_extract(usage, '$.seconds'), {_WALL})) AS seconds
  {_TURNS}
UNION ALL
SELECT coalesce(started_at, created_at),
  CASE status WHEN 'success' THEN 'succeeded' WHEN 'interrupted' THEN 'interrupted'
    WHEN 'pending' THEN 'open' WHEN 'running' THEN 'open' ELSE 'failed' END,
  {_WALL}
  FROM run_requests WHERE {_OWNED} AND created_at>=:since AND created_at<:until AND graph_id<>:own
  AND (:graph='' OR graph_id=:graph)
"""
"""Turns, and the requests to graphs that have none. Waiting for a person is no part of a turn's seconds."""


def _runs(place: str) -> str:
    """The runs by place, and within how long so many of a hundred ended (nearest rank)."""
    return f"""
WITH base AS ({_BASE}),
placed AS (
  SELECT {place} AS place, outcome, seconds,
    outcome IN ('succeeded', 'failed', 'interrupted') AND seconds IS NOT NULL AS timed FROM base
),
ranked AS (
  SELECT *, row_number() OVER side AS rank, count(*) OVER (PARTITION BY place, timed) AS whole
  FROM placed WINDOW side AS (PARTITION BY place, timed ORDER BY seconds)
)
SELECT place, count(*), sum(outcome='succeeded'), sum(outcome='failed'), sum(outcome='cancelled'),
  sum(outcome='interrupted'), sum(outcome='open'), sum(timed),
  min(CASE WHEN timed AND rank>=0.5*whole THEN seconds END),
  min(CASE WHEN timed AND rank>=0.9*whole THEN seconds END),
  min(CASE WHEN timed AND rank>=0.95*whole THEN seconds END),
  min(CASE WHEN timed AND rank>=0.99*whole THEN seconds END),
  max(CASE WHEN timed THEN seconds END)
FROM ranked GROUP BY place
"""


RUNS: Final = _runs("0")
RUNS_BY_PART: Final = _runs(_place("started_at"))
_BEGUN: Final = turns(f"{_OWNED} AND started_at>=:since AND {_of_graph('graph')}", until=":until")
SPENT: Final = f"""
SELECT {_place("at")} AS place, count(*), sum(good), sum(cost), sum(unpriced>0), sum(model_calls),
  sum(input_tokens), sum(output_tokens)
FROM ({_BEGUN}) GROUP BY place
"""

_DECIDED: Final = f"""
FROM decisions d WHERE d.tenant=:tenant AND (:owner IS NULL OR d.owner=:owner) AND d.at>=:since
AND d.at<:until AND {_run_is_of_graph("d")}
"""
ESCALATED: Final = f"""
SELECT {_place("d.at")} AS place, count(DISTINCT d.thread_id||' '||d.turn_id) {_DECIDED}
AND d.kind='route' AND d.route='escalate' GROUP BY place
"""
REVIEWS: Final = f"SELECT d.route, count(*) {_DECIDED} AND d.kind='review' GROUP BY d.route"
_LAST: Final = f"""
{_DECIDED} AND d.kind='route' AND d.score IS NOT NULL
AND d.seq=(SELECT max(x.seq) FROM decisions x WHERE x.run_id=d.run_id AND x.kind='route')
"""
_BIN: Final = f"min({BINS}-1, CAST(score*{BINS} AS INTEGER))"
SURE: Final = f"SELECT {_BIN} AS bin, count(*), sum(score) {_LAST} GROUP BY bin"
JUDGED: Final = f"""
WITH said AS (SELECT d.score AS score, {FELT} AS felt, {REVIEWED} AS reviewed {_LAST}),
judged AS (SELECT score, felt, coalesce(felt, reviewed) AS good FROM said)
SELECT {_BIN} AS bin, count(*), sum(score), sum(good), sum((score-good)*(score-good)), sum(felt IS NOT NULL)
FROM judged WHERE good IS NOT NULL GROUP BY bin
"""


def _verdict(name: str) -> str:
    return f"""json_extract(e.payload, '$.attributes."podium.verdict.{name}"')"""


VERDICTS: Final = f"""
SELECT {_verdict("rule")} AS rule, {_verdict("stage")} AS stage, {_verdict("outcome")} AS outcome,
  count(*) AS n
FROM events e CROSS JOIN threads t ON t.thread_id=e.thread_id
WHERE e.kind='verdict' AND e.at>=:since AND e.at<:until AND t.tenant=:tenant
AND (:owner IS NULL OR t.owner=:owner) AND {_run_is_of_graph("e")}
GROUP BY 1, 2, 3 ORDER BY n DESC, 1, 2, 3 LIMIT 1000
"""
