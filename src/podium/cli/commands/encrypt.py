"""`podium encrypt`: encrypt what is stored, with a first key or a new one."""

from __future__ import annotations

from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(add_completion=False)


@app.command()
def encrypt(
    new_key: Annotated[
        bool, typer.Option("--new-key", help="Only print a new key; nothing keeps it.")
    ] = False,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Encrypt what was stored plain, or with a former key; new data is encrypted anyway."""
    from podium.cli.output import console, write_json

    if new_key:
        from podium.storage.encryption.cipher import new_key as made

        typer.echo(made())
        return
    from podium.app.encryption import encrypt as encrypt_project
    from podium.app.project import Project

    done = encrypt_project(Project.open(project))
    if as_json:
        plain = [str(path) for path in done.plain]
        write_json(
            {
                "key": done.key,
                "rows": done.rows,
                "former": list(done.former),
                "final": done.is_final,
                "plain": plain,
            }
        )
        return
    shown = console()
    shown.print(f"All is encrypted with the key {done.key}: {done.rows} rows were written anew.")
    if done.former:
        shown.print(f"No longer needed: {', '.join(done.former)}. It may leave former_keys in podium.toml.")
    if not done.is_final:
        shown.print("A server has the file open: stop it and do this again, to clear what was deleted.")
    for path in done.plain:
        shown.print(f"Not encrypted: {path}. Delete it when you need it no longer.")
