"""Tokens of an issuer: only what it signed for us, and only for as long as it says."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from pydantic import ValidationError

from podium.core.access_settings import JwtSettings
from podium.core.errors import CredentialExpired, NotAuthenticated, TokenInvalid, TokenKeysUnavailable
from podium.server.jwks import BETWEEN_S, FRESH_S, SigningKeys
from podium.server.tokens import Tokens
from podium.testing.issuer import AUDIENCE, ISSUER, Issuer, issuing


class Time:
    """A clock that is moved, from the machine's own moment on."""

    def __init__(self) -> None:
        self.began = datetime.now(UTC)
        self.seconds = 0.0

    def now(self) -> datetime:
        return self.began + timedelta(seconds=self.seconds)

    def monotonic(self) -> float:
        return self.seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuing() as running:
        yield running


Reader = Callable[..., Tokens]


@pytest.fixture
def reader(issuer: Issuer, time: Time) -> Reader:
    def made(**settings: Any) -> Tokens:
        told = JwtSettings(issuer=ISSUER, audience=AUDIENCE, jwks_url=issuer.url, **settings)
        return Tokens(told, SigningKeys(issuer.url, time.monotonic), tenant="default", clock=time)

    return made


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "RS512", "ES256", "ES384", "EdDSA"])
async def test_a_token_of_the_issuer_says_who_asks(issuer: Issuer, reader: Reader, algorithm: str) -> None:
    issuer.add("two", algorithm)
    token = await reader(algorithms=(algorithm,)).read(issuer.token("two", roles=["operator", "finance"]))
    assert (token.principal.id, token.principal.tenant) == ("user:ada", "default")
    assert token.principal.roles == {"operator", "finance"}
    assert issuer.asked == 1


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"aud": "another"}, "another audience"),
        ({"aud": None}, "does not say aud"),
        ({"iss": "https://evil.example"}, "another issuer"),
        ({"iss": None}, "does not say iss"),
        ({"exp": None}, "does not say exp"),
        ({"exp": "soon"}, "cannot be read|times are none"),
        ({"exp": True}, "times are none"),
        ({"sub": None}, "does not say sub"),
        ({"sub": ""}, "does not say sub"),
        ({"sub": "a\nb"}, "does not say sub"),
        ({"sub": "x" * 300}, "does not say sub"),
        ({"roles": None}, "no role"),
        ({"roles": []}, "no role"),
        ({"roles": ["finance"]}, "no role"),
        ({"roles": {"admin": True}}, "no role"),
    ],
)
async def test_a_token_that_says_too_little_is_refused(
    issuer: Issuer, reader: Reader, claims: dict[str, Any], error: str
) -> None:
    with pytest.raises(TokenInvalid, match=error) as caught:
        await reader().read(issuer.token(**claims))
    assert caught.value.hint


async def test_times_count_with_what_clocks_may_be_off(issuer: Issuer, reader: Reader, time: Time) -> None:
    tokens, now = reader(leeway=30), time.now().timestamp()
    token = issuer.token(exp=now + 60, nbf=now + 29, iat=now + 29)
    read = await tokens.read(token)
    time.seconds = 89
    assert tokens.counts(read)
    await tokens.read(token)
    time.seconds = 90
    assert not tokens.counts(read)
    with pytest.raises(CredentialExpired):
        await tokens.read(token)
    with pytest.raises(TokenInvalid, match="not count yet"):
        await tokens.read(issuer.token(nbf=now + 200, exp=now + 900))
    with pytest.raises(TokenInvalid, match="not count yet"):
        await tokens.read(issuer.token(iat=now + 200, exp=now + 900))


async def test_a_token_signed_by_somebody_else_is_refused(issuer: Issuer, reader: Reader) -> None:
    other = Issuer()
    other.add("one")
    other.add("unknown")
    tokens = reader()
    with pytest.raises(TokenInvalid, match="signed by somebody else"):
        await tokens.read(other.token("one"))
    with pytest.raises(TokenInvalid, match="does not have"):
        await tokens.read(other.token("unknown"))


def _forged(head: dict[str, Any], claims: dict[str, Any], secret: bytes | None = None) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (head, claims)]
    signed = b".".join(parts)
    signature = hmac.digest(secret, signed, hashlib.sha256) if secret is not None else b""
    return (signed + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


async def test_a_token_without_a_signature_or_with_a_public_key_as_its_secret_is_refused(
    issuer: Issuer, reader: Reader
) -> None:
    claims = jwt.decode(issuer.token(), options={"verify_signature": False})
    public = json.dumps(issuer.document()["keys"][0]).encode()
    tokens = reader()
    forged = [_forged({"alg": alg, "kid": "one"}, claims) for alg in ("none", "None", "nOnE", "")]
    forged += [_forged({"alg": alg, "kid": "one"}, claims, public) for alg in ("HS256", "RS256", "ES256")]
    forged += [_forged({"kid": "one"}, claims), _forged({"alg": ["RS256"], "kid": "one"}, claims)]
    for token in forged:
        with pytest.raises(TokenInvalid):
            await tokens.read(token)


@pytest.mark.parametrize("token", ["..", "a.b.c", "e30.e30.", "é.é.é", "." * 2 + "x" * 20_000, "W10.W10.x"])
async def test_what_is_no_token_is_refused(reader: Reader, issuer: Issuer, token: str) -> None:
    with pytest.raises(TokenInvalid):
        await reader().read(token)
    assert issuer.asked == 0


@pytest.mark.parametrize("head", [{"crit": ["exp"]}, {"kid": 7}, {"kid": None}])
async def test_what_a_token_asks_for_and_nobody_knows_is_refused(
    issuer: Issuer, reader: Reader, head: dict[str, Any]
) -> None:
    good = issuer.token()
    claims = jwt.decode(good, options={"verify_signature": False})
    algorithm, key = issuer.keys["one"]
    signed = jwt.PyJWS().encode(json.dumps(claims).encode(), key, algorithm)
    parts = signed.split(".")
    told = {"alg": algorithm, "kid": "one", **head}
    parts[0] = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenInvalid):
        await reader().read(".".join(parts))


