"""The planner without a model: clauses, tools that fit them, arguments from the words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence

from podium.agents.contracts import OpenQuestion, PlanReply, PlanRequest
from podium.agents.offline.clauses import Clause, negated, respelt, split_clauses, with_remarks
from podium.agents.offline.drafting import EMPTY, Draft
from podium.agents.offline.followups import FollowUps, Understood
from podium.agents.offline.hedges import is_yes
from podium.agents.offline.matching import Known, Match, choose, know, rank_tools, rivals, verbs_of
from podium.agents.offline.possibility import in_general, order_in
from podium.agents.offline.protocols import Similarity
from podium.agents.offline.remarks import asks_about_me, introduction, smalltalk_reply
from podium.agents.offline.slots import fill
from podium.agents.offline.text import Lexicon, clean, is_legible, words
from podium.core.plan import Plan, Step

_DEFINITE = re.compile(
    r"\b(?:my|our|your|the|this|that|these|those|it|him|her|his|them|their)\b", re.IGNORECASE
)
_NEVER_MIND = re.compile(r"^\W*(?:never ?mind|forget it|cancel that|no|stop|leave it)\W*$", re.IGNORECASE)

ILLEGIBLE = "I can only read requests in English so far. Could you ask in English?"
NOTHING_OPEN = "All right, I leave it. What else would you like to know, or what shall I do?"


class OfflinePlanner:
    """Plans by rules: questions are looked up, clear orders become calls, the rest is asked about.

    Args:
        similarity: Compares a clause with tools by meaning; None leaves it to the words.
        titles: Gives the titles of the documents, for a user who asks what there is.
    """

    def __init__(
        self, similarity: Similarity | None = None, titles: Callable[[], Sequence[str]] | None = None
    ) -> None:
        self._similarity = similarity
        self._titles = titles
        self._lexicon = Lexicon()
        self._follow_ups = FollowUps(similarity, self._lexicon)

    async def plan(self, request: PlanRequest) -> PlanReply:
        """Make a plan whose tools are all among the request's and asked for in the user's own words."""
        text = clean(request.request)
        tools = [know(tool, self._lexicon) for tool in request.tools]
        if reply := await self._said(text, request.open_question, tools):
            return _ask(reply)
        verbs = verbs_of(request.tools)
        draft = Draft(text, request.history, tools, self._lexicon, verbs)
        if not request.feedback and (resumed := _resume(request.open_question, text, tools)):
            draft.act(*resumed)
            return PlanReply(plan=draft.finished())
        read = await self._follow_ups.understand(text, request.history, tools, verbs)
        draft.text = read.text
        for clause in with_remarks(split_clauses(read.text, verbs)):
            await self._take(respelt(clause, verbs), draft, request, read)
        return PlanReply(plan=draft.finished())

    async def _said(self, text: str, held: OpenQuestion | None, tools: Sequence[Known]) -> str:
        """What to say to a text that asks for nothing to be looked up or done; empty for any other."""
        if asks_about_me(text):
            titles = await asyncio.to_thread(self._titles) if self._titles else ()
            return introduction(tools, titles)
        if not words(text):
            return EMPTY
        if held is not None and held.tool:
            if _NEVER_MIND.match(text):
                return NOTHING_OPEN
            if not held.missing and is_yes(text):
                return ""
        if reply := smalltalk_reply(text):
            return reply
        return "" if is_legible(text) else ILLEGIBLE

    async def _take(self, clause: Clause, draft: Draft, request: PlanRequest, read: Understood) -> None:
        """Add what one clause asks for to the plan."""
        if negated(clause, draft.verbs):
            draft.leave(clause)
            return
        if clause.form == "question" and await self._offer(clause, draft, request):
            return
        ranked = await self._ranked(clause, draft, request)
        match = choose(clause, ranked)
        if match is None or _only_asks(clause, match):
            question = clause.question or clause.text
            draft.look_up(f"{read.about}: {question}" if read.about else question)
            return
        close = rivals(ranked)
        changing = [rival for rival in close if rival.known.spec.effect != "read"]
        if len(close) > 1 and changing:
            draft.choose_between(close)
            return
        draft.act(match, clause, asks=read.asks)

    def _told(self, wish: str, verbs: frozenset[str]) -> str:
        """A wish that begins with the form of a verb by which orders begin: `cancel` for `cancelled`."""
        first, _, rest = wish.partition(" ")
        stem = self._lexicon.stem(first)
        same = sorted(verb for verb in verbs if self._lexicon.stem(verb) == stem)
        return f"{same[0] if same and first.casefold() not in verbs else first} {rest}"

    async def _ranked(self, clause: Clause, draft: Draft, request: PlanRequest) -> list[Match]:
        ranked = await rank_tools(clause, draft.tools, self._lexicon, self._similarity)
        return [match for match in ranked if not _failed_before(match, request.feedback)]

    async def _offer(self, clause: Clause, draft: Draft, request: PlanRequest) -> bool:
        """Look up whether something can be done to a thing, and offer it; False when that is not asked."""
        wish = order_in(clause.text)
        if not wish:
            return False
        order = Clause(self._told(wish, draft.verbs), "order")
        told = [
            match
            for match in await self._ranked(order, draft, request)
            if match.told and match.known.spec.effect != "read"
        ]
        match = choose(order, told)
        if match is None:
            return False
        if not any(slot.is_id and slot.name in match.filled.args for slot in match.known.slots):
            return False
        draft.look_up(in_general(clause.text, [slot for known in draft.tools for slot in known.slots]))
        draft.offer(match, order)
        return True


def _only_asks(clause: Clause, match: Match) -> bool:
    """Whether "can you …?" asks what is possible: it names nothing in particular that could be acted on."""
    named = match.filled.args or match.filled.ambiguous or _DEFINITE.search(clause.text)
    return bool(clause.question) and not named and match.known.spec.effect != "read"


def _failed_before(match: Match, feedback: Sequence[str]) -> bool:
    """Whether an earlier plan of the turn came to nothing with this tool."""
    return any(re.search(rf"(?<!\w){re.escape(match.known.spec.name)}(?!\w)", said) for said in feedback)


def _resume(held: OpenQuestion | None, text: str, tools: Sequence[Known]) -> tuple[Match, Clause] | None:
    """The call that the user's answer completes; None when the words are no answer."""
    if held is None or not held.tool or _NEVER_MIND.match(text):
        return None
    known = next((known for known in tools if known.spec.name == held.tool), None)
    if known is None:
        return None
    asked = [slot for slot in known.slots if slot.name in held.missing]
    filled = fill(asked, text)
    if not asked:
        if not is_yes(text):
            return None
        filled.args = dict(held.args)
        return Match(known, 1.0, filled), Clause(text, "order")
    open_text = [
        slot for slot in asked if slot.type == "string" and not (slot.pattern or slot.choices or slot.format)
    ]
    if not filled.args and not filled.ambiguous:
        if len(asked) != 1 or not open_text or len(text) > 500 or text.endswith("?"):
            return None
        filled.args[asked[0].name] = text
    filled.args = {**held.args, **filled.args}
    filled.missing = tuple(
        slot.name for slot in known.slots if slot.required and slot.name not in filled.args
    )
    return Match(known, 1.0, filled), Clause(held.request, "order")


def _ask(question: str) -> PlanReply:
    return PlanReply(plan=Plan(steps=(Step(id="ask", kind="clarify", instruction=question),)))
