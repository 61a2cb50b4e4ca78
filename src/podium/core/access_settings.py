"""What the manifest may say about who uses the server: tokens of others, rates, certificates."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from podium.core.model import Model

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
"""How a token may be signed: by a private key, whose public one cannot sign."""
_Claim = Annotated[str, StringConstraints(min_length=1, max_length=200)]
_HERE = ("127.0.0.1", "::1", "localhost")
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])"
_ORIGIN = re.compile(rf"https?://{_HOST}(?::([0-9]{{1,5}}))?", re.ASCII)


def _origin(text: str) -> str:
    found = _ORIGIN.fullmatch(text.lower())
    if found is None or int(found[1] or 1) not in range(1, 65_536):
        raise ValueError(
            f"{text!r} is no origin: write it like https://podium.example or http://localhost:8700"
        )
    return found[0]


Origin = Annotated[str, AfterValidator(_origin)]
"""A server by scheme, name and port, as browsers write it (RFC 6454), in lower case."""


class JwtSettings(Model):
    """Whose tokens are taken, beside the server's own keys, and what they say."""

    issuer: str = Field(min_length=1)
    """What `iss` has to be."""
    audience: str = Field(min_length=1)
    """What `aud` has to name."""
    jwks_url: str | None = None
    """Where the issuer shows its public keys (RFC 7517); `https`, but for this machine's own."""
    jwks_file: str | None = None
    """A file with them, relative to the project, in place of the address."""
    algorithms: tuple[Algorithm, ...] = Field(default=("RS256", "ES256"), min_length=1)
    leeway: float = Field(default=30.0, ge=0, le=300)
    """Seconds by which the issuer's clock may be off."""
    owner_claim: _Claim = "sub"
    """Who acts: `user:` and the claim's value. A claim inside another is named with dots."""
    tenant_claim: _Claim | None = None
    """Whose data it opens; the project's own tenant when None."""
    roles_claim: _Claim = "roles"
    """Names in a list, or in a text with blanks between."""
    role_names: dict[str, str] = {}
    """Roles here by their names there; with any named, all others count for nothing."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.jwks_url is None) == (self.jwks_file is None):
            raise ValueError("name jwks_url or jwks_file, one of both")
        if self.jwks_url is not None:
            parts = urlsplit(self.jwks_url)
            if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _HERE):
                raise ValueError("jwks_url: keys are fetched by https")
        return self


class RateSettings(Model):
    """How often the server is asked; 0 for as often as one likes."""

    per_minute: int = Field(default=12_000, ge=0)
    """Requests of one caller, in the long run; the user of this machine in dev is not counted."""
    burst: int = Field(default=2_000, ge=1)
    """Requests of one caller at once."""
    failures_per_minute: int = Field(default=60, ge=0)
    """Keys and tokens that do not count, from one address; at most so many at once."""
