"""The models that stand behind each role: a draft, the role's own, a fallback, and replies that are kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from podium.agents.contracts import Role
from podium.app.encryption import REPLIES
from podium.app.model_keys import environment
from podium.app.recording import ModelRecorder
from podium.app.seams import Seams
from podium.core.errors import ModelAuthError
from podium.core.settings import ModelSettings
from podium.models.prices import Prices
from podium.models.resolver import ResolvedModel, SettingsResolver

if TYPE_CHECKING:
    from podium.models.breaker import Breakers
    from podium.models.cache import ResponseCache
    from podium.models.calls import Asks
    from podium.storage.encryption.cipher import Cipher
    from podium.telemetry.telemetry import Telemetry


class Callers:
    """Makes what the roles of one app ask; nothing is imported or opened until a model is named.

    Args:
        settings: The manifest's models.
        folder: The project's folder.
        data: Where the project keeps its data.
        telemetry: Told of every call and of models that were passed over.
        seams: What is put before the models.
        cipher: Encrypts replies that are kept; None keeps them plain.
    """

    def __init__(
        self,
        settings: ModelSettings,
        *,
        folder: Path,
        data: Path,
        telemetry: Telemetry,
        seams: Seams,
        cipher: Cipher | None = None,
    ) -> None:
        self._cipher = cipher
        self._settings = settings
        self._resolver = SettingsResolver(settings, environment(data), folder)
        self._data = data
        self._telemetry = telemetry
        self._recorder = ModelRecorder(telemetry)
        self._seams = seams
        self._prices = Prices.from_settings(settings.prices)
        self._models: dict[str, ResolvedModel | None] = {}
        self._breakers: Breakers | None = None
        self._missing: dict[str, tuple[ModelAuthError, float]] = {}
        """Why a key is not there, and until when it is not looked for again."""
        self.cache: ResponseCache | None = None

    @property
    def chats(self) -> tuple[ResolvedModel, ...]:
        """The chat models in use."""
        return tuple(model for model in self._models.values() if model is not None)

    def of(self, role: Role, name: str) -> Asks | None:
        """What a role asks; None for `offline`.

        Args:
            role: The role.
            name: Its model.

        Raises:
            UnknownName: There is no such model.
            ModelAuthError: A key is missing, and is not waited for.
        """

        def find() -> ResolvedModel | None:
            return self._seams.model(role, self._model(name))

        model, asks = self._found(role, name, find)
        if asks is None:
            return None
        draft = self._other(role, self._settings.draft_for(role), name, reasks=0)
        if draft is not None:
            from podium.models.chain import Drafted

            asks = Drafted(draft, asks)
        spare = self._other(role, self._settings.fallback_for(role), name)
        if spare is not None:
            from podium.models.chain import Relayed

            asks = Relayed(asks, spare, lambda error: self._telemetry.fallback(role, error.code))
        # Replies are kept under what is known of a model, which is nothing before its key is there.
        return asks if model is None else self._kept(asks, model, role)

    def missing_keys(self) -> dict[str, ModelAuthError]:
        """The models in use whose keys are not there, and why; it is looked again at times."""
        for name in list(self._missing):
            with suppress(ModelAuthError):
                self._model(name)
        return {name: error for name, (error, _) in self._missing.items()}

    async def close(self) -> None:
        """Close the models' connections."""
        for chat in self.chats:
            await chat.close()
        if self.cache is not None:
            self.cache.close()

    def _kept(self, asks: Asks, model: ResolvedModel, role: Role) -> Asks:
        settings = self._settings.cache
        if settings.use == "off":
            return asks
        from podium.models.cache import ResponseCache
        from podium.models.chain import Kept

        if self.cache is None:
            path = self._data / REPLIES
            self.cache = ResponseCache(
                path, entries=settings.entries, days=settings.days, cipher=self._cipher
            )
        always = settings.use == "always"
        return Kept(asks, model, self.cache, always=always, role=role, recorder=self._recorder)

    def _other(self, role: Role, name: str | None, own: str, *, reasks: int | None = None) -> Asks | None:
        if name is None or name == own:
            return None
        return self._found(role, name, lambda: self._model(name), reasks=reasks)[1]

    def _found(
        self, role: Role, name: str, find: Callable[[], ResolvedModel | None], *, reasks: int | None = None
    ) -> tuple[ResolvedModel | None, Asks | None]:
        """A model and what asks it: where its key is not there, what waits for that, and no model."""

        def asking() -> tuple[ResolvedModel | None, Asks | None]:
            model = find()
            return model, None if model is None else self._caller(model, role, reasks=reasks)

        try:
            return asking()
        except ModelAuthError:
            if not self._seams.awaits_keys:
                raise
            from podium.models.awaited_key import AwaitsKey

            return None, AwaitsKey(name, lambda: asking()[1])

    def _model(self, name: str) -> ResolvedModel | None:
        """The model of a name; a key that is not there is looked for again after a while."""
        error, until = self._missing.get(name, (None, 0.0))
        if error is not None and time.monotonic() < until:
            raise ModelAuthError(error.message, hint=error.hint)
        if name not in self._models:
            try:
                self._models[name] = self._seams.resolve(name, self._resolver.resolve)
            except ModelAuthError as problem:
                self._missing[name] = problem, time.monotonic() + self._settings.breaker.seconds
                raise
            self._missing.pop(name, None)
        return self._models[name]

    def _caller(self, model: ResolvedModel, role: Role, *, reasks: int | None = None) -> Asks:
        from podium.models.breaker import Breakers
        from podium.models.caller import Caller
        from podium.models.calls import CallLimits

        breaker = self._settings.breaker
        if self._breakers is None:
            self._breakers = Breakers(breaker.failures, breaker.seconds)
        limits = CallLimits(
            timeout=model.timeout,
            retries=model.max_retries,
            longest_wait=breaker.max_delay,
            max_delay=breaker.max_delay,
        )
        return Caller(
            model,
            role,
            limits=limits if reasks is None else replace(limits, reasks=reasks),
            breakers=self._breakers,
            recorder=self._recorder,
            prices=self._prices,
        )
