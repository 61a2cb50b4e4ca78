"""`podium doctor`: what is installed, configured and reachable, and what to do."""

from __future__ import annotations

from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def doctor(
    online: Annotated[
        bool, typer.Option("--online", help="Also try to reach the configured models.")
    ] = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Check what is installed, configured and reachable."""
    from dataclasses import asdict

    from podium.app.doctor import examine
    from podium.cli.output import console, write_json

    checks = examine(project, online=online)
    sound = all(check.status != "fail" for check in checks)
    if as_json:
        write_json({"ok": sound, "checks": [asdict(check) for check in checks]})
    else:
        from podium.cli.render.records import show_checks

        show_checks(console(), checks)
    if not sound:
        raise typer.Exit(1)
