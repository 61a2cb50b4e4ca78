"""Figures by tag."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

from podium.core.errors import FigureError
from podium.evals.statistics.intervals import Interval, mean_interval


def by_tag(
    values: Sequence[float],
    tags: Sequence[Sequence[str]],
    clusters: Sequence[Hashable] | None = None,
    *,
    level: float = 0.95,
    seed: int = 0,
) -> dict[str, Interval]:
    """The mean of each tag's cases with its interval, by tag in alphabetical order.

    Args:
        values: Finite numbers, one a case.
        tags: Of each case; a case counts for each of its tags, once.
        clusters: The conversation or family of each.
        level: Within 0 and 1.
        seed: Of the bootstrap.

    Raises:
        FigureError: Not as many tags as values, or a value is no finite number.
    """
    places = members(values, tags)
    return {
        tag: mean_interval(
            [values[at] for at in at_tag],
            None if clusters is None else [clusters[at] for at in at_tag],
            level=level,
            seed=seed,
        )
        for tag, at_tag in places.items()
    }


def members(cases: Sequence[object], tags: Sequence[Sequence[str]]) -> dict[str, list[int]]:
    """The places of each tag's cases, by tag in alphabetical order.

    Raises:
        FigureError: Not as many tags as cases.
    """
    if len(cases) != len(tags):
        raise FigureError(f"{len(tags)} lists of tags for {len(cases)} cases", hint="Give one for each case.")
    found: dict[str, list[int]] = {}
    for at, names in enumerate(tags):
        for name in dict.fromkeys(names):
            found.setdefault(name, []).append(at)
    return dict(sorted(found.items()))
