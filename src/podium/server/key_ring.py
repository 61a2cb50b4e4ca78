"""The keys that were used lately, so that knowing one costs microseconds."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from podium.core.clock import Clock, SystemClock, to_iso
from podium.storage.api_keys import PREFIX, hash_of

if TYPE_CHECKING:
    from podium.core.principal import Access
    from podium.storage.api_keys import ApiKey, ApiKeys

FRESH_S: Final = 1.0
"""For how long a key is believed: a revocation by another process counts after that."""
_NOTED_S: Final = 60.0
_MOST: Final = 4_096
_MOST_CHARACTERS: Final = 200


@dataclass(slots=True)
class _Known:
    key: ApiKey
    until: float
    noted: float


class KeyRing:
    """Knows keys by what callers send.

    Args:
        keys: Where keys are stored.
        clock: Tells which have expired.
        monotonic: Seconds that only grow; for tests.
    """

    def __init__(
        self, keys: ApiKeys, clock: Clock | None = None, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.keys = keys
        self._clock = clock or SystemClock()
        self._monotonic = monotonic
        self._known: dict[str, _Known] = {}

    def open(self, secret: str) -> ApiKey | None:
        """The key that this is, if it counts now; None otherwise."""
        if not secret.startswith(PREFIX) or len(secret) > _MOST_CHARACTERS:
            return None
        digest, now = hash_of(secret), self._monotonic()
        known = self._known.get(digest)
        if known is None or now >= known.until:
            known = self._look_up(secret, digest, now, known)
        if known is None or not known.key.counts(to_iso(self._clock.now())):
            return None
        if now - known.noted >= _NOTED_S:
            known.noted = now
            self.keys.note_use(known.key.key_id)
        return known.key

    def revoke(self, key_id: str, access: Access) -> ApiKey:
        """Take a key back; it does not count from now on."""
        revoked = self.keys.revoke(key_id, access)
        self._known.clear()
        return revoked

    def _look_up(self, secret: str, digest: str, now: float, known: _Known | None) -> _Known | None:
        key = self.keys.find(secret)
        if key is None:
            self._known.pop(digest, None)
            return None
        if len(self._known) >= _MOST:
            self._known.clear()
        noted = known.noted if known is not None else now - _NOTED_S
        found = self._known[digest] = _Known(key, now + FRESH_S, noted)
        return found
