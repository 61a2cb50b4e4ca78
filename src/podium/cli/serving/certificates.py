"""The files by which a server shows who it is."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from podium.core.errors import ConfigError

_HINT = "Name two files in PEM: --tls-cert with the certificate and those above it, --tls-key with its key."


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate and its private key.

    Attributes:
        cert: The file with the certificate and those above it.
        key: The file with the private key.
    """

    cert: Path
    key: Path


def certificate_of(folder: Path, cert: str | None, key: str | None) -> Certificate | None:
    """The certificate in two files; None where none is named.

    Args:
        folder: What names are relative to.
        cert: The file with the certificate.
        key: The file with its private key.

    Raises:
        ConfigError: Only one is named, one cannot be read, or they do not belong together.
    """
    if not cert and not key:
        return None
    if not cert or not key:
        raise ConfigError("a certificate needs its private key, and a key its certificate", hint=_HINT)
    found = Certificate(folder / cert, folder / key)
    for path in (found.cert, found.key):
        try:
            path.read_bytes()
        except OSError as error:
            raise ConfigError(f"{path} cannot be read: {error.strerror}", hint=_HINT) from None
    try:
        # A key behind a pass phrase would wait for one to be typed in.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(found.cert, found.key, password=lambda: "")
    except (OSError, ValueError):  # ssl.SSLError is one of the former
        raise ConfigError(
            f"{found.cert} and {found.key} are no certificate and its key", hint=_HINT
        ) from None
    return found
