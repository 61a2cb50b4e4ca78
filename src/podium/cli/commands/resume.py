"""`podium resume`: answer what waits for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from podium.cli.options import HERE, JsonOption, ModelOption, ProjectOption, ThreadArgument

if TYPE_CHECKING:
    from podium.app.results import Decision

app = typer.Typer(add_completion=False)


@app.command()
def resume(
    thread: ThreadArgument,
    approve: Annotated[bool, typer.Option("--approve", help="Do it, exactly as shown.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Do not do it.")] = False,
    edit: Annotated[
        str | None, typer.Option("--edit", metavar="JSON", help="Do it with these arguments changed.")
    ] = None,
    respond: Annotated[
        str | None, typer.Option("--respond", metavar="TEXT", help="Answer in your own words instead.")
    ] = None,
    message: Annotated[str, typer.Option("--message", metavar="M", help="Why, with --reject.")] = "",
    action: Annotated[
        list[str] | None,
        typer.Option("--action", metavar="DIGEST", help="Decide only about this action; may be repeated."),
    ] = None,
    model: ModelOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Answer what waits for you, or go on with a turn that was cut off."""
    from podium.cli.replying import finish
    from podium.cli.session import opened, run_turn

    chosen = _decision(
        approve=approve, reject=reject, edit=edit, respond=respond, message=message, action=action
    )
    with opened(project, model=model) as podium:
        reply = run_turn(podium, lambda: podium.resume_stream(thread, chosen))
    finish(reply, as_json=as_json)


def _decision(
    *,
    approve: bool,
    reject: bool,
    edit: str | None,
    respond: str | None,
    message: str,
    action: list[str] | None,
) -> Decision | None:
    from podium.app.results import Decision
    from podium.cli.reading import json_object
    from podium.core.errors import InputError

    if approve + reject + (edit is not None) + (respond is not None) > 1:
        raise InputError(
            "more than one decision is given", hint="Give one of --approve, --reject, --edit, --respond."
        )
    digests = tuple(action) if action else None
    if approve:
        return Decision(kind="approve", digests=digests, message=message)
    if reject:
        return Decision(kind="reject", digests=digests, message=message)
    if edit is not None:
        return Decision(kind="edit", digests=digests, args=json_object(edit, "--edit"), message=message)
    if respond is not None:
        return Decision(kind="respond", digests=digests, message=respond)
    if message or digests:
        raise InputError("no decision is given", hint="Give one of --approve, --reject, --edit, --respond.")
    return None
