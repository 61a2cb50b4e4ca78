"""Keeping what a model may say: statements that stand on quotes or on results, and no others."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from podium.agents.contracts import ExecuteRequest, Statement, ToolOutput
from podium.agents.language.provenance import outputs_of
from podium.agents.language.quoting import cite, numbers_stand_in
from podium.agents.language.replies import StatementDraft
from podium.core.evidence import Evidence


def supported(
    drafts: Sequence[StatementDraft], labels: Mapping[str, Evidence], request: ExecuteRequest
) -> tuple[tuple[Statement, ...], list[str]]:
    """The statements that hold, and what is wrong with the others, in words for the model.

    A statement holds if at least one quote is verbatim, or it names a step whose tool returned something,
    and if each number in it stands in what supports it or in the user's request.
    """
    kept: list[Statement] = []
    problems: list[str] = []
    for draft in drafts:
        text = " ".join(draft.text.split())
        if not text:
            continue
        quoted = [cite(citation, labels) for citation in draft.citations]
        citations = tuple(dict.fromkeys(citation for citation in quoted if citation is not None))
        if citations:
            support = [citation.quote for citation in citations]
            step = ""
        else:
            step = draft.step or (request.step.id if request.outputs else "")
            support = [json.dumps(output.result, ensure_ascii=False) for output in _outputs(step, request)]
        if not support:
            problems.append(f"no verbatim quote and no result supports {text[:120]!r}")
        elif not numbers_stand_in(text, [*support, request.request]):
            problems.append(f"a number in {text[:120]!r} is not in what it cites")
        else:
            kept.append(Statement(text=text, citations=citations, step=step))
    return tuple(kept), problems


def _outputs(step: str, request: ExecuteRequest) -> list[ToolOutput]:
    if step == request.step.id:
        return list(outputs_of(request.outputs, {}))
    result = request.results.get(step)
    return list(outputs_of((), {step: result})) if result else []
