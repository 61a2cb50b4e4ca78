"""This project's own scorers: plain functions of a case and what was observed that give a number in 0..1."""

from __future__ import annotations

from pathlib import PurePosixPath

from podium.evals.case import Case
from podium.evals.observation import Observation


def cites_right_document(case: Case, observed: Observation) -> float | None:
    """How much of what an answer cites comes from a document that holds the fact.

    Args:
        case: A case that expects sources.
        observed: What its run gave.

    Returns:
        1.0 when the first citation is right, 0.5 when only a later one is, 0.0 otherwise; None where the case
        expects no source.
    """
    right = {PurePosixPath(span.source).name for span in case.expected.sources}
    if not right:
        return None
    cited = [PurePosixPath(citation.source).name for citation in observed.citations]
    if not cited:
        return 0.0
    if cited[0] in right:
        return 1.0
    return 0.5 if right & set(cited) else 0.0
