"""What a run will probably cost, told before any of it is spent."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from podium.core.errors import InputError

if TYPE_CHECKING:
    from podium.evals.running import Prepared


def agree_to_cost(prepared: Prepared, *, yes: bool, as_json: bool) -> None:
    """Tell the estimate and ask whether to go on; nothing is asked where nothing costs.

    Args:
        prepared: The suite.
        yes: Whether that was agreed to already.
        as_json: Whether a program reads what is printed.

    Raises:
        InputError: Nobody is there to be asked, or a limit was set that cannot be watched.
    """
    from podium.evals.estimate import estimate

    expected = estimate(prepared)
    if expected is None:
        return
    if prepared.options.max_cost is not None and expected.unpriced:
        raise InputError(
            f"--max-cost cannot be watched: there is no price for {', '.join(expected.unpriced)}",
            hint="Write it into podium.toml: [models.prices].",
        )
    if not as_json:
        typer.echo(expected.text, err=True)
    if yes or prepared.options.max_cost is not None:
        return
    if not sys.stdin.isatty() or as_json:
        raise InputError("this run costs money", hint="Agree to it with --yes, or set --max-cost.")
    typer.confirm("Go on?", abort=True, err=True)