async def test_an_algorithm_has_to_be_allowed_and_to_fit_its_key(issuer: Issuer, reader: Reader) -> None:
    issuer.add("curve", "ES384")
    with pytest.raises(TokenInvalid, match="a way that is allowed"):
        await reader(algorithms=("RS256",)).read(issuer.token("curve"))
    with pytest.raises(TokenInvalid, match="does not have"):
        await reader(algorithms=("ES384",)).read(issuer.token("curve", head={"kid": "one"}))


async def test_a_weak_key_is_none(issuer: Issuer, reader: Reader) -> None:
    issuer.add("weak", bits=1_024)
    with pytest.raises(TokenInvalid, match="does not have"), pytest.warns(jwt.InsecureKeyLengthWarning):
        await reader().read(issuer.token("weak"))


async def test_a_new_key_is_found_and_one_that_was_withdrawn_counts_no_longer(
    issuer: Issuer, reader: Reader, time: Time
) -> None:
    tokens, old = reader(), issuer.token("one")
    await tokens.read(old)
    issuer.add("two")
    time.seconds = BETWEEN_S
    await tokens.read(issuer.token("two"))
    assert issuer.asked == 2
    del issuer.keys["one"]
    time.seconds += FRESH_S
    with pytest.raises(TokenInvalid):
        await tokens.read(old)


async def test_nobody_makes_the_server_ask_often(issuer: Issuer, reader: Reader) -> None:
    other, tokens = Issuer(), reader()
    for number in range(5):
        other.add(f"unknown-{number}")
        with pytest.raises(TokenInvalid):
            await tokens.read(other.token(f"unknown-{number}"))
    assert issuer.asked == 1


@pytest.mark.parametrize("status", [500, 404, 302])
async def test_where_the_keys_cannot_be_had_nobody_is_let_in_and_known_ones_are_used_on(
    issuer: Issuer, reader: Reader, time: Time, status: int
) -> None:
    fresh, tokens = reader(), reader()
    await tokens.read(issuer.token())
    issuer.status = status
    with pytest.raises(TokenKeysUnavailable):
        await fresh.read(issuer.token())
    time.seconds = FRESH_S
    await tokens.read(issuer.token())
    time.seconds = 3_600
    with pytest.raises(TokenKeysUnavailable):
        await tokens.read(issuer.token(exp=time.now().timestamp() + 60, iat=None))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys": 1}', '{"keys": [1, null]}', "\xff", "[" * 5_000])
async def test_a_file_that_holds_no_keys_lets_nobody_in(issuer: Issuer, tmp_path: Path, text: str) -> None:
    (tmp_path / "keys.json").write_text(text, encoding="latin-1")
    settings = JwtSettings(issuer=ISSUER, audience=AUDIENCE, jwks_file="keys.json")
    with pytest.raises(NotAuthenticated):
        await Tokens.of(settings, tmp_path, tenant="default").read(issuer.token())


async def test_keys_may_lie_in_a_file(issuer: Issuer, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(json.dumps(issuer.document()), encoding="utf-8")
    settings = JwtSettings(issuer=ISSUER, audience=AUDIENCE, jwks_file="keys.json")
    token = await Tokens.of(settings, tmp_path, tenant="default").read(issuer.token())
    assert token.principal.id == "user:ada"
    assert issuer.asked == 0


async def test_claims_are_named_by_configuration(issuer: Issuer, reader: Reader) -> None:
    tokens = reader(
        owner_claim="https://example/login",
        tenant_claim="org.id",
        roles_claim="realm_access.roles",
        role_names={"podium-admins": "admin", "staff": "operator"},
    )
    claims: dict[str, Any] = {"https://example/login": "bob", "org": {"id": "acme"}, "roles": None}
    token = await tokens.read(issuer.token(**claims, realm_access={"roles": ["staff", "admin"]}))
    assert (token.principal.id, token.principal.tenant) == ("user:bob", "acme")
    assert token.principal.roles == {"operator"}  # what is called admin there is none here
    with pytest.raises(TokenInvalid, match=r"org\.id"):
        await tokens.read(issuer.token(**{**claims, "org": "acme"}, realm_access={"roles": ["staff"]}))


async def test_scopes_in_one_text_are_taken(issuer: Issuer, reader: Reader) -> None:
    token = await reader(roles_claim="scope").read(issuer.token(roles=None, scope="openid read write"))
    assert token.principal.roles == {"openid", "read", "write"}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"jwks_url": "https://a.example/k", "jwks_file": "k"},
        {"jwks_url": "http://a.example/k"},
        {"jwks_url": "file:///etc/passwd"},
        {"jwks_file": "k", "algorithms": ["none"]},
        {"jwks_file": "k", "algorithms": ["HS256"]},
        {"jwks_file": "k", "algorithms": []},
        {"jwks_file": "k", "leeway": 100_000},
    ],
)
def test_unsafe_settings_are_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        JwtSettings.model_validate({"issuer": ISSUER, "audience": AUDIENCE, **settings})
