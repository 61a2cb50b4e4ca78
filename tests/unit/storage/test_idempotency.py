"""Idempotency keys: claimed once, answered once, kept for a day."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

import pytest

from podium.storage.database import Database
from podium.storage.idempotency import Claim, IdempotencyKeys, KeyedRequest

REQUEST = KeyedRequest("t", "ada", "k1", "POST /threads", "digest")


class ManualClock(Protocol):
    def now(self) -> object: ...
    def move(self, seconds: float) -> None: ...


@pytest.fixture
def keys(database: Database, clock: ManualClock) -> IdempotencyKeys:
    return IdempotencyKeys(database, clock)  # type: ignore[arg-type]  # the test's clock


async def test_a_request_is_made_once_and_answered_ever_after(keys: IdempotencyKeys) -> None:
    assert await keys.claim(REQUEST) == Claim("mine")
    assert await keys.claim(REQUEST) == Claim("running")
    await keys.answer(REQUEST, 201, b"made")
    await keys.forget(REQUEST)
    assert await keys.claim(REQUEST) == Claim("answered", 201, b"made")


@pytest.mark.parametrize(
    "other", [replace(REQUEST, digest="another"), replace(REQUEST, request="POST /runs")]
)
async def test_a_key_stands_for_one_request(keys: IdempotencyKeys, other: KeyedRequest) -> None:
    await keys.claim(REQUEST)
    assert await keys.claim(other) == Claim("other")


@pytest.mark.parametrize("other", [replace(REQUEST, tenant="u"), replace(REQUEST, owner="bob")])
async def test_keys_of_others_are_others(keys: IdempotencyKeys, other: KeyedRequest) -> None:
    await keys.claim(REQUEST)
    assert await keys.claim(other) == Claim("mine")


async def test_what_has_no_answer_can_be_made_again(keys: IdempotencyKeys) -> None:
    await keys.claim(REQUEST)
    await keys.forget(REQUEST)
    assert await keys.claim(REQUEST) == Claim("mine")


async def test_what_a_process_that_is_gone_did_not_answer_is_made_by_one_other(database: Database) -> None:
    gone = IdempotencyKeys(database, holder="gone")
    await gone.claim(REQUEST)
    here = IdempotencyKeys(database, holder="here", is_alive=lambda holder: holder != "gone")
    assert await here.claim(REQUEST) == Claim("mine")
    assert await here.claim(REQUEST) == Claim("running")


async def test_a_key_is_kept_for_a_day(keys: IdempotencyKeys, clock: ManualClock) -> None:
    await keys.claim(REQUEST)
    await keys.answer(REQUEST, 200, b"old")
    clock.move(86_000)
    assert (await keys.claim(REQUEST)).kind == "answered"
    clock.move(401)
    assert await keys.claim(REQUEST) == Claim("mine")
