from __future__ import annotations

import pytest

from podium.guardrails.finding import CheckContext, apply_fixes
from podium.guardrails.validators.secrets import secrets

CONTEXT = CheckContext(stage="input")
# Assembled here so that no scanner takes this file for a leak.
TOKENS = [
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "a1B2c3" * 10,
    "glpat-" + "x7Yz_" * 4,
    "sk-" + "proj-" + "a1B2c3d4" * 4,
    "xoxb-" + "123456789012-abcdefABCDEF",
    "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "AIza" + "SyA1234567890abcdefghijklmnopqrstuv",
    "npm_" + "a1B2" * 9,
    "hf_" + "aBcD1" * 7,
    "eyJ" + "hbGciOiJIUzI1NiJ9." + "eyJ" + "zdWIiOiIxMjM0In0." + "SflKxwRJSMeKKF2QT4",
]


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: str(token)[:6])
def test_a_token_is_found_in_a_sentence_and_only_it_is_replaced(token: str) -> None:
    text = f"Use {token}, please."
    assert apply_fixes(text, secrets(text, CONTEXT)) == "Use [secret], please."


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("password=hunter22", "password=[secret]"),
        ('{"password": "tr0ub4dor&3"}', '{"password": "[secret]"}'),
        ("my password is Tr0ub4dor!", "my password is [secret]"),
        ("postgres://app:s3cr3t@db/shop", "postgres://app:[secret]@db/shop"),
        ("API_KEY = 'f3a9c0d17b2e48a6'", "API_KEY = '[secret]'"),
        ("Authorization: Bearer abc123DEF456ghi789", "Authorization: Bearer [secret]"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----\nend",
            "[secret]\nend",
        ),
        ("-----BEGIN PRIVATE KEY-----\nMIIEow cut off", "[secret]"),
    ],
)
def test_keys_passwords_and_headers_are_found(text: str, fixed: str) -> None:
    assert apply_fixes(text, secrets(text, CONTEXT)) == fixed


@pytest.mark.parametrize(
    "text",
    [
        "I forgot my password. How do I reset it?",
        "Password: at least eight characters, one of them a digit",
        "password=<your password>",
        "api_key = os.environ['API_KEY']",
        "Order O-10001, parcel JD014600003828392019, article KET-204",
        "the token is valid for two weeks and the secret of good coffee: fresh beans",
        "commit 5aec855b2d68b2d cannot be found, sha256 in the list",
        "https://example.org/a/b?page=2",
    ],
)
def test_ordinary_words_and_numbers_are_let_pass(text: str) -> None:
    assert secrets(text, CONTEXT) == ()


def test_the_reason_never_holds_the_secret() -> None:
    assert all(TOKENS[0] not in finding.reason for finding in secrets(TOKENS[0], CONTEXT))
