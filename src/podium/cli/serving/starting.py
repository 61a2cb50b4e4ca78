"""Starting a server from the command line."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

from podium.app.project import Project
from podium.cli.serving.listening import listen
from podium.cli.serving.plan import plan_of


def start(
    folder: Path,
    *,
    dev: bool,
    host: str | None,
    port: int | None,
    reload: bool,
    max_running: int | None,
    as_json: bool,
    tls_cert: str | None = None,
    tls_key: str | None = None,
) -> None:
    """Serve a project until a signal ends it.

    Args:
        folder: The project's folder.
        dev: Whether the user of this machine may do all without a key.
        host: Where to listen; the manifest's when None.
        port: Where to listen; the manifest's when None.
        reload: Whether to start again when the project's files change.
        max_running: Runs at a time; the manifest's when None.
        as_json: Whether programs read what is told.
        tls_cert: The file with the certificate; the manifest's when None.
        tls_key: The file with its private key; the manifest's when None.

    Raises:
        ConfigError: There is no project, or it is broken.
        AddressUnusable: Another program listens there, or this one may not.
    """
    project = Project.open(folder)
    plan = plan_of(
        project,
        dev=dev,
        host=host,
        port=port,
        max_running=max_running,
        as_json=as_json,
        tls_cert=tls_cert,
        tls_key=tls_key,
    )
    with closing(listen(plan.host, plan.port)) as listening:
        if reload:
            from podium.cli.serving.reloading import serve_reloading

            serve_reloading(plan, listening)
            return
        from podium.cli.serving.telling import tell_started
        from podium.cli.serving.worker import serve

        serve(plan, listening, partial(tell_started, as_json=as_json, again=False))
