"""Where a secret comes in: a file or an environment variable that the manifest names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from podium.core.errors import ConfigError

MAX_SECRET = 10_000
"""Characters; nothing longer is a secret of ours."""


def read_secret(
    purpose: str, *, file: str | None, variable: str | None, environ: Mapping[str, str], folder: Path
) -> str:
    """A secret, without the space around it; it is never part of an error.

    Args:
        purpose: What needs it, for messages, such as `audit`.
        file: A file that holds nothing else, relative to the project; goes before the variable.
        variable: The environment variable that holds it.
        environ: The environment.
        folder: The project's folder.

    Raises:
        ConfigError: It is not there, or empty.
    """
    if file is not None:
        place = f"the file {file}"
        try:
            with (folder / Path(file).expanduser()).open(encoding="utf-8") as opened:
                secret = opened.read(MAX_SECRET + 1)
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise ConfigError(
                f"{purpose} needs a secret and {place} cannot be read: {reason}",
                hint="Mend the path, or the permissions of the file.",
            ) from None
    else:
        place = f"the environment variable {variable}"
        secret = environ.get(variable or "", "")
    secret = secret.strip()
    if not secret or len(secret) > MAX_SECRET:
        raise ConfigError(f"{purpose} needs a secret and {place} holds none", hint="Put it there.")
    return secret
