"""Input of every figure: finite numbers, and as many as there have to be."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from podium.core.errors import FigureError

Floats: TypeAlias = NDArray[np.float64]
Indices: TypeAlias = NDArray[np.intp]

NO_CASES = "Nothing was judged; look at the errors of the cases and at what they expect."


def finite(values: Sequence[float] | Floats, what: str) -> Floats:
    """The values as an array.

    Args:
        values: At least one number.
        what: What they are, for the message.

    Raises:
        FigureError: There are none, or one is NaN or infinite.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or array.size == 0:
        raise FigureError(f"no {what} to compute with", hint=NO_CASES)
    bad = np.flatnonzero(~np.isfinite(array))
    if bad.size:
        raise FigureError(
            f"{what}: value {bad[0] + 1} of {array.size} is {array[bad[0]]}",
            hint="Leave out what was not judged; a scorer must give a finite number or none.",
        )
    return array


def same_length(what: str, first: Floats, other: Floats) -> None:
    """Make sure that two arrays belong together.

    Raises:
        FigureError: One is longer.
    """
    if first.size != other.size:
        raise FigureError(f"{what}: {first.size} and {other.size} values", hint="Give one for each case.")


def outcomes(values: Sequence[bool] | Sequence[float] | Floats, what: str) -> Floats:
    """Right or wrong as 1 and 0.

    Raises:
        FigureError: There are none, or one is neither.
    """
    array = finite(np.asarray(values, dtype=np.float64), what)
    if not np.isin(array, (0.0, 1.0)).all():
        raise FigureError(f"{what} are neither true nor false", hint="Give 0 or 1, or a threshold.")
    return array


def probabilities(values: Sequence[float] | Floats, what: str) -> Floats:
    """Numbers within 0 and 1.

    Raises:
        FigureError: There are none, or one lies outside.
    """
    array = finite(values, what)
    if ((array < 0) | (array > 1)).any():
        raise FigureError(f"{what} lie outside 0 and 1", hint="Give probabilities.")
    return array


def groups(clusters: Sequence[Hashable] | None, n: int) -> Indices:
    """The number of each value's cluster, from 0; every value is one of its own without clusters.

    Raises:
        FigureError: There are not as many as values.
    """
    if clusters is None:
        return np.arange(n)
    if len(clusters) != n:
        raise FigureError(f"{len(clusters)} clusters for {n} values", hint="Give one for each case.")
    seen: dict[Hashable, int] = {}
    return np.fromiter((seen.setdefault(name, len(seen)) for name in clusters), dtype=np.intp, count=n)
