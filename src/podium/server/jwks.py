"""The public keys of an issuer of tokens: read from one place, kept, and read again in time."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import jwt
from jwt.algorithms import RSAAlgorithm

from podium.core.errors import TokenInvalid, TokenKeysUnavailable

FRESH_S: Final = 300.0
"""For how long keys are believed to be all there are, so that one that was withdrawn counts no longer."""
BETWEEN_S: Final = 10.0
"""Seconds between two attempts to read them, whatever tokens name: nobody makes us ask more often."""
_STALE_S: Final = 3_600.0
"""For how long keys are used while their place cannot be reached."""
_TIMEOUT_S: Final = 5.0
_MOST_BYTES: Final = 1_000_000
_MOST_KEYS: Final = 200
_LEAST_RSA_BITS: Final = 2_048
_CURVES: Final = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_KINDS: Final = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_HINT: Final = "Look at jwks_url or jwks_file under [server.jwt]; the server tries again by itself."


class SigningKeys:
    """Knows the issuer's keys by their ids.

    Args:
        place: An address, which nothing leads away from, or a file.
        monotonic: Seconds that only grow; for tests.
    """

    def __init__(self, place: str | Path, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._place = place
        self._monotonic = monotonic
        self._keys: list[Mapping[str, Any]] = []
        self._made: dict[tuple[str | None, str], jwt.PyJWK] = {}
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._reading = asyncio.Lock()

    async def find(self, kid: str | None, algorithm: str) -> jwt.PyJWK:
        """The key that a token says it was signed with.

        Args:
            kid: The key's id; None where the token names none, which is enough where only one key fits.
            algorithm: How it was signed; one that configuration allows.

        Raises:
            TokenInvalid: The issuer has no such key.
            TokenKeysUnavailable: Nobody knows which keys it has.
        """
        if self._age(self._read_at) >= FRESH_S:
            await self._read_again()
        key = self._known(kid, algorithm)
        if key is None and await self._read_again():
            key = self._known(kid, algorithm)
        if self._age(self._read_at) >= _STALE_S:
            raise TokenKeysUnavailable("the keys of the tokens' issuer cannot be had", hint=_HINT)
        if key is None:
            raise TokenInvalid(
                "the token was signed with a key that its issuer does not have",
                hint="Send a token of the issuer that [server.jwt] names.",
            )
        return key

    def _age(self, moment: float | None) -> float:
        return float("inf") if moment is None else self._monotonic() - moment

    def _known(self, kid: str | None, algorithm: str) -> jwt.PyJWK | None:
        made = self._made.get((kid, algorithm))
        if made is not None:
            return made
        fitting = [key for key in self._keys if kid in (None, key.get("kid")) and _fits(key, algorithm)]
        if len(fitting) != 1:
            return None
        try:
            found = jwt.PyJWK.from_dict(dict(fitting[0]), algorithm)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            return None
        if isinstance(found.Algorithm, RSAAlgorithm) and found.key.key_size < _LEAST_RSA_BITS:
            return None
        self._made[kid, algorithm] = found
        return found

    async def _read_again(self) -> bool:
        """Read the keys, unless that was tried just now; whether they were read."""
        async with self._reading:
            if self._age(self._tried_at) < BETWEEN_S:
                return False
            self._tried_at = self._monotonic()
            try:
                keys = _keys_in(await self._fetched())
            except (OSError, ValueError):  # among the latter: not UTF-8, no JSON, not its form
                return False
            self._keys, self._read_at = keys, self._monotonic()
            self._made.clear()
            return True

    async def _fetched(self) -> bytes:
        if isinstance(self._place, Path):
            with self._place.open("rb") as file:
                return file.read(_MOST_BYTES + 1)
        import httpx

        try:
            async with (
                asyncio.timeout(_TIMEOUT_S),
                httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=_TIMEOUT_S) as client,
                client.stream("GET", self._place, headers={"accept": "application/json"}) as response,
            ):
                if response.status_code != httpx.codes.OK:
                    raise ValueError(f"status {response.status_code}")
                body = bytearray()
                async for part in response.aiter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        break
                return bytes(body)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OSError(type(error).__name__) from None


def _keys_in(body: bytes) -> list[Mapping[str, Any]]:
    if len(body) > _MOST_BYTES:
        raise ValueError("too large")
    try:
        keys = json.loads(body)["keys"]
    except (TypeError, KeyError, RecursionError):
        raise ValueError("no set of keys") from None
    if not isinstance(keys, list) or len(keys) > _MOST_KEYS:
        raise ValueError("no set of keys")
    return [key for key in keys if isinstance(key, dict) and key.get("use", "sig") == "sig"]


def _fits(key: Mapping[str, Any], algorithm: str) -> bool:
    """Whether a key is of the kind that an algorithm needs; one that is no public key never is."""
    if key.get("kty") != _KINDS[algorithm[:2]] or key.get("alg", algorithm) != algorithm:
        return False
    return algorithm not in _CURVES or key.get("crv") == _CURVES[algorithm]
