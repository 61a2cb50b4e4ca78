"""From the name of a model to a LangChain chat model.

=============================  ==========================================================
name                           what it is
=============================  ==========================================================
`offline`                      no model: the deterministic agents
`openai:NAME`                  OpenAI, or any compatible server by its base URL
`PROVIDER:NAME`                a compatible server that `models.providers.PROVIDER` declares
`package.module:attribute`     any LangChain chat model: an instance, a class or a factory
`path/to/file.py:attribute`    the same from a file, relative to the project
=============================  ==========================================================
"""

from __future__ import annotations

import os
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from podium.core.errors import UnknownName
from podium.core.settings import ModelSettings, ProviderSettings
from podium.models.imported import imported_model
from podium.models.keys import read_key

if TYPE_CHECKING:
    import httpx
    from langchain_core.language_models import BaseChatModel

OFFLINE = "offline"
OPENAI = "openai"

NO_KEY = "none"
"""Sent to a server that needs no key, since the client insists on one."""

FORMS = (
    "Use 'offline', 'openai:NAME', 'PROVIDER:NAME' of models.providers, 'package.module:attribute' or"
    " 'file.py:attribute'."
)

_IMPORT_PATH = re.compile(r"(?:[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|[^:]+\.py):[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class ResolvedModel:
    """A chat model, ready to be called.

    Attributes:
        name: As the manifest names it.
        chat: The model.
        timeout: Seconds for one call.
        max_retries: Further attempts after passing failures.
        secrets: Keys that must never be shown.
        closer: Closes what the model keeps open; None when that is nothing of ours.
        place: Where it is reached; a reply from elsewhere is not its reply.
    """

    name: str
    chat: BaseChatModel
    timeout: float = 60.0
    max_retries: int = 2
    secrets: tuple[str, ...] = field(default=(), repr=False)
    closer: Callable[[], Awaitable[None]] | None = field(default=None, repr=False)
    place: str = ""

    async def close(self) -> None:
        """Close the connections that the model keeps open."""
        if self.closer is not None:
            with suppress(RuntimeError):  # they belong to an event loop that has ended, and went with it
                await self.closer()


class ModelResolver(Protocol):
    """Finds the chat model of a name."""

    def resolve(self, name: str) -> ResolvedModel | None:
        """The model; None for `offline`.

        Raises:
            UnknownName: There is no such model.
            ModelAuthError: Its key is missing.
        """
        ...


class SettingsResolver:
    """Finds models by the manifest's settings; nothing is imported before a model is asked for.

    Args:
        settings: The manifest's models.
        environ: Where keys are read from; by default the process environment.
        folder: What the files and programs that hold keys are relative to; by default where we are.
    """

    def __init__(
        self,
        settings: ModelSettings,
        environ: Mapping[str, str] | None = None,
        folder: Path | None = None,
    ) -> None:
        self._settings = settings
        self._folder = folder or Path()
        self._environ = os.environ if environ is None else environ

    def resolve(self, name: str) -> ResolvedModel | None:
        """The model of a name; None for `offline`.

        Raises:
            UnknownName: The name has none of the forms, or names a provider nobody declared.
            ConfigError: The import path leads to no chat model.
            ModelAuthError: The key is not where the settings say.
        """
        if name == OFFLINE:
            return None
        provider, colon, model = name.partition(":")
        if colon and model and (provider == OPENAI or provider in self._settings.providers):
            return self._compatible(name, provider, model)
        if _IMPORT_PATH.fullmatch(name):
            return ResolvedModel(name, imported_model(name, self._folder))
        raise UnknownName(f"there is no model {name!r}", hint=FORMS)

    def for_role(self, role: str) -> ResolvedModel | None:
        """The model of a role; None for `offline`."""
        return self.resolve(self._settings.for_role(role))

    def _compatible(self, name: str, provider: str, model: str) -> ResolvedModel:
        settings = self._settings.providers.get(provider, ProviderSettings())
        key = read_key(name, settings, self._environ, self._folder)
        import httpx

        from podium.models.outbound import CheckedTransport

        # A client of our own, since the library's is shared by the process and never closed.
        # A kept connection belongs to one event loop; an app is used from several.
        limits = httpx.Limits(max_keepalive_connections=0)
        transport = None if settings.private else CheckedTransport(limits)
        client = httpx.AsyncClient(timeout=settings.timeout, limits=limits, transport=transport)
        chat = _openai(model, key or NO_KEY, settings, client)
        return ResolvedModel(
            name,
            chat,
            settings.timeout,
            settings.max_retries,
            (key,) if key else (),
            client.aclose,
            place=settings.base_url or "",
        )


def _openai(model: str, key: str, settings: ProviderSettings, client: httpx.AsyncClient) -> BaseChatModel:
    from langchain_openai import ChatOpenAI
    from pydantic import SecretStr

    # Retries are the caller's: the client's own would multiply them and hide Retry-After.
    return ChatOpenAI(
        model=model,
        api_key=SecretStr(key),
        base_url=settings.base_url,
        timeout=settings.timeout,
        max_retries=0,
        http_async_client=client,
        temperature=0,
        use_responses_api=False,
    )
