"""Signed webhooks: after Standard Webhooks and as GitHub does."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
import uuid
from typing import Any

import httpx
import pytest

from podium.runtime.notifications.webhook import key_of, signature
from podium.testing.server import Callers

PATH = "/podium/v1/triggers"
SECRET = "whsec_" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVoxMjM0NTY="
OLD_SECRET = "whsec_" + "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OTHERS_SECRET = "whsec_" + "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHg="


@pytest.fixture
def sender(callers: Callers) -> httpx.Client:
    """Somebody without a key."""
    return callers.server.client()


def order() -> bytes:
    data = {"text": "w", "customer": uuid.uuid4().hex, "seconds": 0, "fails": False}
    return json.dumps(data).encode()


def signed(body: bytes, secret: str = SECRET, event_id: str = "", at: float = 0) -> dict[str, str]:
    identifier, moment = event_id or uuid.uuid4().hex, str(int(at or time.time()))
    return {
        "content-type": "application/json",
        "webhook-id": identifier,
        "webhook-timestamp": moment,
        "webhook-signature": signature(key_of(secret), identifier, moment, body),
    }


def post(client: httpx.Client, body: bytes, headers: dict[str, str], name: str = "orders") -> tuple[int, Any]:
    answer = client.post(f"{PATH}/{name}/webhook", content=body, headers=headers)
    return answer.status_code, answer.json()


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
def test_a_signed_webhook_is_taken_and_known_again(sender: httpx.Client, secret: str) -> None:
    body, identifier = order(), uuid.uuid4().hex
    first = post(sender, body, signed(body, secret, identifier))
    assert (first[0], first[1]["duplicate"], first[1]["event_id"]) == (202, False, identifier)
    again = post(sender, body, signed(body, secret, identifier, time.time() - 20))
    assert (again[0], again[1]["duplicate"]) == (202, True)


@pytest.mark.parametrize("change", ["secret", "body", "id", "early", "late", "missing", "name", "none"])
def test_what_proves_nothing_is_refused(sender: httpx.Client, change: str) -> None:
    body = order()
    at = time.time() + {"early": -3_600, "late": 3_600}.get(change, 0)
    headers = signed(body, OTHERS_SECRET if change == "secret" else SECRET, at=at)
    if change == "id":
        headers["webhook-id"] = uuid.uuid4().hex
    if change == "missing":
        del headers["webhook-signature"]
    if change == "none":
        headers["webhook-signature"] = "v1, v1,none none"
    name = {"name": "unknown"}.get(change, "orders")
    status, told = post(sender, body + b" " if change == "body" else body, headers, name)
    assert (status, told["code"]) == (401, "not_authenticated")
    assert SECRET not in str(told)


def test_a_trigger_without_a_webhook_takes_none(sender: httpx.Client) -> None:
    body = order()
    assert post(sender, body, signed(body), "gone")[0] == 401


def test_a_signature_over_what_is_no_event_is_a_clear_refusal(sender: httpx.Client) -> None:
    for body in (b"{", b'{"text": 1}', b"\xff"):
        status, told = post(sender, body, signed(body))
        assert (status, told["code"]) == (422, "input_invalid"), body
        headers = {**signed(body), "content-type": "text/plain"}
        assert post(sender, body, headers)[0] == 422, body


def test_github_signs_the_body_which_runs_once(sender: httpx.Client) -> None:
    body = json.dumps({"ref": uuid.uuid4().hex}).encode()
    shown = "sha256=" + hmac.new(b"ItsASecretToEverybody", body, hashlib.sha256).hexdigest()
    headers = {"x-hub-signature-256": shown, "x-github-delivery": "1"}
    first = post(sender, body, headers, "pushes")
    assert (first[0], first[1]["duplicate"]) == (202, False)
    assert post(sender, body, {**headers, "x-github-delivery": "2"}, "pushes")[1]["duplicate"] is True
    assert post(sender, body + b" ", headers, "pushes")[0] == 401
