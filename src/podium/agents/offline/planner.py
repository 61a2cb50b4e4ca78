"""The planner without a model: clauses, tools that fit them, arguments from the words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.agents.contracts import HistoryTurn, OpenQuestion, PlanReply, PlanRequest
from podium.agents.offline.clauses import Clause, is_smalltalk, split_clauses, unquoted, with_remarks
from podium.agents.offline.hedges import hedge_in, is_yes
from podium.agents.offline.matching import Known, Match, choose, know, rank_tools, rivals, verbs_of
from podium.agents.offline.protocols import Similarity
from podium.agents.offline.schema import Slot
from podium.agents.offline.slots import candidates, fill, question_for
from podium.agents.offline.text import Lexicon, clean, is_legible, words
from podium.core.model import JsonValue
from podium.core.plan import Plan, Step, StepReference

MOST_ACTS = 8
"""Calls of one plan."""

_POINTING = re.compile(
    r"\b(?:it|its|this|that|these|those|her|hers|his|him|he|she|their|them|they|same)\b", re.IGNORECASE
)
_DEFINITE = re.compile(
    r"\b(?:my|our|your|the|this|that|these|those|it|him|her|his|them|their)\b", re.IGNORECASE
)
_LATEST = re.compile(r"\b(?:last|latest|newest|most recent)\b", re.IGNORECASE)
_EITHER = re.compile(r"\bor\b", re.IGNORECASE)
_NEVER_MIND = re.compile(r"^\W*(?:never ?mind|forget it|cancel that|no|stop|leave it)\W*$", re.IGNORECASE)

GREETING = "Hello. What would you like to know, or what shall I do?"
ILLEGIBLE = "I can only read requests in English so far. Could you ask in English?"
EMPTY = "What would you like to know, or what shall I do?"


class OfflinePlanner:
    """Plans by rules: questions are looked up, clear orders become calls, the rest is asked about.

    Args:
        similarity: Compares a clause with tools by meaning; None leaves it to the words.
    """

    def __init__(self, similarity: Similarity | None = None) -> None:
        self._similarity = similarity
        self._lexicon = Lexicon()

    async def plan(self, request: PlanRequest) -> PlanReply:
        """Make a plan whose tools are all among the request's and asked for in the user's own words."""
        text = clean(request.request)
        if not words(text):
            return _ask(EMPTY)
        if is_smalltalk(text):
            return _ask(GREETING)
        if not is_legible(text):
            return _ask(ILLEGIBLE)
        tools = [know(tool, self._lexicon) for tool in request.tools]
        verbs = verbs_of(request.tools)
        draft = _Draft(text, request.history, tools)
        if not request.feedback and (resumed := _resume(request.open_question, text, tools)):
            draft.act(*resumed)
            return PlanReply(plan=draft.finished())
        for clause in with_remarks(split_clauses(text, verbs)):
            await self._take(clause, draft, request)
        return PlanReply(plan=draft.finished())

    async def _take(self, clause: Clause, draft: _Draft, request: PlanRequest) -> None:
        """Add what one clause asks for to the plan."""
        ranked = await rank_tools(clause, draft.tools, self._lexicon, self._similarity)
        ranked = [match for match in ranked if not _failed_before(match, request.feedback)]
        match = choose(clause, ranked)
        if match is None or _only_asks(clause, match):
            draft.look_up(clause.question or clause.text)
            return
        close = rivals(ranked)
        changing = [rival for rival in close if rival.known.spec.effect != "read"]
        if len(close) > 1 and changing:
            draft.choose_between(close)
            return
        draft.act(match, clause)


@dataclass(slots=True)
class _Draft:
    """A plan while it is made."""

    text: str
    history: tuple[HistoryTurn, ...]
    tools: list[Known]
    steps: list[Step] = field(default_factory=list)
    acts: list[Known] = field(default_factory=list)
    asked: bool = False

    def look_up(self, question: str) -> None:
        """Add a search."""
        number = sum(step.kind == "retrieve" for step in self.steps) + 1
        query = question.strip()
        self.steps.append(
            Step(
                id=f"look-up-{number}",
                kind="retrieve",
                instruction=query,
                query=query,
                success="A passage answers it.",
            )
        )

    def choose_between(self, matches: Sequence[Match]) -> None:
        """Ask which of several tools is meant."""
        options = " or ".join(match.known.purpose for match in matches[:4])
        self.steps.append(Step(id=self._id("ask"), kind="clarify", instruction=f"Shall I {options}?"))
        self.asked = True

    def act(self, match: Match, clause: Clause) -> None:
        """Add the calls of one clause, or a question for what they lack."""
        known = match.known
        args, several = dict(match.filled.args), dict(match.filled.ambiguous)
        repeated = self._repeated(known, several, clause)
        references: dict[str, StepReference] = {}
        for slot in known.slots:
            if slot.required and slot.name not in args and slot.name not in several:
                self._complete(slot, clause, args, references, several)
        lacking = [
            slot
            for slot in known.slots
            if slot.required
            and slot.name not in args
            and slot.name not in references
            and slot.name != repeated
        ]
        if lacking:
            self._ask_for(known, lacking, args, several)
            return
        if known.spec.effect != "read" and (hedge := hedge_in(clause.text, self.text, args.values())):
            self._ask_whether(known, args, hedge)
            return
        values: list[JsonValue] = several[repeated] if repeated else [None]
        for value in values[:MOST_ACTS]:
            self._call(known, {**args, repeated: value} if repeated else args, references, clause)

    def finished(self) -> Plan:
        """The plan; searches get one answer, and a question that is open keeps the orders from running."""
        steps = self.steps
        if self.asked:
            # Nothing is done by halves: what is asked for decides about the rest of the request too.
            steps = [step for step in steps if step.kind in ("clarify", "retrieve")]
        lookups = tuple(step.id for step in steps if step.kind == "retrieve")
        if lookups:
            question = " ".join(step.instruction for step in steps if step.kind == "retrieve")
            steps = [
                *steps,
                Step(
                    id="answer",
                    kind="answer",
                    instruction=question,
                    depends_on=lookups,
                    success="Each sentence is quoted from a source.",
                ),
            ]
        if not steps:
            steps = [Step(id="ask", kind="clarify", instruction=EMPTY)]
        allowed = tuple(dict.fromkeys(step.tool for step in steps if step.kind == "act"))
        return Plan(steps=tuple(steps), goal=self.text[:200], allowed_tools=allowed)

    def _call(
        self, known: Known, args: dict[str, JsonValue], references: dict[str, StepReference], clause: Clause
    ) -> str:
        needs = {reference.step for reference in references.values()}
        if known.spec.effect != "read":
            needs |= {step.id for step in self.steps if step.kind == "act" and step.id in self._changing()}
        step = Step(
            id=self._id(known.spec.name),
            kind="act",
            instruction=clause.text,
            tool=known.spec.name,
            args=args,
            references=references,
            depends_on=tuple(step.id for step in self.steps if step.id in needs),
            success=f"The tool {known.spec.name.replace('_', ' ')} reports success.",
            allowed_tools=(known.spec.name,),
        )
        self.steps.append(step)
        self.acts.append(known)
        return step.id

    def _changing(self) -> set[str]:
        changing = {known.spec.name for known in self.acts if known.spec.effect != "read"}
        return {step.id for step in self.steps if step.tool in changing}

    def _ask_for(
        self,
        known: Known,
        lacking: list[Slot],
        args: dict[str, JsonValue],
        several: dict[str, list[JsonValue]],
    ) -> None:
        self.steps.append(
            Step(
                id=self._id("ask"),
                kind="clarify",
                instruction=question_for(lacking, known.purpose, several),
                tool=known.spec.name,
                args=args,
                missing=tuple(slot.name for slot in lacking),
            )
        )
        self.asked = True

    def _ask_whether(self, known: Known, args: dict[str, JsonValue], hedge: str) -> None:
        """An order with a condition is not one yet: the user says whether the condition holds."""
        question = f"You wrote “{hedge}”. Shall I {known.purpose} now?"
        self.steps.append(
            Step(id=self._id("ask"), kind="clarify", instruction=question, tool=known.spec.name, args=args)
        )
        self.asked = True

    def _complete(
        self,
        slot: Slot,
        clause: Clause,
        args: dict[str, JsonValue],
        references: dict[str, StepReference],
        several: dict[str, list[JsonValue]],
    ) -> None:
        """Find a value that the clause does not give: elsewhere in the request, before, or by reading."""
        if not slot.is_id:
            return
        beside = list(dict.fromkeys(value for value, _ in candidates(slot, self.text)))
        if len(beside) == 1:
            args[slot.name] = beside[0]
        elif beside:
            several[slot.name] = beside
        elif reference := self._from_reading(slot, clause):
            references[slot.name] = reference
        elif self._points_back(slot, clause) and (value := self._from_history(slot)) is not None:
            args[slot.name] = value

    def _points_back(self, slot: Slot, clause: Clause) -> bool:
        noun = re.escape(slot.label.split()[-1]) if slot.label else "thing"
        return bool(
            _POINTING.search(clause.text)
            or re.search(rf"\b(?:the|that|this)\s+(?:\w+\s+)?{noun}\b", clause.text)
        )

    def _from_history(self, slot: Slot) -> JsonValue:
        for turn in reversed(self.history):
            found = candidates(slot, turn.text)
            if found:
                values = list(dict.fromkeys(value for value, _ in found))
                return values[0] if len(values) == 1 else None
        return None

    def _from_reading(self, slot: Slot, clause: Clause, depth: int = 0) -> StepReference | None:
        """A reading step whose result can be expected to name the thing, planned before or added now."""
        pointing = bool(_POINTING.search(clause.text))
        asked_for = bool(_LATEST.search(clause.text)) or _names_someone(clause) or depth > 0
        if not (pointing or asked_for) or depth > 1:
            return None
        noun = slot.label.split()[-1].lower() if slot.label else ""
        for step in reversed(self.steps):
            known = next((known for known in self.acts if known.spec.name == step.tool), None)
            if known and known.spec.effect == "read" and _yields(known, noun):
                return StepReference(step=step.id, path=slot.name)
        readers = [known for known in self.tools if known.spec.effect == "read" and not _needs(known, slot)]
        for known in readers if asked_for else ():
            if _yields(known, noun) and (step_id := self._read_first(known, clause, depth)):
                return StepReference(step=step_id, path=slot.name)
        # "Her" may be the person of a thing that the request names: look at that thing.
        for known in readers if pointing else ():
            named = [held for held in known.slots if held.required and held.is_id]
            if named and all(_yields(known, held.label.split()[-1].lower()) for held in named):
                whole = Clause(self.text, clause.form)
                if step_id := self._read_first(known, whole, depth + 1):
                    return StepReference(step=step_id, path=slot.name)
        return None

    def _read_first(self, known: Known, clause: Clause, depth: int) -> str:
        """Plan a reading step; its id, or nothing when its own arguments are not to be had."""
        filled = fill(known.slots, unquoted(clause.text))
        if filled.ambiguous:
            return ""
        required = [slot for slot in known.slots if slot.required]
        args = {slot.name: filled.args[slot.name] for slot in required if slot.name in filled.args}
        references: dict[str, StepReference] = {}
        for slot in required:
            if slot.name not in args:
                if not slot.is_id or not (reference := self._from_reading(slot, clause, depth + 1)):
                    return ""
                references[slot.name] = reference
        return self._call(known, args, references, clause)

    def _repeated(self, known: Known, several: dict[str, list[JsonValue]], clause: Clause) -> str:
        """The one argument for which the clause names several things that are all meant."""
        ids = {slot.name for slot in known.slots if slot.is_id}
        if len(several) == 1 and not _EITHER.search(clause.text) and (name := next(iter(several))) in ids:
            return name
        return ""

    def _id(self, name: str) -> str:
        number = sum(step.id.rsplit("-", 1)[0] == name for step in self.steps) + 1
        return f"{name}-{number}"


def _yields(known: Known, noun: str) -> bool:
    """Whether what a tool says of itself names the thing."""
    plain = words(" ".join(known.phrases[:2]))
    return bool(noun) and any(word in (noun, f"{noun}s", f"{noun}es") for word in plain)


def _needs(known: Known, slot: Slot) -> bool:
    return any(held.name == slot.name and held.required for held in known.slots)


def _names_someone(clause: Clause) -> bool:
    return bool(re.search(r"(?<=\s)[A-Z][a-z]+(?:\s[A-Z][a-z]+)+(?:'s)?", clause.text))


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
