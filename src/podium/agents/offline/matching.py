"""Which tool a clause asks for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from podium.agents.offline.clauses import Clause
from podium.agents.offline.protocols import Similarity
from podium.agents.offline.schema import Slot, slots_of
from podium.agents.offline.slots import Filled, candidates, fill
from podium.agents.offline.text import Lexicon, words
from podium.agents.offline.verbs import meanings, verbs_of_name
from podium.core.tool import ToolSpec

ORDERED = 0.45
"""The least match of an order with a tool."""

ASKED = 0.5
"""The least match of a question with a reading tool."""

TOLD = 0.25
"""What it counts that an order begins with a word for what the tool does."""

EXPLAINED = 0.5
"""The least share of a question's words that a tool has to be about: the rest asks for something else."""

MARGIN = 0.05
"""By how much the best tool has to lead the second for the choice to be clear."""

_ALSO = re.compile(r"\balso:\s*(.+?)(?:\n\s*\n|$)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Known:
    """A tool with what is worked out about it once.

    Attributes:
        spec: The tool.
        slots: Its arguments.
        phrases: Ways to ask for it: its name, the first line of its description, the synonyms.
        terms: The stems of each phrase.
        verbs: Words that begin a phrase, as stems.
        about: Stems of all that is said of it.
    """

    spec: ToolSpec
    slots: tuple[Slot, ...]
    phrases: tuple[str, ...]
    terms: tuple[frozenset[str], ...]
    verbs: frozenset[str]
    about: frozenset[str]

    @property
    def purpose(self) -> str:
        """What it does, as the continuation of "to"."""
        line = re.split(r"[:.;,]", self.phrases[1] if len(self.phrases) > 1 else self.phrases[0])[0].strip()
        return line[:1].lower() + line[1:]


@dataclass(frozen=True, slots=True)
class Match:
    """How well a tool fits a clause.

    Attributes:
        known: The tool.
        score: In 0..1.
        filled: What the clause says about its arguments.
        told: Whether it is an order that begins with a word for what the tool does.
    """

    known: Known
    score: float
    filled: Filled = field(default_factory=Filled)
    told: bool = False


def know(tool: ToolSpec, lexicon: Lexicon) -> Known:
    """Work out how a tool may be asked for."""
    name = tool.name.replace("_", " ").replace("-", " ").replace(".", " ")
    lines = tool.description.strip().splitlines()
    first = lines[0].strip().rstrip(".") if lines else ""
    also = _ALSO.search(tool.description)
    synonyms = [part.strip(" .\n") for part in re.split(r"[,;\n]", also[1])] if also else []
    phrases = tuple(part for part in (name, first, *synonyms) if part)
    slots = slots_of(tool)
    heads = [next(iter(words(phrase)), "") for phrase in phrases]
    verbs = {word for head in (*heads, *verbs_of_name(name)) for word in meanings(head)}
    said = " ".join([name, tool.description, *(slot.words for slot in slots)])
    return Known(
        spec=tool,
        slots=slots,
        phrases=phrases,
        terms=tuple(frozenset(lexicon.terms(phrase)) for phrase in phrases),
        verbs=frozenset(lexicon.stem(verb) for verb in verbs if verb),
        about=frozenset(lexicon.terms(said)),
    )


def verbs_of(tools: Sequence[ToolSpec]) -> frozenset[str]:
    """Words with which orders to these tools begin, in lower case."""
    found: set[str] = set()
    for tool in tools:
        name = tool.name.replace("_", " ").replace("-", " ").replace(".", " ")
        also = _ALSO.search(tool.description)
        phrases = [
            name,
            tool.description.strip().split("\n")[0],
            *(re.split(r"[,;\n]", also[1]) if also else []),
        ]
        found.update(next(iter(words(phrase)), "") for phrase in phrases)
        found.update(words(name))
    found = {word for verb in found for word in meanings(verb)}
    generic = "tell show find list explain give look check get see make do search describe send create set"
    return frozenset(found | set(generic.split())) - {""} - _NO_VERBS


_NO_VERBS = frozenset(["a", "an", "the", "of", "to", "in", "on", "my", "your"])


async def rank_tools(
    clause: Clause, tools: Sequence[Known], lexicon: Lexicon, similarity: Similarity | None
) -> list[Match]:
    """The tools that fit a clause, best first; a tool that changes the world only fits an order.

    Args:
        clause: What the user says.
        tools: The tools there are.
        lexicon: For stems.
        similarity: For meaning; None leaves words alone.
    """
    weights = _weights(tools)
    near = await _nearness(clause, tools, similarity)
    found = []
    for known, closeness in zip(tools, near, strict=True):
        filled = fill(known.slots, clause.text)
        score = _score(clause, known, lexicon, weights, closeness, tools)
        if score > 0:
            found.append(Match(known, min(score, 1.0), filled, _told(clause, known, lexicon)))
    return sorted(found, key=lambda match: (-match.score, not match.told, match.known.spec.name))


def choose(clause: Clause, ranked: Sequence[Match]) -> Match | None:
    """The tool that the clause asks for; None when none does clearly."""
    if not ranked or clause.form == "remark":
        return None
    best = ranked[0]
    if clause.form == "question":
        return best if best.score >= ASKED and best.known.spec.effect == "read" else None
    return best if best.score >= ORDERED else None


def rivals(ranked: Sequence[Match]) -> list[Match]:
    """The tools between which a clause does not decide."""
    best = ranked[0]
    close = [match for match in ranked if best.score - match.score < MARGIN]
    return [match for match in close if match.told] if best.told else close


def _weights(tools: Sequence[Known]) -> dict[str, float]:
    """A term counts the less, the more tools are about it."""
    count: dict[str, int] = {}
    for known in tools:
        for term in frozenset().union(*known.terms):
            count[term] = count.get(term, 0) + 1
    return {term: 1.0 / held**0.5 for term, held in count.items()}


async def _nearness(clause: Clause, tools: Sequence[Known], similarity: Similarity | None) -> list[float]:
    if similarity is None or not tools:
        return [0.0] * len(tools)
    phrases = [(number, phrase) for number, known in enumerate(tools) for phrase in known.phrases[:2]]
    values = await similarity(clause.text[:500], [phrase for _, phrase in phrases])
    best = [0.0] * len(tools)
    for (number, _), value in zip(phrases, values, strict=True):
        best[number] = max(best[number], value)
    return best


def _score(
    clause: Clause,
    known: Known,
    lexicon: Lexicon,
    weights: dict[str, float],
    near: float,
    tools: Sequence[Known],
) -> float:
    """Words, meaning and arguments together; 0 when the tool cannot be meant."""
    said = frozenset(lexicon.terms(clause.text))
    by_words = max((_overlap(said, terms, weights) for terms in known.terms), default=0.0)
    fits, strange = _codes(clause, known, tools)
    changes = known.spec.effect != "read"
    told = _told(clause, known, lexicon)
    if strange and not fits and not (changes and told and _names_kind(clause, known)):
        return 0.0
    if changes and not told:
        return 0.0
    if clause.form == "question" and not (fits and _explained(said, clause, known, lexicon) >= EXPLAINED):
        return 0.0
    filled = fill(known.slots, clause.text)
    complete = not filled.missing and bool(filled.args)
    score = 0.5 * by_words + 0.3 * max(near, 0.0) + (0.2 if fits else 0.0) + (0.1 if complete else 0.0)
    score += TOLD if told else 0.0
    return score if by_words > 0 or near > 0.35 or (told and fits) else 0.0


def _names_kind(clause: Clause, known: Known) -> bool:
    """Whether the clause names the kind of a thing without a code for it: "the orders of C-1"."""
    nouns = {slot.label.split()[-1].lower() for slot in known.slots if slot.required and slot.is_id}
    return any(word in (noun, f"{noun}s", f"{noun}es") for word in words(clause.text) for noun in nouns)


def _told(clause: Clause, known: Known, lexicon: Lexicon) -> bool:
    return clause.form == "order" and lexicon.stem(next(iter(words(clause.text)), "")) in known.verbs


def _explained(said: frozenset[str], clause: Clause, known: Known, lexicon: Lexicon) -> float:
    """The share of what was said, codes aside, that the tool is about."""
    codes = [value for slot in known.slots for value, _ in candidates(slot, clause.text) if slot.is_id]
    asked = said - frozenset(lexicon.terms(" ".join(map(str, codes))))
    return len(asked & known.about) / len(asked) if asked else 1.0


def _overlap(said: frozenset[str], terms: frozenset[str], weights: dict[str, float]) -> float:
    """How much of a phrase was said, by weight."""
    total = sum(weights.get(term, 1.0) for term in terms)
    return sum(weights.get(term, 1.0) for term in terms & said) / total if total else 0.0


def _codes(clause: Clause, known: Known, tools: Sequence[Known]) -> tuple[bool, bool]:
    """Whether a code in the clause fits an argument, and whether there is one that only fits other tools."""
    own = {value for slot in known.slots if slot.is_id for value, _ in candidates(slot, clause.text)}
    own |= {
        value
        for slot in known.slots
        if slot.examples and not slot.pattern
        for value, _ in candidates(slot, clause.text)
    }
    every = {
        value
        for other in tools
        for slot in other.slots
        if slot.is_id
        for value, _ in candidates(slot, clause.text)
    }
    return bool(own), bool(every - own)
