"""The one place where keys come in: an environment variable, a file, or a program that prints one.

Behind the environment stand the keys that were entered by hand: see `podium.models.key_store`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from podium.core.errors import ModelAuthError
from podium.core.settings import ProviderSettings

MAX_KEY = 10_000
"""Characters; nothing longer is a key."""
WHAT_A_KEY_IS = "A key is plain ASCII without spaces or control characters."


def read_key(model: str, settings: ProviderSettings, environ: Mapping[str, str], folder: Path) -> str:
    """The key of a provider; empty where a server of one's own is named and no key. Never part of an error.

    Args:
        model: Who needs it, for messages.
        settings: Where it is.
        environ: The environment.
        folder: What a file's path is relative to, and where a program runs.

    Raises:
        ModelAuthError: There is none, or it cannot be one.
    """
    if settings.api_key_command:
        place = f"the program {settings.api_key_command[0]}"
        key = _printed(model, settings, folder)
    elif settings.api_key_file is not None:
        place = f"the file {settings.api_key_file}"
        key = _stored(model, folder / Path(settings.api_key_file).expanduser(), place)
    else:
        place = f"the environment variable {settings.api_key_env}"
        key = environ.get(settings.api_key_env, "")
        if (
            not key.strip()
            and settings.base_url is not None
            and "api_key_env" not in settings.model_fields_set
        ):
            return ""
        if not key.strip():
            raise ModelAuthError(
                f"{model} needs a key and {place} is not set",
                hint=f"Set {settings.api_key_env}, or use the model 'offline'.",
            )
    key = key.strip()
    if not is_key(key):
        raise ModelAuthError(f"{place} does not hold a key", hint=WHAT_A_KEY_IS)
    return key


def is_key(text: str) -> bool:
    """Whether a text can be a key at all."""
    return bool(text) and len(text) <= MAX_KEY and text.isascii() and text.isprintable() and " " not in text


def _stored(model: str, path: Path, place: str) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(MAX_KEY + 2)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise ModelAuthError(
            f"{model} needs a key and {place} cannot be read: {reason}",
            hint="Mend api_key_file in models.providers, or use the model 'offline'.",
        ) from None


def _printed(model: str, settings: ProviderSettings, folder: Path) -> str:
    import subprocess

    program = settings.api_key_command[0]
    hint = "Run it by hand, mend api_key_command in models.providers, or use the model 'offline'."
    try:
        done = subprocess.run(  # noqa: S603 - the manifest's own program, without a shell
            settings.api_key_command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=settings.api_key_timeout,
            check=False,
        )
    except subprocess.TimeoutExpired:
        late = f"{model} needs a key and {program} printed none within {settings.api_key_timeout:g} seconds"
        raise ModelAuthError(late, hint=hint) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise ModelAuthError(
            f"{model} needs a key and {program} cannot be run: {reason}", hint=hint
        ) from None
    if done.returncode:
        # What it printed may hold the key, so it is not shown.
        raise ModelAuthError(
            f"{model} needs a key and {program} ended with status {done.returncode}", hint=hint
        )
    return done.stdout.decode("utf-8", "replace")
