"""`podium audit`: the record that cannot be quietly changed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(
    help="Check, read, hand out and sign the record of what happened.",
    no_args_is_help=True,
    add_completion=False,
)

FileOption = Annotated[
    Path | None, typer.Option("--file", metavar="FILE", help="An export, instead of the project's chain.")
]
HeadsOption = Annotated[
    Path | None, typer.Option("--heads", metavar="FILE", help="Signed heads that were kept elsewhere.")
]
KeyOption = Annotated[
    str | None, typer.Option("--key", metavar="HEX", help="The public key to trust; else the project's.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command()
def verify(
    file: FileOption = None,
    heads: HeadsOption = None,
    key: KeyOption = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Check that no record was changed, removed, inserted or put in another place."""
    from podium.app.audit import AuditTrail, verify_file
    from podium.app.project import Project
    from podium.cli.output import console, write_json
    from podium.cli.render.audit import report_object, show_report

    if file is not None:
        report = verify_file(file, key=key, heads=heads)
    else:
        with AuditTrail.opened(Project.open(project)) as trail:
            report = trail.verify(key=key, heads=heads)
    if as_json:
        write_json(report_object(report))
        raise typer.Exit(1 if report.fault else 0)
    report.raise_for_fault()
    show_report(console(), report)


@app.command()
def show(
    thread: Annotated[str, typer.Option("--thread", help="Of this thread, or the start of its id.")] = "",
    kind: Annotated[str, typer.Option("--kind", help="Of this kind, such as effect or review.")] = "",
    actor: Annotated[str, typer.Option("--actor", help="By this principal, such as local:ada.")] = "",
    since: Annotated[str, typer.Option("--since", help="Not before this moment, such as 2026-01-31.")] = "",
    until: Annotated[str, typer.Option("--until", help="Before this moment.")] = "",
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many at most; the latest.")] = 50,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Show what is on record, oldest first."""
    from podium.app.audit import AuditTrail
    from podium.app.audit_query import wanted_records
    from podium.app.project import Project
    from podium.cli.output import console, write_json
    from podium.cli.render.audit import record_object, show_records

    wanted = wanted_records(thread=thread, kind=kind, actor=actor, since=since, until=until)
    with AuditTrail.opened(Project.open(project)) as trail:
        found = trail.records(wanted, limit=limit)
    if as_json:
        write_json({"records": [record_object(record) for record in found]})
        return
    show_records(console(), found)


@app.command()
def export(
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="The file; stdout without one.")
    ] = None,
    sealed: Annotated[
        bool, typer.Option("--sealed", help="With what is sealed and who acted: personal data.")
    ] = False,
    project: ProjectOption = HERE,
) -> None:
    """Write the chain as JSON Lines that anybody can check."""
    from podium.app.audit import AuditTrail
    from podium.app.project import Project
    from podium.cli.writing import text_output

    with AuditTrail.opened(Project.open(project)) as trail, text_output(output) as file:
        trail.export(file, sealed=sealed)


@app.command()
def sign(project: ProjectOption = HERE) -> None:
    """Sign the head of the chain and print it; keep it where nobody who could change the chain can."""
    import json

    from podium.app.audit import AuditTrail
    from podium.app.project import Project

    with AuditTrail.opened(Project.open(project)) as trail:
        typer.echo(json.dumps(trail.sign()))


@app.command()
def erase(
    thread: Annotated[
        str, typer.Option("--thread", help="Forget what was said and done in this thread.")
    ] = "",
    principal: Annotated[str, typer.Option("--principal", help="Forget who this was, and their words.")] = "",
    record: Annotated[int, typer.Option("--record", min=0, help="Forget what one record sealed.")] = 0,
    reason: Annotated[str, typer.Option("--reason", help="Why; is put on record.")] = "",
    yes: YesOption = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Forget personal data in the audit chain, which stays whole and verifiable."""
    from podium.app.audit import AuditTrail
    from podium.app.audit_query import erasure_of
    from podium.app.project import Project
    from podium.cli.output import console, write_json
    from podium.core.principal import local_principal

    scope, of = erasure_of(thread=thread, principal=principal, record=record)
    with AuditTrail.opened(Project.open(project)) as trail:
        if not yes:
            typer.confirm(
                f"Forget what the audit chain knows of {scope} {of}, for good?", abort=True, err=True
            )
        erased = trail.erase(scope, of, who=local_principal().id, reason=reason)
    if as_json:
        write_json({"erased": erased})
        return
    console().print(f"{erased} sealed values are gone. The chain is whole.")


@app.command()
def close(
    before: Annotated[str, typer.Option("--before", help="Records before this moment, such as 2026-01-31.")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where they go.")] = None,
    yes: YesOption = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Put old records into a file, and keep their signed summary in their place."""
    from podium.app.audit import AuditTrail
    from podium.app.audit_query import moment_of
    from podium.app.project import Project
    from podium.cli.output import console, write_json
    from podium.core.principal import local_principal

    opened, moment = Project.open(project), moment_of(before)
    file = out or opened.data / "audit" / f"before-{moment:%Y-%m-%dT%H%M%S}.jsonl"
    with AuditTrail.opened(opened) as trail:
        if not yes:
            typer.confirm(
                f"Move the records before {moment:%Y-%m-%d %H:%M} UTC to {file}?", abort=True, err=True
            )
        summary = trail.close_before(moment, file, who=local_principal().id)
    if as_json:
        write_json({"segment": summary, "file": str(file) if summary else None})
    elif summary is None:
        console().print("No record is so old.")
    else:
        console().print(f"Records {summary['first']} to {summary['last']} are in {file}.")


@app.command()
def key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to make.")],
    as_json: JsonOption = False,
) -> None:
    """Make a key that signs the chain, readable for you alone."""
    from podium.cli.output import console, write_json
    from podium.cli.writing import write_private
    from podium.core.signing import Signer, new_key

    text = new_key()
    write_private(file, text)
    public = Signer.from_text(text.strip()).public
    if as_json:
        write_json({"public_key": public, "file": str(file)})
        return
    console().print(f"Public key: {public}")
    console().print(
        f'Name it in podium.toml, outside of version control: [audit] signing_key_file = "{file}"'
    )
