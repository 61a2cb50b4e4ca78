"""Which model answers, whether its key is there, and setting up both from outside the manifest."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from podium.core.errors import Conflict, InputError, StorageError, UnknownName
from podium.core.settings import MANIFEST, ProviderSettings, parse_manifest
from podium.models.key_store import FOLDER, KeyStore, WithKeys
from podium.models.keys import WHAT_A_KEY_IS, is_key
from podium.models.resolver import OFFLINE, OPENAI
from podium.storage.files import write_whole

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.core.settings import ModelSettings

KeySource: TypeAlias = Literal["environment", "stored", "file", "command", "none_needed", "missing"]
"""Where a provider's key is; `command` is not run to find out, and what a `file` holds is not looked at."""

_MODEL: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}:[!-~]{1,200}")
_HEADER: Final = re.compile(r"^\s*\[models\]\s*(#.*)?$")
_TABLE: Final = re.compile(r"^\s*\[")
_DEFAULT: Final = re.compile(r"""^(\s*default\s*=\s*)("[^"\\]*"|'[^']*')(.*)$""")


@dataclass(frozen=True, slots=True)
class ProviderKey:
    """A provider of chat models, and its key.

    Attributes:
        provider: What models of it begin with.
        models: Those that the project uses.
        base_url: Where it is reached; None for the provider's own address.
        place: Where its key is looked for.
        source: Where it was found.
    """

    provider: str
    models: tuple[str, ...]
    base_url: str | None
    place: str
    source: KeySource

    @property
    def settable(self) -> bool:
        """Whether a key that is kept would count: what the manifest or the environment names goes before."""
        return self.source in ("stored", "none_needed", "missing") and self.place.startswith(_VARIABLE)


_VARIABLE: Final = "the environment variable "


def environment(data: Path, environ: Mapping[str, str] | None = None) -> WithKeys:
    """The environment, and behind it the keys that a project keeps.

    Args:
        data: Where the project keeps its data.
        environ: The process's when None.
    """
    return WithKeys(os.environ if environ is None else environ, KeyStore(data / FOLDER))


def provider_keys(project: Project, models: tuple[str, ...]) -> tuple[ProviderKey, ...]:
    """The providers that a project has models or settings of, and `openai`.

    Args:
        project: The project.
        models: The models that it uses.
    """
    settings = project.manifest.models
    named = {name.partition(":")[0] for name in models}
    known = {OPENAI: ProviderSettings(), **settings.providers}
    return tuple(
        ProviderKey(
            provider,
            tuple(name for name in dict.fromkeys(models) if name.partition(":")[0] == provider),
            one.base_url,
            _place(one),
            _source(one, project),
        )
        for provider, one in known.items()
        if provider == OPENAI or provider in named or provider in settings.providers
    )


def keep_key(project: Project, provider: str, key: str) -> None:
    """Keep the key of a provider in the project's data, where only its owner may read it.

    Raises:
        UnknownName: There is no such provider.
        InputError: It is no key.
        Conflict: Another place goes before, so that it would not count.
        StorageError: It cannot be written.
    """
    settings = _provider(project.manifest.models, provider)
    if not is_key(key.strip()):
        raise InputError("that is no key", hint=WHAT_A_KEY_IS)
    source = _source(settings, project)
    if source in ("environment", "file", "command") or settings.api_key_file is not None:
        raise Conflict(
            f"the key of {provider} comes from {_place(settings)}, which goes before",
            hint="Change it there." if source != "environment" else "Unset it, and start again.",
        )
    KeyStore(project.data / FOLDER).put(settings.api_key_env, key.strip())


def forget_key(project: Project, provider: str) -> None:
    """Keep the key of a provider no longer.

    Raises:
        UnknownName: There is no such provider.
        StorageError: It cannot be removed.
    """
    settings = _provider(project.manifest.models, provider)
    KeyStore(project.data / FOLDER).remove(settings.api_key_env)


def check_model(project: Project, model: str) -> None:
    """Refuse what cannot be the name of a model.

    Raises:
        InputError: It cannot.
        UnknownName: There is no such provider.
    """
    if model == OFFLINE:
        return
    if _MODEL.fullmatch(model) is None:
        raise InputError(f"{model!r} is no model", hint="Write PROVIDER:NAME, such as openai:NAME.")
    _provider(project.manifest.models, model.partition(":")[0])


def use_model(project: Project, model: str) -> None:
    """Write the model that answers where no role says otherwise into `podium.toml`; all else stays as it is.

    Args:
        project: The project.
        model: `offline`, or `PROVIDER:NAME`.

    Raises:
        InputError: That is no such name.
        UnknownName: There is no such provider.
        Conflict: The manifest is written in a way that only a person can change.
        StorageError: It cannot be written.
    """
    check_model(project, model)
    path = project.folder / MANIFEST
    if not path.is_file():
        raise Conflict(f"there is no {path}", hint="Make one with [project] and [models] in it.")
    text = path.read_text(encoding="utf-8")
    changed = _with_default(text, model)
    wanted = tomllib.loads(text)
    wanted.setdefault("models", {})["default"] = model
    if changed is None or _read(changed) != wanted:
        raise Conflict(f"{path} is written in another way", hint=f'Write default = "{model}" under [models].')
    parse_manifest(changed, path)
    try:
        write_whole(path, changed.encode(), mode=path.stat().st_mode & 0o777)
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}", hint="Check its permissions."
        ) from None


def _provider(settings: ModelSettings, provider: str) -> ProviderSettings:
    known = {OPENAI: ProviderSettings(), **settings.providers}
    if provider not in known:
        raise UnknownName(f"no provider is called {provider!r}", hint=f"There are: {', '.join(known)}.")
    return known[provider]


def _place(settings: ProviderSettings) -> str:
    if settings.api_key_command:
        return f"the program {settings.api_key_command[0]}"
    if settings.api_key_file is not None:
        return f"the file {settings.api_key_file}"
    return f"{_VARIABLE}{settings.api_key_env}"


def _source(settings: ProviderSettings, project: Project) -> KeySource:
    if settings.api_key_command:
        return "command"
    if settings.api_key_file is not None:
        held = project.folder / Path(settings.api_key_file).expanduser()
        return "file" if _holds_something(held) else "missing"
    if os.environ.get(settings.api_key_env, "").strip():
        return "environment"
    if settings.api_key_env in KeyStore(project.data / FOLDER):
        return "stored"
    own = settings.base_url is not None and "api_key_env" not in settings.model_fields_set
    return "none_needed" if own else "missing"


def _holds_something(path: Path) -> bool:
    try:
        return path.stat().st_size > 0 and os.access(path, os.R_OK)
    except OSError:
        return False


def _with_default(text: str, model: str) -> str | None:
    """The manifest with another default model; None where it has the table in a form not known here."""
    lines = text.splitlines(keepends=True)
    header = next((number for number, line in enumerate(lines) if _HEADER.match(line)), None)
    if header is None:
        return f'{text.rstrip()}\n\n[models]\ndefault = "{model}"\n'
    for number in range(header + 1, len(lines)):
        if _TABLE.match(lines[number]):
            break
        if found := _DEFAULT.match(lines[number].rstrip("\r\n")):
            ending = lines[number][len(lines[number].rstrip("\r\n")) :]
            lines[number] = f'{found[1]}"{model}"{found[3]}{ending}'
            return "".join(lines)
    lines.insert(header + 1, f'default = "{model}"\n')
    return "".join(lines)


def _read(text: str) -> object:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None
