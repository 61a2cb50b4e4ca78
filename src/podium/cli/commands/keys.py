"""`podium keys`: who may use the server, and for what."""

from __future__ import annotations

from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(
    help="Make, list and take back the keys of the server.", no_args_is_help=True, add_completion=False
)


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What you call it, such as the program's.")],
    scope: Annotated[
        list[str] | None,
        typer.Option("--scope", help="What it is good for: read, write, approve or admin; repeatable."),
    ] = None,
    role: Annotated[
        list[str] | None,
        typer.Option(
            "--role", help="Who acts with it: viewer, operator, approver, admin, or one of yours; repeatable."
        ),
    ] = None,
    tenant: Annotated[str, typer.Option("--tenant", help="Whose data it opens.")] = "default",
    owner: Annotated[
        str, typer.Option("--owner", help="Who acts with it, such as local:ada; else key:NAME.")
    ] = "",
    days: Annotated[
        float | None, typer.Option("--days", help="For how long it counts; else for good.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Make a key and show it, this once; without --role and --scope it reads and writes."""
    from podium.app.keys import expiry_of, opened_keys, scopes_of
    from podium.app.project import Project
    from podium.cli.output import console, write_json
    from podium.cli.render.keys import key_object

    scopes, expires_at = scopes_of(scope or (() if role else ("read", "write"))), expiry_of(days)
    with opened_keys(Project.open(project)) as keys:
        key, secret = keys.create(
            name, scopes=scopes, roles=role or (), tenant=tenant, owner=owner, expires_at=expires_at
        )
    if as_json:
        write_json({**key_object(key), "key": secret})
        return
    typer.echo(secret)
    console(stderr=True).print("Keep it now: it is not shown again. Send it as the header X-Api-Key.")


@app.command()
def rotate(
    key: Annotated[str, typer.Argument(metavar="ID", help="The key's id, or the start of it.")],
    grace: Annotated[
        str, typer.Option("--grace", help="How long the old one still counts: 30m, 24h, 7d, or 0.")
    ] = "24h",
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Make a key in the place of another and show it, this once; the old one counts for a while longer."""
    from podium.app.keys import grace_of, opened_keys
    from podium.app.project import Project
    from podium.cli.output import console, write_json
    from podium.cli.render.keys import key_object
    from podium.cli.render.moments import moment

    allowed = grace_of(grace)
    with opened_keys(Project.open(project)) as keys:
        old, made, secret = keys.rotate(key, grace=allowed)
    if as_json:
        write_json({**key_object(made), "key": secret, "replaces": key_object(old)})
        return
    typer.echo(secret)
    out = console(stderr=True)
    out.print("Keep it now: it is not shown again. Send it as the header X-Api-Key.")
    if old.expires_at:
        out.print(f"The old one counts until {moment(old.expires_at)}.")
    if made.expires_at:
        out.print(f"The new one counts until {moment(made.expires_at)}.")


@app.command("list")
def list_(project: ProjectOption = HERE, as_json: JsonOption = False) -> None:
    """Show the keys, the latest first; never what they are."""
    from podium.app.keys import opened_keys
    from podium.app.project import Project
    from podium.cli.output import console, write_json
    from podium.cli.render.keys import key_object, show_keys

    with opened_keys(Project.open(project)) as keys:
        found = keys.list()
    if as_json:
        write_json({"keys": [key_object(key) for key in found]})
        return
    show_keys(console(), found)


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="ID", help="The key's id, or the start of it.")],
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Take a key back, for good; a running server heeds it within a second."""
    from podium.app.keys import opened_keys
    from podium.app.project import Project
    from podium.cli.output import console, write_json
    from podium.cli.render.keys import key_object

    with opened_keys(Project.open(project)) as keys:
        revoked = keys.revoke(key)
    if as_json:
        write_json(key_object(revoked))
        return
    console().print(f"The key {revoked.name} does not count any more.")
