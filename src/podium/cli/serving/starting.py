"""Starting a server from the command line."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

from podium.app.project import Project
from podium.cli.serving.listening import listen
from podium.cli.serving.plan import plan_of
from podium.cli.serving.telling import tell, tell_started

_OTHER_PORTS = 20
"""How many ports after the one that is meant are tried in dev, where a person sees which it became."""


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
    browser: bool = False,
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
        browser: Whether the UI is opened in a browser once it is there.

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
        browser=browser,
    )
    with closing(
        listen(plan.host, plan.port, others=_OTHER_PORTS if dev and port is None else 0)
    ) as listening:
        got = listening.getsockname()[1]
        if plan.port not in (0, got):
            tell(f"Another program listens on port {plan.port}, so this is port {got}.")
        if reload:
            from podium.cli.serving.reloading import serve_reloading

            serve_reloading(plan, listening)
            return
        from podium.cli.serving.worker import serve

        serve(plan, listening, partial(tell_started, plan=plan, again=False))
