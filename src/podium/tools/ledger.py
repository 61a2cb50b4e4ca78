"""The effect ledger: what was proposed, decided, done and undone, in the project's database.

Every change of status goes through the table of moves in `podium.core.effects` and leaves a row in
`effect_moves`. A grant is spent in the same transaction that writes `started`, which is synced to disk
before the tool is called; so is the outcome before anybody hears of it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import TypeAlias, TypeVar

from podium.core.clock import Clock, SystemClock, to_iso
from podium.core.effects import EffectStatus
from podium.core.errors import GrantError, IllegalMove
from podium.core.ids import new_id
from podium.core.model import JsonValue
from podium.storage.database import Database
from podium.storage.leases import check_fence
from podium.storage.operations import Work
from podium.tools import effect_rows as rows
from podium.tools.consents import Consent, Word, are_enough, consents_to
from podium.tools.effect import MOVE_COLUMNS, EffectMove, move_of
from podium.tools.effect import Effect as Effect
from podium.tools.envelope import ActionEnvelope
from podium.tools.grants import Grant, covering, issue, newest_of, spend
from podium.tools.scope import EffectScope

T = TypeVar("T")

DEFAULT_EXPIRY_S = 86_400.0
_DURABLE: frozenset[EffectStatus] = frozenset(
    {"succeeded", "failed", "in_doubt", "compensating", "compensated", "compensation_failed"}
)
_GUARDED: frozenset[EffectStatus] = frozenset({"proposed", "approved", "started"})
_TOO_LATE = "not decided in time"
_REPROPOSED: frozenset[EffectStatus] = frozenset({"expired", "refused"})


Watch: TypeAlias = Callable[[Effect], None]
"""Told of an effect that has moved; it returns soon and does not raise."""


class EffectLedger:
    """Effects, their moves and the grants that let them run.

    Args:
        database: The project's database.
        clock: Dates the moves and decides what has expired.
        expiry: Seconds for which a proposal may be approved, and an approval used.
        watch: Told of each effect that moved, once that is stored.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock | None = None,
        *,
        expiry: float = DEFAULT_EXPIRY_S,
        watch: Watch | None = None,
    ) -> None:
        self._database = database
        self._clock = clock or SystemClock()
        self._expiry = timedelta(seconds=expiry)
        self._watch = watch

    # --- proposing and deciding ------------------------------------------------------------------

    async def propose(self, envelope: ActionEnvelope, scope: EffectScope, *, edited: bool = False) -> Effect:
        """Record an envelope; the same idempotency key again gives the effect that is there.

        What had expired or was refused is proposed anew, with the envelope as it is now; so is what was
        superseded, where a person's edit goes back to it.

        Args:
            envelope: What is proposed.
            scope: Who proposes, and where.
            edited: Whether a person asked for it, in place of another action.
        """
        effect_id, at, expires_at = new_id(), self._now(), self._deadline()

        def work(connection: sqlite3.Connection) -> tuple[Effect, bool]:
            check_fence(connection, scope.thread_id, scope.fence)
            known = rows.by_key(connection, envelope.idempotency_key)
            if known is None:
                rows.insert(connection, effect_id, envelope, scope, at=at, expires_at=expires_at)
            elif known.status in _REPROPOSED or (edited and known.status == "superseded"):
                rows.refresh(connection, known, envelope, scope, at=at, expires_at=expires_at)
            else:
                return known, False
            return rows.by_digest(connection, envelope.digest), True

        effect, moved = await self._database.awrite(work)
        return self._told(effect) if moved else effect

    async def approve(
        self,
        digests: Sequence[str],
        principal: str,
        policy_version: str,
        *,
        people: Mapping[str, int] | None = None,
        run_id: str = "",
    ) -> tuple[Grant, ...]:
        """Let each of these envelopes run once, or note a consent while further people have to approve one.

        An envelope that is approved already keeps its grant; one that has been carried out needs none.

        Args:
            digests: The envelopes.
            principal: Who approves.
            policy_version: The policy in force.
            people: By digest how many different people have to approve it; one where it says nothing.
            run_id: The run that brought the approval; needed where several people have to approve.

        Returns:
            The grants; none at all as long as people are missing for any of the envelopes.

        Raises:
            GrantError: One is unknown, expired, decided otherwise, or belongs to another policy version;
                then none is approved.
            ConsentRepeated: The person has approved before, and others have to.
            ConsentUnclear: Several people have to approve, and `run_id` is empty.
        """
        if not digests:
            return ()
        now, deadline = self._now(), self._deadline()
        word = Word(principal, policy_version, now, run_id, people or {})

        def work(connection: sqlite3.Connection) -> tuple[tuple[Grant, ...], list[Effect], GrantError | None]:
            known = rows.by_digests(connection, digests)
            # Closed even when the whole is refused, so the refusal is handed back and not raised.
            late = [effect for effect in known.values() if _is_late(effect, now)]
            for effect in late:
                known[effect.digest] = rows.move(
                    connection, effect, "expired", at=now, actor="clock", reason=_TOO_LATE
                )
            for digest in digests:
                if problem := _not_approvable(known.get(digest), digest, policy_version):
                    return (), [known[effect.digest] for effect in late], problem
            grants, moved = list[Grant](), list[Effect]()
            wanted = [known[digest] for digest in dict.fromkeys(digests)]
            if not are_enough(connection, wanted, word):
                return (), [], None
            for effect in wanted:
                if effect.status == "proposed":
                    moved.append(rows.move(connection, effect, "approved", at=now, actor=principal))
                    grants.append(issue(connection, effect, principal, policy_version, now, deadline))
                elif effect.status == "approved" and (grant := newest_of(connection, effect)):
                    grants.append(grant)
            return tuple(grants), moved, None

        granted, moved, problem = await self._database.awrite(work, durable=True)
        for effect in moved:
            self._told(effect)
        if problem is not None:
            raise problem
        return granted

    async def move(
        self,
        digest: str,
        to: EffectStatus,
        *,
        actor: str,
        reason: str = "",
        data: JsonValue = None,
        result: JsonValue = None,
        observed: JsonValue = None,
        error: str | None = None,
    ) -> Effect:
        """Take an effect to another status. Proposals, approvals and starts have methods of their own.

        Args:
            digest: Which one.
            to: Where it goes.
            actor: Who or what moves it.
            reason: Why, on one line.
            data: More of it.
            result: What the tool gave back; None leaves what is there.
            observed: What reading the outcome back showed; likewise.
            error: What went wrong; None clears it.

        Raises:
            IllegalMove: It may not go there from where it is.
            NotFound: There is no such effect.
        """
        if to in _GUARDED:
            raise IllegalMove(f"an effect becomes {to} by proposing, approving or starting it")
        at = self._now()

        def work(connection: sqlite3.Connection) -> Effect:
            effect = rows.by_digest(connection, digest)
            known = {"result": result, "observed": observed}
            changes = {name: value for name, value in known.items() if value is not None}
            return rows.move(
                connection, effect, to, at=at, actor=actor, reason=reason, data=data, error=error, **changes
            )

        return self._told(await self._database.awrite(work, durable=to in _DURABLE))

    # --- starting --------------------------------------------------------------------------------

    async def start(self, digest: str, scope: EffectScope, grant_id: str | None = None) -> Effect:
        """Spend the grant and write `started`, in one transaction that is synced to disk.

        Args:
            digest: What is to be carried out.
            scope: Who carries it out, and where.
            grant_id: The grant to spend; by default the newest one of the effect.

        Raises:
            GrantError: The grant is missing, spent, expired, another's or for another envelope; the
                effect stays as it is.
            IllegalMove: The effect is not approved.
            LeaseLost: Another process works on the thread by now.
        """
        now = self._now()

        def work(connection: sqlite3.Connection) -> Effect:
            check_fence(connection, scope.thread_id, scope.fence)
            effect = rows.by_digest(connection, digest)
            if effect.envelope.digest != effect.digest:
                raise GrantError(f"the stored action {digest[:12]} is not the one that was approved")
            grant = spend(connection, effect, scope, now, grant_id)
            data: JsonValue = {"grant": grant.grant_id, "granted_by": grant.principal}
            return rows.begin(connection, effect, scope, at=now, data=data)

        return self._told(await self._database.awrite(work, durable=True))

    async def check_grant(self, digest: str, scope: EffectScope) -> None:
        """Make sure that `start` would find a grant that counts.

        Raises:
            GrantError: It would not.
        """
        now = self._now()

        def look(connection: sqlite3.Connection) -> None:
            covering(connection, rows.by_digest(connection, digest), scope, now)

        await self._database.aread(look)

    async def restart(self, digest: str, scope: EffectScope, reason: str) -> Effect:
        """Note that an attempt broke off, and start another one under the grant that it spent.

        Only for effects that another call cannot repeat.

        Raises:
            IllegalMove: The effect was not under way.
        """
        now = self._now()

        def work(connection: sqlite3.Connection) -> Effect:
            check_fence(connection, scope.thread_id, scope.fence)
            effect = rows.by_digest(connection, digest)
            if effect.status == "started":
                effect = rows.move(connection, effect, "in_doubt", at=now, actor="recovery", reason=reason)
            if effect.status != "in_doubt":
                raise IllegalMove(f"an effect that is {effect.status} was not broken off")
            return rows.begin(connection, effect, scope, at=now, reason=reason)

        return self._told(await self._database.awrite(work, durable=True))

    # --- forks -----------------------------------------------------------------------------------

    async def mark_fork(self, thread_id: str, source: str) -> None:
        """Let a thread simulate from now on, because it is a copy of another.

        Args:
            thread_id: The copy.
            source: The thread that it was copied from.
        """
        values = (thread_id, source, self._now())
        await self._database.awrite(lambda connection: rows.mark_fork(connection, *values))

    async def go_live(self, thread_id: str, principal: str) -> bool:
        """Let a fork act from now on, because a person says so; whether it only simulated until now."""
        now = self._now()
        return await self._database.awrite(
            lambda connection: rows.go_live(connection, thread_id, now, principal)
        )

    async def simulates(self, thread_id: str) -> bool:
        """Whether a thread is a fork that nobody has let act."""
        sql = "SELECT 1 FROM forks WHERE thread_id=? AND live_at IS NULL"
        return await self._database.aread(
            lambda connection: connection.execute(sql, (thread_id,)).fetchone() is not None
        )

    # --- reading ---------------------------------------------------------------------------------

    async def get(self, digest: str) -> Effect:
        """The effect with the digest.

        Raises:
            NotFound: There is none.
        """
        return await self._database.aread(lambda connection: rows.by_digest(connection, digest))

    async def find(self, key: str) -> Effect | None:
        """The effect with the idempotency key, if there is one."""
        return await self._database.aread(lambda connection: rows.by_key(connection, key))

    async def several(self, digests: Sequence[str]) -> list[Effect]:
        """The effects with these digests, in their order; unknown ones are left out."""
        if not digests:
            return []
        found = await self._database.aread(lambda connection: rows.by_digests(connection, digests))
        return [found[digest] for digest in dict.fromkeys(digests) if digest in found]

    async def current(self, digests: Sequence[str], thread_id: str) -> list[Effect]:
        """Like `several`; what a thread has proposed anew since, with another digest, is found as well."""

        def work(connection: sqlite3.Connection) -> dict[str, Effect]:
            found = rows.by_digests(connection, digests)
            for digest in digests:
                if digest not in found and (effect := rows.renewed(connection, digest, thread_id)):
                    found[digest] = effect
            return found

        found = await self._database.aread(work)
        effects = [found[digest] for digest in dict.fromkeys(digests) if digest in found]
        return list({effect.effect_id: effect for effect in effects}.values())

    async def effects(self, thread_id: str, *, after: int = 0) -> list[Effect]:
        """The effects of a thread, oldest first.

        Args:
            thread_id: The thread.
            after: Only those with a higher `seq`.
        """
        return await self._where("thread_id=? AND seq>?", thread_id, after)

    async def was_reached(self, effect: Effect) -> bool:
        """Whether another action of the same turn was begun on the effect's target."""
        found = await self._where(
            "thread_id=? AND turn_id=? AND target=? AND effect_id<>? AND attempts>0",
            *(effect.thread_id, effect.turn_id, effect.target, effect.effect_id),
        )
        return bool(found)

    async def in_status(self, *statuses: EffectStatus, thread_id: str | None = None) -> list[Effect]:
        """The effects that stand at one of these statuses, in one thread or in all."""
        condition = f"status IN ({','.join('?' * len(statuses))})"
        if thread_id is None:
            return await self._where(condition, *statuses)
        return await self._where(f"{condition} AND thread_id=?", *statuses, thread_id)

    async def pending(self, thread_id: str | None = None) -> list[Effect]:
        """The effects that wait for a decision."""
        return await self.in_status("proposed", thread_id=thread_id)

    async def moves(self, effect_id: str) -> list[EffectMove]:
        """The life of an effect, oldest move first."""
        sql = f"SELECT {MOVE_COLUMNS} FROM effect_moves WHERE effect_id=? ORDER BY seq"  # noqa: S608 - our own names
        return await self._database.aread(
            lambda connection: [move_of(row) for row in connection.execute(sql, (effect_id,))]
        )

    async def consents(self, effects: Iterable[Effect]) -> list[Consent]:
        """Who has approved each of these actions so far, where several people have to."""
        held = list(effects)
        return await self._database.aread(
            lambda connection: [one for effect in held for one in consents_to(connection, effect)]
        )

    async def was_approved_by_some(self, effect: Effect) -> bool:
        """Whether somebody has ever approved an action that several people have to approve."""
        sql, values = (
            "SELECT 1 FROM consents WHERE effect_id=? AND digest=?",
            (effect.effect_id, effect.digest),
        )
        return await self._database.aread(
            lambda connection: connection.execute(sql, values).fetchone() is not None
        )

    async def newest_first(self, effects: Iterable[Effect]) -> list[Effect]:
        """These effects, the one that was begun last first.

        The order of their moves counts: a clock may jump, and what was proposed first may be done last.
        """
        held = list(effects)
        begun = await self._database.aread(
            lambda connection: rows.begun(connection, [effect.effect_id for effect in held])
        )
        return sorted(held, key=lambda e: (begun.get(e.effect_id, 0), e.seq), reverse=True)

    # ---------------------------------------------------------------------------------------------

    def _told(self, effect: Effect) -> Effect:
        if self._watch is not None:
            self._watch(effect)
        return effect

    async def _where(self, condition: str, *values: str | int) -> list[Effect]:
        work: Work[list[Effect]] = lambda connection: rows.where(connection, condition, values)  # noqa: E731 - typed
        return await self._database.aread(work)

    def _now(self) -> str:
        return to_iso(self._clock.now())

    def _deadline(self) -> str:
        return to_iso(self._clock.now() + self._expiry)


def _is_late(effect: Effect, now: str) -> bool:
    return effect.status == "proposed" and bool(effect.expires_at) and (effect.expires_at or "") <= now


def _not_approvable(effect: Effect | None, digest: str, policy_version: str) -> GrantError | None:
    """Why an action cannot be approved; None when it can, or is already."""
    if effect is None:
        return GrantError(f"there is no action {digest[:12]}", hint="It may have been edited since.")
    name = f"{effect.tool} ({digest[:12]})"
    if effect.status in ("rejected", "superseded", "expired", "refused", "skipped", "simulated"):
        return GrantError(f"{name} is {effect.status} and cannot be approved", hint="Ask for it again.")
    if effect.status == "proposed" and effect.policy_version != policy_version:
        return GrantError(
            f"the policy has changed since {name} was proposed", hint="Reject it and ask for it again."
        )
    return None
