"""The lists in `questions/` as cases: one function for each kind of line.

Every case carries its `split` and its `kind` as tags, so that `--tag dev` takes what may be looked at.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from podium.core.model import JsonValue
from podium.evals.case import Case, Expected, ExpectedAction, SpanRef

Line = Mapping[str, Any]

WORDED = frozenset({"reason", "subject"})
"""Arguments whose words may differ; they are not judged."""


def answerable(line: Line) -> Case | None:
    """A question with the document and the words that answer it; other lines of the list are left out."""
    sources = _sources(line)
    if not sources:
        return None
    expected = Expected(
        answer=line.get("answer"),
        sources=tuple(SpanRef(source=name) for name in sources),
        relevant=dict.fromkeys(sources, 1.0),
        status="completed",
    )
    return Case(
        id=line["id"],
        input=line["question"],
        expected=expected,
        tags=("answerable", *_tags(line)),
        cluster=sources[0],
        metadata={"right": "answer"},
    )


def unanswerable(line: Line) -> Case | None:
    """A question that nothing in the corpus covers; other lines of the list are left out."""
    if _sources(line):
        return None
    return Case(
        id=line["id"],
        input=line["question"],
        expected=Expected(actions=()),
        tags=("unanswerable", *_tags(line)),
        metadata={"right": "silence"},
    )


def question(line: Line) -> Case | None:
    """A question of either kind."""
    return answerable(line) or unanswerable(line)


def request(line: Line) -> Case:
    """A request in words with the calls that it should lead to, or with what is missing for one."""
    kind = line["kind"]
    acts = kind not in ("missing", "ask", "question")
    calls = tuple(
        ExpectedAction(tool=call["tool"], args=_matchers(call["args"])) for call in line["calls"] if acts
    )
    missing: list[JsonValue] = [*line.get("missing", ())]
    about = line["calls"][0]["tool"] if line["calls"] and not acts else ""
    return Case(
        id=line["id"],
        input=line["request"],
        expected=Expected(actions=calls, status="clarify" if kind in ("missing", "ask") else None),
        tags=("request", *_tags(line)),
        cluster=_subject(line["request"]),
        metadata={"right": "calls", "missing": missing, "about": about},
    )


def _sources(line: Line) -> list[str]:
    named = line.get("sources") or [line.get("source")]
    return [PurePosixPath(name).name for name in named if name]


def _tags(line: Line) -> tuple[str, ...]:
    """Kind and split; a list without splits is a split of its own."""
    origin = str(line["id"]).partition("-")[0]
    found = (line.get("kind"), line.get("split") or origin)
    return tuple(tag for tag in found if tag and tag not in ("answerable", "unanswerable"))


def _subject(text: str) -> str:
    """The order, customer, refund or article that a request is about: such requests are of one family."""
    found = re.search(r"\b(?:O-\d{5}|C-\d{4}|R-\d{5}|[A-Z]{3}-\d{3})\b", text)
    return found.group() if found else ""


def _matchers(args: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Amounts compare as numbers, words without regard to capitals and a last full stop."""
    return {name: _matcher(value) for name, value in args.items() if name not in WORDED}


def _matcher(value: JsonValue) -> JsonValue:
    text = str(value)
    if re.fullmatch(r"\d+(?:\.\d+)?", text):
        whole, _, part = text.partition(".")
        part = part.rstrip("0")
        return {"$regex": rf"^0*{whole}\.{part}0*$"} if part else {"$regex": rf"^0*{whole}(?:\.0*)?$"}
    return {"$regex": rf"^{re.escape(text.rstrip('.'))}\.?$", "flags": "i"}
