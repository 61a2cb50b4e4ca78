"""Channels made from the manifest, with their secrets read when they are needed; and whether they are fit."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, assert_never
from urllib.parse import urlsplit

from podium.core.errors import ConfigError
from podium.core.notification_settings import (
    ChannelSettings,
    CommandSettings,
    MailSettings,
    WebhookSettings,
)
from podium.core.secrets import read_secret
from podium.core.source_settings import http_address
from podium.runtime.notifications.route import Route

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.runtime.notifications.channel import Channel, Secret


def routes_of(project: Project, environ: Mapping[str, str]) -> list[Route]:
    """The channels that the manifest names, and how they are served.

    Args:
        project: The project.
        environ: The environment, for secrets and for commands.
    """
    return [
        Route(
            name,
            channel_of(name, settings, project.folder, environ),
            settings.events,
            settings.timeout,
            settings.attempts,
            settings.first_wait,
            settings.longest_wait,
        )
        for name, settings in project.manifest.notifications.items()
    ]


def channel_of(name: str, settings: ChannelSettings, folder: Path, environ: Mapping[str, str]) -> Channel:
    """A channel. A secret that is missing is an error of its deliveries, so that no run fails for it.

    Args:
        name: Its name, for messages.
        settings: What the manifest says of it.
        folder: The project's folder.
        environ: The environment.
    """
    match settings:
        case WebhookSettings():
            from podium.runtime.notifications.webhook import Webhook

            return Webhook(
                partial(_address, name, settings, environ),
                secret=_secret(name, settings.secret_file, settings.secret_env, folder, environ),
                timeout=settings.timeout,
                certificates=_file(folder, settings.ca_file),
                private=settings.private,
            )
        case MailSettings():
            from podium.runtime.notifications.mail import Mail

            return Mail(
                settings.host,
                settings.port,
                settings.security,
                settings.sender,
                settings.to,
                username=settings.username,
                password=_secret(name, settings.password_file, settings.password_env, folder, environ),
                timeout=settings.timeout,
                certificates=_file(folder, settings.ca_file),
            )
        case CommandSettings():
            from podium.runtime.notifications.command import Command

            return Command(
                settings.command,
                folder=folder,
                environ=environ,
                passed=settings.pass_env,
                timeout=settings.timeout,
            )
        case _:
            assert_never(settings)


def described(name: str, settings: ChannelSettings, folder: Path, environ: Mapping[str, str]) -> str:
    """Where a channel leads, in a few words and without secrets; nothing is sent.

    Raises:
        ConfigError: It lacks what it needs.
    """
    match settings:
        case WebhookSettings():
            from podium.runtime.notifications.webhook import key_of

            address = _address(name, settings, environ)
            secret = _secret(name, settings.secret_file, settings.secret_env, folder, environ)
            if secret is not None:
                key_of(secret())
            _certificates(name, folder, settings.ca_file)
            signed = "signed" if secret is not None else "not signed"
            return f"webhook to {_host(address)}, {signed}"
        case MailSettings():
            secret = _secret(name, settings.password_file, settings.password_env, folder, environ)
            if secret is not None:
                secret()
            _certificates(name, folder, settings.ca_file)
            return f"e-mail through {settings.host}:{settings.port} ({settings.security})"
        case CommandSettings():
            program = settings.command[0]
            place = str(folder / program) if "/" in program else program
            if shutil.which(place, path=environ.get("PATH")) is None:
                raise ConfigError(
                    f"notifications.{name}: {program} is no program that can be run",
                    hint="Mend the command, or make the file executable.",
                )
            return f"command {program}"
        case _:
            assert_never(settings)


def _address(name: str, settings: WebhookSettings, environ: Mapping[str, str]) -> str:
    if settings.url is not None:
        return settings.url
    try:
        return http_address(environ.get(settings.url_env or "", "").strip())
    except ValueError:
        raise ConfigError(
            f"notifications.{name}: the environment variable {settings.url_env} holds no address",
            hint="Set it to an address like https://host/path.",
        ) from None


def _secret(
    name: str, file: str | None, variable: str | None, folder: Path, environ: Mapping[str, str]
) -> Secret | None:
    if file is None and variable is None:
        return None
    return partial(
        read_secret, f"notifications.{name}", file=file, variable=variable, environ=environ, folder=folder
    )


def _certificates(name: str, folder: Path, file: str | None) -> None:
    place = _file(folder, file)
    if place is not None and not Path(place).is_file():
        raise ConfigError(
            f"notifications.{name}: there is no {file}", hint="Mend its ca_file in podium.toml."
        )


def _file(folder: Path, name: str | None) -> str | None:
    return None if name is None else str(folder / Path(name).expanduser())


def _host(address: str) -> str:
    return urlsplit(address).hostname or ""
