"""An issuer of tokens: it signs with real keys, and shows the public ones at a real address."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

ISSUER = "https://login.example"
AUDIENCE = "podium"
_RSA = rsa.generate_private_key
_CURVES = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1}


@dataclass(slots=True)
class Issuer:
    """Somebody who issues tokens.

    Attributes:
        url: Where its public keys are shown; empty when nowhere.
        keys: Its private keys by their ids.
        asked: How often the keys were asked for.
        status: How that is answered.
    """

    url: str = ""
    keys: dict[str, tuple[str, Any]] = field(default_factory=dict)
    asked: int = 0
    status: int = 200

    def add(self, kid: str, algorithm: str = "RS256", bits: int = 2_048) -> None:
        """Make a key."""
        if algorithm in _CURVES:
            key: Any = ec.generate_private_key(_CURVES[algorithm]())
        elif algorithm == "EdDSA":
            key = ed25519.Ed25519PrivateKey.generate()
        else:
            key = _RSA(public_exponent=65_537, key_size=bits)
        self.keys[kid] = (algorithm, key)

    def token(self, kid: str = "one", *, head: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token, good for ten minutes unless claims say otherwise; a claim that is None is left out.

        Args:
            kid: The key that signs it, and that it names.
            head: Further fields of its head.
            claims: What it says.
        """
        algorithm, key = self.keys[kid]
        now = time.time()
        said = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": "ada",
            "exp": now + 600,
            "iat": now,
            "roles": ["viewer"],
        }
        said = {name: value for name, value in {**said, **claims}.items() if value is not None}
        return jwt.encode(said, key, algorithm, headers={"kid": kid, **(head or {})})

    def document(self) -> dict[str, Any]:
        """The public keys (RFC 7517)."""
        makers: dict[str, Any] = {
            "RS": RSAAlgorithm,
            "PS": RSAAlgorithm,
            "ES": ECAlgorithm,
            "Ed": OKPAlgorithm,
        }
        return {
            "keys": [
                {**makers[algorithm[:2]].to_jwk(key.public_key(), as_dict=True), "kid": kid, "use": "sig"}
                for kid, (algorithm, key) in self.keys.items()
            ]
        }


@contextmanager
def issuing() -> Iterator[Issuer]:
    """An issuer whose keys can be fetched until the block ends; its first key is `one`."""
    issuer = Issuer()
    issuer.add("one")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked += 1
            body = json.dumps(issuer.document()).encode()
            self.send_response(issuer.status)
            self.send_header("location", "http://127.0.0.1:9/elsewhere")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is logged."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer.url = f"http://127.0.0.1:{server.server_address[1]}/jwks.json"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
