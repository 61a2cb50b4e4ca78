"""JSON Web Tokens (RFC 7519, RFC 8725): whose they are, once it is known who signed them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jwt

from podium.core.clock import Clock, SystemClock
from podium.core.errors import CredentialExpired, InputError, TokenInvalid
from podium.core.principal import Principal
from podium.server.jwks import SigningKeys
from podium.storage.api_keys import granted, known_roles

if TYPE_CHECKING:
    from podium.core.access_settings import JwtSettings

OWNER: Final = "user:"
"""What the owners of tokens begin with, so that no issuer makes a user of this machine, or a key."""
_LONGEST: Final = 16_384
_LONGEST_NAME: Final = 200
_HINT: Final = "Send a fresh token of the issuer and for the audience that [server.jwt] names."


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says that counts.

    Attributes:
        principal: Whose it is.
        expires_at: From when on it does not count, in seconds since 1970, with what clocks may be off.
    """

    principal: Principal
    expires_at: float


class Tokens:
    """Reads tokens.

    Args:
        settings: Whose tokens are taken.
        keys: The issuer's.
        tenant: Whose data tokens open that are not to name a tenant.
        clock: Tells which have expired.
    """

    def __init__(
        self, settings: JwtSettings, keys: SigningKeys, *, tenant: str, clock: Clock | None = None
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._tenant = tenant
        self._clock = clock or SystemClock()

    @classmethod
    def of(cls, settings: JwtSettings, folder: Path, *, tenant: str) -> Tokens:
        """Those of a project in a folder."""
        place = settings.jwks_url or folder / (settings.jwks_file or "")
        return cls(settings, SigningKeys(place), tenant=tenant)

    async def read(self, token: str) -> Token:
        """What a token says.

        Raises:
            TokenInvalid: It is none, is not for us, or nobody whom we trust has signed it.
            CredentialExpired: It counted once.
            TokenKeysUnavailable: Nobody knows by which keys to tell.
        """
        if len(token) > _LONGEST:
            raise TokenInvalid("the token is too long", hint=_HINT)
        head = _head_of(token)
        algorithm = head.get("alg")
        if algorithm not in self._settings.algorithms:
            raise TokenInvalid("the token is not signed in a way that is allowed", hint=_HINT)
        if "crit" in head or not isinstance(head.get("kid", ""), str):
            raise TokenInvalid("the token asks for what is not known here", hint=_HINT)
        key = await self._keys.find(head.get("kid"), algorithm)
        claims = self._checked(token, key, algorithm)
        expires_at = float(claims["exp"]) + self._settings.leeway
        return Token(self._principal_of(claims), expires_at)

    def counts(self, token: Token) -> bool:
        """Whether a token has not expired."""
        return self._clock.now().timestamp() < token.expires_at

    def _checked(self, token: str, key: jwt.PyJWK, algorithm: str) -> dict[str, Any]:
        settings = self._settings
        # PyJWT asks the system's clock; times are checked below, by ours.
        options: Any = {
            "require": ["exp", "iss", "aud"],
            "verify_exp": False,
            "verify_nbf": False,
            "verify_iat": False,
        }
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                issuer=settings.issuer,
                audience=settings.audience,
                options=options,
            )
        except jwt.InvalidSignatureError:
            raise TokenInvalid("the token was signed by somebody else", hint=_HINT) from None
        except jwt.InvalidIssuerError:
            raise TokenInvalid("the token is of another issuer", hint=_HINT) from None
        except jwt.InvalidAudienceError:
            raise TokenInvalid("the token is for another audience", hint=_HINT) from None
        except jwt.MissingRequiredClaimError as error:
            raise TokenInvalid(f"the token does not say {error.claim}", hint=_HINT) from None
        except (jwt.PyJWTError, ValueError, TypeError):
            raise TokenInvalid("the token cannot be read", hint=_HINT) from None
        self._check_times(claims)
        return claims

    def _check_times(self, claims: Mapping[str, Any]) -> None:
        now, leeway = self._clock.now().timestamp(), self._settings.leeway
        times = {name: claims[name] for name in ("exp", "nbf", "iat") if claims.get(name) is not None}
        if "exp" not in times or not all(_is_time(value) for value in times.values()):
            raise TokenInvalid("the token's times are none", hint=_HINT)
        if now >= times["exp"] + leeway:
            raise CredentialExpired("the token has expired", hint="Send a fresh one.")
        if any(now + leeway < times[name] for name in ("nbf", "iat") if name in times):
            raise TokenInvalid("the token does not count yet", hint="Compare the clocks of both machines.")

    def _principal_of(self, claims: Mapping[str, Any]) -> Principal:
        settings = self._settings
        owner, tenant = _name(claims, settings.owner_claim), self._tenant
        if settings.tenant_claim is not None:
            tenant = _name(claims, settings.tenant_claim)
        roles = self._roles_of(_claim(claims, settings.roles_claim))
        if not granted(roles):
            raise TokenInvalid(
                "the token has no role that is good for anything here",
                hint=f"Give viewer, operator, approver or admin in the claim {settings.roles_claim!r}.",
            )
        return Principal(OWNER + owner, tenant, roles)

    def _roles_of(self, told: Any) -> frozenset[str]:
        names = told.split() if isinstance(told, str) else told if isinstance(told, list) else []
        given = {name for name in names if isinstance(name, str)}
        if self._settings.role_names:
            given = {here for there, here in self._settings.role_names.items() if there in given}
        return frozenset(name for name in given if _is_role(name))


def looks_like_token(shown: str) -> bool:
    """Whether something has the form of a signed token."""
    return shown.count(".") == 2


def _head_of(token: str) -> dict[str, Any]:
    try:
        return jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError):
        raise TokenInvalid("the token cannot be read", hint=_HINT) from None


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """A claim by its name, or inside others where dots are between theirs."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _name(claims: Mapping[str, Any], claim: str) -> str:
    found = _claim(claims, claim)
    if not isinstance(found, str) or not 0 < len(found.strip()) <= _LONGEST_NAME or not found.isprintable():
        raise TokenInvalid(f"the token does not say {claim}", hint=_HINT)
    return found


def _is_time(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e11


def _is_role(name: str) -> bool:
    try:
        return bool(known_roles([name]))
    except InputError:
        return name in ("read", "write", "approve")
