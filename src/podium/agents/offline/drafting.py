"""A plan while it is made: calls with their arguments, and questions for what is missing."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.agents.contracts import HistoryTurn
from podium.agents.offline.calls import EACH
from podium.agents.offline.clauses import Clause, unquoted
from podium.agents.offline.hedges import hedge_in
from podium.agents.offline.matching import Known, Match
from podium.agents.offline.schema import Slot
from podium.agents.offline.slots import candidates, fill, question_for
from podium.agents.offline.text import Lexicon, words
from podium.agents.offline.wholes import amount_of_part, group_meant, has_amount, part_meant
from podium.core.model import JsonValue
from podium.core.plan import Plan, Step, StepReference

MOST_ACTS = 8
"""Calls of one plan."""

_POINTING = re.compile(
    r"\b(?:it|its|this|that|these|those|her|hers|his|him|he|she|their|them|they|same)\b", re.IGNORECASE
)
_LATEST = re.compile(r"\b(?:last|latest|newest|most recent)\b", re.IGNORECASE)
_EITHER = re.compile(r"\bor\b", re.IGNORECASE)

EMPTY = "What would you like to know, or what shall I do?"


@dataclass(slots=True)
class Draft:
    """A plan while it is made.

    Attributes:
        text: The request as it is understood.
        history: What was said before.
        tools: What may be planned.
        lexicon: For stems.
        verbs: Words that begin an order.
        steps: The steps so far.
        acts: The tools of its calls.
        asked: Whether a question keeps the orders from running.
    """

    text: str
    history: tuple[HistoryTurn, ...]
    tools: list[Known]
    lexicon: Lexicon
    verbs: frozenset[str]
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

    def leave(self, clause: Clause) -> None:
        """Say that what the user does not want is not done."""
        said = clause.text.strip().rstrip(".!")
        question = f"You wrote “{said}”, so I leave that. What shall I do instead?"
        self.steps.append(Step(id=self._id("ask"), kind="clarify", instruction=question))
        self.asked = True

    def offer(self, match: Match, order: Clause) -> None:
        """Ask whether to do what the user asks about, when all that it takes is known."""
        lacks = [slot for slot in match.known.slots if slot.required and slot.name not in match.filled.args]
        if not lacks and not part_meant(order, match.known, self.lexicon):
            self._ask_whether(match.known, match.filled.args, f"Shall I do it now: {order.text}?")

    def act(self, match: Match, clause: Clause, *, asks: bool = False) -> None:
        """Add the calls of one clause, or a question for what they lack.

        Args:
            match: The tool, with what the clause says of its arguments.
            clause: The order.
            asks: Whether the user does not tell but only asks about it.
        """
        known = match.known
        args, several = dict(match.filled.args), dict(match.filled.ambiguous)
        repeated = self._repeated(known, several, clause)
        references: dict[str, StepReference] = {}
        lacking = [slot for slot in known.slots if slot.required and slot.name not in (*args, repeated)]
        for slot in lacking:
            if slot.name not in several and self._take_group(slot, known, clause, args, references):
                return
            if slot.name not in several:
                self._complete(slot, clause, args, references, several)
        lacking = [slot for slot in lacking if slot.name not in args and slot.name not in references]
        if lacking:
            self._ask_for(known, lacking, args, several)
            return
        if known.spec.effect != "read" and self._doubts(known, args, clause, asks=asks):
            return
        values: list[JsonValue] = several[repeated] if repeated else [None]
        for value in values[:MOST_ACTS]:
            self._call(known, {**args, repeated: value} if repeated else args, references, clause)

    def _doubts(self, known: Known, args: dict[str, JsonValue], clause: Clause, *, asks: bool) -> bool:
        """Ask before an order that has a condition, that may mean a part only, or that is a mere question."""
        if hedge := hedge_in(clause.text, self.text, args.values()):
            self._ask_whether(known, args, f"You wrote “{hedge}”. Shall I {known.purpose} now?")
        elif (part := part_meant(clause, known, self.lexicon)) and not has_amount(known, args):
            if slot := amount_of_part(known, args):
                self._ask_for(known, [slot], args, {}, lead=f"You wrote “{part}”. ")
            else:
                whole = f"You wrote “{part}”, but this is done to the whole. Shall I {known.purpose}?"
                self._ask_whether(known, args, whole)
        elif asks:
            self._ask_whether(known, args, f"Shall I do it: {clause.text.rstrip('?.! ')}?")
        else:
            return False
        return True

    def _take_group(
        self,
        slot: Slot,
        known: Known,
        clause: Clause,
        args: dict[str, JsonValue],
        references: dict[str, StepReference],
    ) -> bool:
        """Read which things an order about all of a kind means; True when the user has to say which."""
        said = group_meant(clause, slot) if slot.is_id else None
        if said is None or candidates(slot, self.text):
            return False
        noun = slot.label.split()[-1].lower() if slot.label else ""
        for reader in (held for held in self.tools if held.spec.effect == "read" and not _needs(held, slot)):
            if not _yields(reader, noun) or not (step_id := self._read_first(reader, clause, 0, narrow=True)):
                continue
            taken = " ".join(
                str(value) for step in self.steps if step.id == step_id for value in step.args.values()
            )
            unknown = [word for word in words(said) if word not in words(taken)]
            if not unknown:
                references[slot.name] = StepReference(step=step_id, path=f"{EACH}{slot.name}")
                return False
            lead = f"I do not know which of them are meant by “{' '.join(unknown)}”. "
            self._ask_for(known, [slot], args, {}, lead=lead, after=step_id)
            return True
        return False

    def finished(self) -> Plan:
        """The plan; searches get one answer, and a question that is open keeps the orders from running."""
        steps = self.steps
        if self.asked:
            # Nothing is done by halves: what is asked for decides about the rest of the request too.
            needed = {need for step in steps if step.kind == "clarify" for need in step.depends_on}
            steps = [step for step in steps if step.kind in ("clarify", "retrieve") or step.id in needed]
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
        *,
        lead: str = "",
        after: str = "",
    ) -> None:
        self.steps.append(
            Step(
                id=self._id("ask"),
                kind="clarify",
                instruction=lead + question_for(lacking, known.purpose, several),
                tool=known.spec.name,
                args=args,
                missing=tuple(slot.name for slot in lacking),
                depends_on=(after,) if after else (),
            )
        )
        self.asked = True

    def _ask_whether(self, known: Known, args: dict[str, JsonValue], question: str) -> None:
        """What may not be an order yet waits for the user's yes."""
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

    def _read_first(self, known: Known, clause: Clause, depth: int, *, narrow: bool = False) -> str:
        """Plan a reading step; its id, or nothing when its own arguments are not to be had.

        `narrow` takes what the clause says of choices too.
        """
        filled = fill(known.slots, unquoted(clause.text))
        if filled.ambiguous:
            return ""
        required = [slot for slot in known.slots if slot.required]
        wanted = [*required, *(slot for slot in known.slots if narrow and slot.choices)]
        args = {slot.name: filled.args[slot.name] for slot in wanted if slot.name in filled.args}
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
