"""`podium serve`: the server."""

from __future__ import annotations

from typing import Annotated

import typer

from podium.cli.options import HERE, JsonOption, ProjectOption

app = typer.Typer(add_completion=False)

HostOption = Annotated[str | None, typer.Option("--host", help="Where to listen.")]
PortOption = Annotated[
    int | None, typer.Option("--port", min=0, max=65535, help="Where to listen; 0 for any free port.")
]
RunningOption = Annotated[int | None, typer.Option("--max-running", min=1, help="Runs at a time.")]


@app.command()
def serve(
    host: HostOption = None,
    port: PortOption = None,
    reload: Annotated[
        bool, typer.Option("--reload", help="Start again when the project's files change.")
    ] = False,
    max_running: RunningOption = None,
    tls_cert: Annotated[
        str | None, typer.Option("--tls-cert", metavar="FILE", help="The certificate, to speak HTTPS.")
    ] = None,
    tls_key: Annotated[
        str | None, typer.Option("--tls-key", metavar="FILE", help="The certificate's private key.")
    ] = None,
    project: ProjectOption = HERE,
    as_json: JsonOption = False,
) -> None:
    """Serve the project's graphs to LangGraph clients; every request needs an API key."""
    from podium.cli.serving.starting import start

    start(
        project,
        dev=False,
        host=host,
        port=port,
        reload=reload,
        max_running=max_running,
        as_json=as_json,
        tls_cert=tls_cert,
        tls_key=tls_key,
    )
