"""Consents: how many different people approved one envelope, and nothing else, lets it run."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium.core.errors import ConsentRepeated, ConsentUnclear, GrantError
from podium.storage.database import Database
from podium.tools import ActionEnvelope, EffectLedger, EffectScope
from podium.tools.ledger import Effect

SCOPE = EffectScope("default", "key:ada", "thread", "run", "turn", "step", "checkpoint", "1")


def envelope(name: str, policy: str = "1") -> ActionEnvelope:
    return ActionEnvelope(
        tool="pay", tool_version="1", args={"n": name}, effect="irreversible", idempotency_key=name,
        policy_version=policy,
    )  # fmt: skip


@dataclass
class Till:
    """A ledger whose actions several people approve, each word in a run of its own."""

    ledger: EffectLedger
    people: int = 2
    policy: str = "1"
    runs: int = 0

    async def propose(self, name: str, *, edited: bool = False) -> Effect:
        return await self.ledger.propose(envelope(name, self.policy), SCOPE, edited=edited)

    async def approve(self, who: str, *digests: str, run: str | None = None) -> str:
        self.runs += 1
        run = f"r{self.runs}" if run is None else run
        people = dict.fromkeys(digests, self.people)
        await self.ledger.approve(digests, who, self.policy, people=people, run_id=run)
        return (await self.ledger.get(digests[0])).status

    async def who(self, effect: Effect) -> list[str]:
        now = await self.ledger.get(effect.digest)
        return [one.principal for one in await self.ledger.consents([now])]


@pytest.fixture
def till(database: Database, clock: Any) -> Till:
    return Till(EffectLedger(database, clock, expiry=60))


async def test_the_last_of_the_people_is_granted_it(till: Till) -> None:
    effect = await till.propose("a")
    assert await till.approve("key:ada", effect.digest) == "proposed"
    with pytest.raises(GrantError, match="not approved"):
        await till.ledger.check_grant(effect.digest, SCOPE)
    assert await till.approve("key:bob", effect.digest) == "approved"
    assert await till.who(effect) == ["key:ada", "key:bob"]
    started = await till.ledger.start(effect.digest, replace(SCOPE, principal="key:bob"))
    assert started.status == "started"


async def test_one_person_twice_is_one_person(till: Till) -> None:
    effect = await till.propose("a")
    await till.approve("key:ada", effect.digest)
    with pytest.raises(ConsentRepeated, match="key:ada has approved pay already; another person must"):
        await till.approve("key:ada", effect.digest)
    assert await till.who(effect) == ["key:ada"]


async def test_the_same_word_read_again_is_no_second_one(till: Till) -> None:
    effect = await till.propose("a")
    for _ in range(3):
        assert await till.approve("key:ada", effect.digest, run="same") == "proposed"
    assert await till.who(effect) == ["key:ada"]


async def test_a_word_of_which_nobody_knows_whose_it_is_does_not_count(till: Till) -> None:
    effect = await till.propose("a")
    with pytest.raises(ConsentUnclear):
        await till.approve("key:ada", effect.digest, run="")
    assert await till.who(effect) == []


async def test_a_policy_is_no_person(till: Till) -> None:
    effect = await till.propose("a")
    with pytest.raises(GrantError, match="2 people have to approve"):
        await till.approve("policy:1", effect.digest)


async def test_actions_that_are_approved_together_wait_for_each_other(till: Till) -> None:
    one, two = await till.propose("a"), await till.propose("b")
    await till.approve("key:ada", one.digest)
    assert await till.approve("key:bob", one.digest, two.digest) == "proposed"
    assert await till.approve("key:ada", one.digest, two.digest) == "approved"
    assert (await till.ledger.get(two.digest)).status == "approved"


async def test_consents_expire_with_the_proposal(till: Till, clock: Any) -> None:
    effect = await till.propose("a")
    await till.approve("key:ada", effect.digest)
    clock.move(61)
    with pytest.raises(GrantError, match="expired"):
        await till.approve("key:bob", effect.digest)
    again = await till.propose("a")
    assert again.digest == effect.digest
    assert await till.who(again) == []
    assert await till.approve("key:bob", effect.digest) == "proposed"


async def test_a_policy_that_changed_in_between_is_asked_under_anew(till: Till) -> None:
    effect = await till.propose("a")
    await till.approve("key:ada", effect.digest)
    till.policy = "2"
    with pytest.raises(GrantError, match="policy has changed"):
        await till.approve("key:bob", effect.digest)
    assert await till.who(effect) == ["key:ada"]


async def test_each_consent_is_on_record(till: Till, database: Database) -> None:
    effect = await till.propose("a")
    await till.approve("key:ada", effect.digest, run="first")
    await till.approve("key:bob", effect.digest, run="second")
    bodies = [
        json.loads(row[0]) for row in database.read(lambda c: c.execute("SELECT body FROM audit").fetchall())
    ]
    told = [body for body in bodies if body["kind"] == "consent"]
    assert [(one["data"]["number"], one["data"]["people"], one["run"]) for one in told] == [
        (1, 2, "first"),
        (2, 2, "second"),
    ]
    assert {one["data"]["digest"] for one in told} == {effect.digest}
    assert len({one["who"] for one in told}) == 2


# --- any order ---------------------------------------------------------------------------------------

Deed = tuple[Literal["approve", "edit", "reject", "again"], str, str]
_DEEDS: st.SearchStrategy[Deed] = st.tuples(
    st.sampled_from(("approve", "approve", "edit", "reject", "again")),
    st.sampled_from(("key:ada", "key:bob", "key:cy", "key:di")),
    st.sampled_from(("x", "y")),
)


class _Model:
    """What should be, in the plainest terms: who approved the version on the table since it was put there."""

    def __init__(self, people: int) -> None:
        self.people = people
        self.version = "start"
        self.consents: set[str] = set()
        self.is_over = ""

    def approve(self, who: str) -> None:
        if not self.is_over:
            self.consents.add(who)
            self.is_over = "approved" if len(self.consents) >= self.people else ""

    def edit(self, who: str, version: str) -> None:
        if not self.is_over and version != self.version:
            self.version, self.consents = version, set()
        self.approve(who)

    def reject(self) -> None:
        self.is_over = self.is_over or "rejected"


async def _carry_out(ledger: EffectLedger, people: int, deeds: Sequence[Deed]) -> None:
    till, model = Till(ledger, people), _Model(people)
    effect, last = await till.propose("start"), ("", "", "")
    for kind, who, version in deeds:
        if kind == "again":
            if last[0]:
                await _tried(till, last[0], last[1], last[2])
        elif kind == "reject":
            model.reject()
            if (await ledger.get(effect.digest)).status == "proposed":
                await ledger.move(effect.digest, "rejected", actor=who)
        else:
            if kind == "edit":
                is_open = not model.is_over
                model.edit(who, version)
                changed = await till.propose(version, edited=True) if is_open else effect
                if changed.digest != effect.digest:
                    await ledger.move(effect.digest, "superseded", actor=who, data={"by": changed.digest})
                effect = changed
            else:
                model.approve(who)
            till.runs += 1
            last = (who, effect.digest, f"r{till.runs}")
            await _tried(till, *last)
        now = await ledger.get(effect.digest)
        assert now.status == (model.is_over or "proposed")
        if not model.is_over:
            assert set(await till.who(now)) == model.consents
    granted = await ledger.in_status("approved")
    assert [one.digest for one in granted] == ([effect.digest] if model.is_over == "approved" else [])


async def _tried(till: Till, who: str, digest: str, run: str) -> None:
    try:
        await till.approve(who, digest, run=run)
    except GrantError:
        return


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(people=st.integers(1, 3), deeds=st.lists(_DEEDS, max_size=10))
def test_in_any_order_it_is_granted_when_enough_people_approved_one_version_and_nobody_refused(
    people: int, deeds: list[Deed]
) -> None:
    with tempfile.TemporaryDirectory() as folder, Database.open(Path(folder) / "podium.db") as database:
        asyncio.run(_carry_out(EffectLedger(database), people, deeds))
