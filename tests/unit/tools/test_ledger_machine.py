"""The ledger under any order of requests, some of them wrong: it never leaves the table of moves."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from podium.core.effects import EFFECT_STATUSES, MOVES, EffectStatus
from podium.core.errors import GrantError, IllegalMove
from podium.storage.database import Database
from podium.tools import ActionEnvelope, EffectLedger, EffectScope

T = TypeVar("T")
SCOPE = EffectScope("default", "local:ada", "thread", "run", "turn", "step", "checkpoint", "1")
EVE = EffectScope("default", "local:eve", "thread", "run", "turn", "step", "checkpoint", "1")


class LedgerMachine(RuleBasedStateMachine):
    """Keeps its own idea of each effect's status and of its unspent approval."""

    digests: Bundle[str] = Bundle("digests")

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.database = Database.open(Path(self.folder.name) / "podium.db")
        self.ledger = EffectLedger(self.database)
        self.loop = asyncio.new_event_loop()
        self.status: dict[str, EffectStatus] = {}
        self.granted: set[str] = set()
        self.starts: dict[str, int] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    @rule(target=digests, number=st.integers(0, 2))
    def propose(self, number: int) -> str:
        envelope = ActionEnvelope(
            tool="act",
            tool_version="1",
            args={"n": number},
            effect="compensable",
            idempotency_key=str(number),
            policy_version="1",
        )
        effect = self.run(self.ledger.propose(envelope, SCOPE))
        assert effect.digest == envelope.digest
        before = self.status.get(effect.digest)
        expected = "proposed" if before in (None, "expired", "refused") else before
        assert effect.status == expected
        self.status[effect.digest] = effect.status
        return effect.digest

    @rule(digest=digests)
    def approve(self, digest: str) -> None:
        closed = self.status[digest] in (
            "rejected",
            "superseded",
            "expired",
            "refused",
            "skipped",
            "simulated",
        )
        try:
            self.run(self.ledger.approve([digest], "local:ada", "1"))
        except GrantError:
            assert closed
            return
        assert not closed
        if self.status[digest] == "proposed":
            self.status[digest] = "approved"
            self.granted.add(digest)

    @rule(digest=digests, mine=st.booleans())
    def start(self, digest: str, mine: bool) -> None:
        may = mine and self.status[digest] == "approved" and digest in self.granted
        try:
            self.run(self.ledger.start(digest, SCOPE if mine else EVE))
        except (GrantError, IllegalMove):
            assert not may
            return
        assert may
        self.granted.discard(digest)
        self.status[digest] = "started"
        self.starts[digest] = self.starts.get(digest, 0) + 1

    @rule(digest=digests)
    def restart(self, digest: str) -> None:
        may = self.status[digest] in ("started", "in_doubt")
        try:
            self.run(self.ledger.restart(digest, SCOPE, "broke off"))
        except IllegalMove:
            assert not may
            return
        assert may
        self.status[digest] = "started"
        self.starts[digest] += 1

    @rule(digest=digests, to=st.sampled_from(EFFECT_STATUSES))
    def move(self, digest: str, to: EffectStatus) -> None:
        may = to in MOVES[self.status[digest]] and to not in ("proposed", "approved", "started")
        try:
            self.run(self.ledger.move(digest, to, actor="test"))
        except IllegalMove:
            assert not may
            return
        assert may
        self.status[digest] = to
        if to in ("expired", "refused"):
            self.granted.discard(digest)

    @rule()
    def reopen(self) -> None:
        self.database.close()
        self.database = Database.open(Path(self.folder.name) / "podium.db")
        self.ledger = EffectLedger(self.database)

    @invariant()
    def the_ledger_agrees(self) -> None:
        for digest, status in getattr(self, "status", {}).items():
            effect = self.run(self.ledger.get(digest))
            assert effect.status == status
            assert effect.attempts == self.starts.get(digest, 0)
            moves = self.run(self.ledger.moves(effect.effect_id))
            assert moves[0].from_status is None
            assert moves[-1].to_status == status
            for one, two in pairwise(moves):
                assert two.from_status == one.to_status
                assert two.to_status in MOVES[one.to_status]

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.loop.close()
            self.folder.cleanup()


LedgerMachine.TestCase.settings = settings(
    max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestLedger = LedgerMachine.TestCase
