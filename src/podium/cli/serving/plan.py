"""What a server is started with: the command's options over what the manifest says."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from podium.app.project import Project
from podium.cli.serving.certificates import Certificate, certificate_of
from podium.core.errors import ConfigError


@dataclass(frozen=True, slots=True)
class ServePlan:
    """How to serve a project.

    Attributes:
        folder: The project's folder, absolute.
        host: Where to listen.
        port: Where to listen; any free port when 0.
        dev: Whether the user of this machine may do all without a key.
        max_running: Runs at a time; what the manifest says when None.
        as_json: Whether programs read what is told at the start.
        certificate: What the server shows who it is with, so that it speaks TLS; None for plain HTTP.
        browser: Whether the UI is opened in a browser once it is there.
    """

    folder: Path
    host: str
    port: int
    dev: bool
    max_running: int | None = None
    as_json: bool = False
    certificate: Certificate | None = None
    browser: bool = False


def plan_of(
    project: Project,
    *,
    dev: bool,
    host: str | None,
    port: int | None,
    max_running: int | None,
    as_json: bool,
    tls_cert: str | None = None,
    tls_key: str | None = None,
    browser: bool = False,
) -> ServePlan:
    """The plan for a project.

    Args:
        project: The project.
        dev: Whether the user of this machine may do all without a key.
        host: In place of the manifest's.
        port: In place of the manifest's.
        max_running: In place of the manifest's.
        as_json: Whether programs read what is told at the start.
        tls_cert: In place of the manifest's, with `tls_key`; relative to where the command is run.
        tls_key: In place of the manifest's, with `tls_cert`.
        browser: Whether the UI is opened in a browser once it is there.

    Raises:
        ConfigError: Others could reach it, and there is no key that tells them apart; or the certificate is
            none.
    """
    settings = project.manifest.server
    named = (Path.cwd(), tls_cert, tls_key) if tls_cert or tls_key else None
    plan = ServePlan(
        folder=project.folder,
        host=host or settings.host,
        port=settings.port if port is None else port,
        dev=dev,
        max_running=max_running,
        as_json=as_json,
        certificate=certificate_of(*(named or (project.folder, settings.tls_cert, settings.tls_key))),
        browser=browser and not as_json,
    )
    if not is_loopback(plan.host):
        _check_reachable(plan, project)
    return plan


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address.

    Args:
        host: An address, or `localhost`; any other name counts as reachable.
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False


def _check_reachable(plan: ServePlan, project: Project) -> None:
    if plan.dev:
        raise ConfigError(
            f"podium dev asks for no key, so it listens on this machine only, not on {plan.host}",
            hint="Leave out --host, or use 'podium serve' with an API key.",
        )
    if project.manifest.server.jwt is None and not has_keys(project):
        raise ConfigError(
            f"there is no API key, so nobody who reaches {plan.host} could be told from another",
            hint="Make one with 'podium keys new', or leave out --host.",
        )


def has_keys(project: Project) -> bool:
    """Whether the project has an API key that counts; nothing is made where it has no database yet."""
    if not project.database.exists():
        return False
    from podium.app.encryption import open_database
    from podium.storage.api_keys import ApiKeys

    with open_database(project) as database:
        return ApiKeys(database).has_keys()
