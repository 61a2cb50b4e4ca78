"""AES-256-GCM for single values, bound to the place where they are stored.

An encrypted value is `C1 | id of the key, 8 bytes | salt, 12 | nonce, 12 | ciphertext and tag`: 49 bytes
more than the value. The byte C1 begins neither MessagePack nor UTF-8, so that nothing else stored begins with
it. What encrypts is HMAC-SHA256 of the key and the salt, which each process draws anew: random nonces of 96
bits are good for 2^32 values under one key (NIST SP 800-38D, section 8.3), and here that counts by process.
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
import os
from base64 import b64decode, b64encode
from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from podium.core.errors import ConfigError, EncryptionKeyWrong, Undecipherable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MARK: Final = b"\xc1"
ID_BYTES: Final = 8
OVERHEAD: Final = 49
"""Bytes that an encrypted value is longer; one more than a multiple of four."""
KEY_BYTES: Final = 32
_SALT: Final = slice(1 + ID_BYTES, 21)
_NONCE: Final = slice(21, 33)
_BODY: Final = 33
_RANDOM: Final = 12
_KEPT: Final = 256


class Cipher:
    """Encrypts with the first of its keys, and decrypts with whichever of them a value names.

    Args:
        keys: 32 bytes each.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = {key_id(key): key for key in keys}
        self.key_id = key_id(keys[0])
        self._salt = os.urandom(_RANDOM)
        self._head = MARK + self.key_id + self._salt
        self._opened: OrderedDict[bytes, AESGCM] = OrderedDict()
        self._own = _aead(keys[0], self._salt)

    @property
    def key_ids(self) -> frozenset[bytes]:
        """The ids of all keys that are at hand."""
        return frozenset(self._keys)

    def encrypt(self, value: bytes, place: bytes) -> bytes:
        """A value as it may be stored.

        Args:
            value: The value.
            place: Where it is stored; it opens nowhere else.
        """
        nonce = os.urandom(_RANDOM)
        return self._head + nonce + self._own.encrypt(nonce, value, place)

    def decrypt(self, stored: bytes, place: bytes) -> bytes:
        """The value.

        Raises:
            EncryptionKeyWrong: Its key is not at hand.
            Undecipherable: It was changed, or is stored elsewhere than it was written for.
        """
        from cryptography.exceptions import InvalidTag

        if len(stored) < OVERHEAD or stored[:1] != MARK:
            raise Undecipherable("an encrypted value is damaged", hint=_DAMAGED)
        aead = self._opened.get(stored[1:21]) or self._aead_of(stored)
        try:
            return aead.decrypt(stored[_NONCE], stored[_BODY:], place)
        except InvalidTag:
            raise Undecipherable(
                "an encrypted value was changed, or is not where it was written", hint=_DAMAGED
            ) from None

    def _aead_of(self, stored: bytes) -> AESGCM:
        key = self._keys.get(stored[1 : 1 + ID_BYTES])
        if key is None:
            name = stored[1 : 1 + ID_BYTES].hex()
            raise EncryptionKeyWrong(
                f"a value is encrypted with the key {name}, which is not configured",
                hint="Name it under former_keys in [storage].",
            )
        aead = self._opened[stored[1:21]] = _aead(key, stored[_SALT])
        if len(self._opened) > _KEPT:
            self._opened.popitem(last=False)
        return aead


def place_of(column: str, *key: object) -> bytes:
    """What binds a value to its column and row.

    Args:
        column: `table.column`.
        key: What the row is found by.
    """
    return repr((column, *key)).encode("utf-8", "surrogatepass")


def key_id(key: bytes) -> bytes:
    """What tells a key from others, and nothing else about it."""
    return hashlib.sha256(b"podium encryption key\0" + key).digest()[:ID_BYTES]


def new_key() -> str:
    """A random key, as it is written down."""
    return b64encode(os.urandom(KEY_BYTES)).decode()


def key_of(text: str, where: str) -> bytes:
    """The key that a text says: 32 bytes, in base64 or hexadecimal.

    Args:
        text: The text; it is never part of an error.
        where: Where it was found, for messages.

    Raises:
        ConfigError: It says none.
    """
    for read in (bytes.fromhex, _base64):
        try:
            key = read(text.strip())
        except (ValueError, binascii.Error):
            continue
        if len(key) == KEY_BYTES:
            return key
    raise ConfigError(
        f"{where} does not hold an encryption key: 32 random bytes, in base64 or hexadecimal",
        hint="Make one with 'podium encrypt --new-key'.",
    )


_DAMAGED: Final = "Restore the database from a backup, or forget the thread that it belongs to."


def _base64(text: str) -> bytes:
    return b64decode(text, altchars=b"-_" if "-" in text or "_" in text else None, validate=True)


def _aead(key: bytes, salt: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hmac.digest(key, salt, "sha256"))
