"""Putting the results of the steps together into one answer with numbered citations."""

from __future__ import annotations

import json
from dataclasses import dataclass

from podium.agents.contracts import Statement, StepResult
from podium.core.evidence import Citation
from podium.core.plan import Plan


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before it leaves.

    Attributes:
        text: The sentences with markers such as `[1]`.
        citations: What the markers stand for, in order.
    """

    text: str
    citations: tuple[Citation, ...]


def draft_of(plan: Plan, results: dict[str, StepResult]) -> Draft:
    """The statements of all steps in the order of the plan, each said once."""
    statements: list[Statement] = []
    for step in plan.steps:
        result = results.get(step.id)
        for statement in result.statements if result else ():
            if all(statement.text != held.text for held in statements):
                statements.append(statement)
    citations: list[Citation] = []
    lines = [_marked(statement, citations) for statement in statements]
    return Draft("\n".join(lines), tuple(citations))


def _marked(statement: Statement, citations: list[Citation]) -> str:
    marks: list[str] = []
    for citation in statement.citations:
        if citation not in citations:
            citations.append(citation)
        marks.append(f"[{citations.index(citation) + 1}]")
    return " ".join([statement.text, *dict.fromkeys(marks)])


def known_texts(request: str, results: dict[str, StepResult]) -> list[str]:
    """What an answer may rest on besides the evidence: the user's words and what tools returned."""
    outputs = [output for result in results.values() for output in result.outputs if output.ok]
    return [request, *(json.dumps(output.result, ensure_ascii=False) for output in outputs)]
