"""Grants: one envelope, once, for one principal, for a while."""

from __future__ import annotations

from typing import Any

import pytest

from podium.core.errors import GrantError, IllegalMove, NotFound
from podium.storage.database import Database
from podium.tools import ActionEnvelope, EffectLedger, EffectScope

SCOPE = EffectScope("default", "local:ada", "thread", "run", "turn", "step", "checkpoint", "1")


def envelope(name: str) -> ActionEnvelope:
    return ActionEnvelope(
        tool="act",
        tool_version="1",
        args={"n": name},
        effect="irreversible",
        idempotency_key=name,
        policy_version="1",
    )


@pytest.fixture
def ledger(database: Database, clock: Any) -> EffectLedger:
    return EffectLedger(database, clock, expiry=60)


async def test_a_grant_is_spent_by_the_start(ledger: EffectLedger) -> None:
    effect = await ledger.propose(envelope("a"), SCOPE)
    (grant,) = await ledger.approve([effect.digest], "local:ada", "1")
    started = await ledger.start(effect.digest, SCOPE, grant.grant_id)
    assert (started.status, started.attempts) == ("started", 1)
    await ledger.move(effect.digest, "failed", actor="tool")
    with pytest.raises(GrantError, match="was used already"):
        await ledger.start(effect.digest, SCOPE, grant.grant_id)
    assert (await ledger.get(effect.digest)).status == "failed"


async def test_a_grant_for_another_action_does_not_help(ledger: EffectLedger) -> None:
    one = await ledger.propose(envelope("a"), SCOPE)
    two = await ledger.propose(envelope("b"), SCOPE)
    first, _ = await ledger.approve([one.digest, two.digest], "local:ada", "1")
    with pytest.raises(GrantError, match="is for another action"):
        await ledger.start(two.digest, SCOPE, first.grant_id)
    with pytest.raises(GrantError, match="not approved"):
        await ledger.start(two.digest, SCOPE, "no such grant")


async def test_approving_twice_gives_one_grant(ledger: EffectLedger) -> None:
    effect = await ledger.propose(envelope("a"), SCOPE)
    assert await ledger.approve([effect.digest], "local:ada", "1") == await ledger.approve(
        [effect.digest], "local:ada", "1"
    )


async def test_one_bad_digest_keeps_all_from_being_approved(ledger: EffectLedger) -> None:
    effect = await ledger.propose(envelope("a"), SCOPE)
    with pytest.raises(GrantError):
        await ledger.approve([effect.digest, "0" * 64], "local:ada", "1")
    assert (await ledger.get(effect.digest)).status == "proposed"


async def test_a_row_that_was_altered_does_not_run(ledger: EffectLedger, database: Database) -> None:
    effect = await ledger.propose(envelope("a"), SCOPE)
    await ledger.approve([effect.digest], "local:ada", "1")
    database.execute("UPDATE effects SET args=?", ('{"n":"everything"}',))
    with pytest.raises(GrantError, match="not the one that was approved"):
        await ledger.start(effect.digest, SCOPE)


@pytest.mark.parametrize("status", ["proposed", "approved", "started"])
async def test_guarded_statuses_have_methods_of_their_own(ledger: EffectLedger, status: Any) -> None:
    effect = await ledger.propose(envelope("a"), SCOPE)
    with pytest.raises(IllegalMove):
        await ledger.move(effect.digest, status, actor="test")


async def test_the_ledger_is_read_by_thread_status_and_place(ledger: EffectLedger) -> None:
    one = await ledger.propose(envelope("a"), SCOPE)
    two = await ledger.propose(envelope("b"), SCOPE)
    await ledger.move(one.digest, "rejected", actor="test", reason="no")
    assert [e.digest for e in await ledger.effects("thread")] == [one.digest, two.digest]
    assert [e.digest for e in await ledger.effects("thread", after=one.seq)] == [two.digest]
    assert [e.digest for e in await ledger.pending()] == [two.digest]
    assert await ledger.effects("other") == []
    assert await ledger.several([]) == []
    with pytest.raises(NotFound):
        await ledger.get("0" * 64)


async def test_a_start_is_synced_to_disk_and_so_is_its_outcome(
    ledger: EffectLedger, database: Database
) -> None:
    effect = await ledger.propose(envelope("a"), SCOPE)
    await ledger.approve([effect.digest], "local:ada", "1")
    before = database.stats.syncs
    await ledger.start(effect.digest, SCOPE)
    assert database.stats.syncs == before + 1
    await ledger.move(effect.digest, "succeeded", actor="test")
    assert database.stats.syncs == before + 2
