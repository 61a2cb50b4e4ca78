"""Signed statements: Ed25519 over canonical JSON, checked with the public key alone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Self

from podium.core.canonical import canonical_bytes
from podium.core.errors import ConfigError, InputError
from podium.core.model import JsonObject, JsonValue

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_RAW_BYTES = 32


class Signer:
    """Signs statements with one key.

    Args:
        key: The private key.

    Attributes:
        public: The public key as 64 hexadecimal digits.
    """

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes_raw().hex()

    @classmethod
    def from_text(cls, text: str) -> Self:
        """The key in a text: PEM (PKCS 8, without a password), or 32 bytes in base64.

        Raises:
            ConfigError: It is no such key.
        """
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            if text.startswith("-----BEGIN"):
                key = load_pem_private_key(text.encode(), password=None)
            else:
                key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))
        except (ValueError, TypeError, UnsupportedAlgorithm, binascii.Error):
            key = None
        if not isinstance(key, Ed25519PrivateKey):
            raise ConfigError(
                "what should be the signing key is no Ed25519 key",
                hint="Make one with 'podium audit key FILE', or 'openssl genpkey -algorithm ed25519'.",
            )
        return cls(key)

    def sign(self, statement: Mapping[str, JsonValue]) -> JsonObject:
        """The statement with the public key and the signature."""
        named: JsonObject = {**statement, "key": self.public}
        return {**named, "signature": self._key.sign(canonical_bytes(named)).hex()}


def is_signed(statement: Mapping[str, Any], *, keys: Collection[str] = ()) -> bool:
    """Whether a statement carries a true signature.

    Args:
        statement: As `Signer.sign` made it.
        keys: The public keys that are trusted; the statement's own when empty, which proves only that
            whoever had that key made it.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if keys and statement.get("key") not in keys:
        return False
    said = {name: value for name, value in statement.items() if name != "signature"}
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(str(statement["key"])))
        public.verify(bytes.fromhex(str(statement["signature"])), canonical_bytes(said))
    except (KeyError, ValueError, InvalidSignature, InputError):
        return False
    return True


def new_key() -> str:
    """A fresh private key as PEM."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_key(text: str) -> str:
    """A public key as 64 hexadecimal digits, from those digits or from PEM.

    Raises:
        ConfigError: It is no such key.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        if text.startswith("-----BEGIN"):
            key = load_pem_public_key(text.encode())
            if isinstance(key, Ed25519PublicKey):
                return key.public_bytes_raw().hex()
        elif len(bytes.fromhex(text)) == _RAW_BYTES:
            return text.lower()
    except ValueError:
        reason = "it cannot be read"
    else:
        reason = "it is of another kind"
    raise ConfigError(f"this is no Ed25519 public key: {reason}", hint="'podium audit sign' prints it.")
