"""The critic without a model: measures how far the draft is carried, and says what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from podium.agents.contracts import Critique, CritiqueRequest, Finding, Statement, StepResult
from podium.agents.offline.answering import ANSWERED, features, probability
from podium.agents.offline.protocols import Similarity
from podium.agents.offline.support import Scored, score_sentences
from podium.agents.offline.text import Lexicon, clean
from podium.core.confidence import Factor

REFUSED = 0.3
"""How far a turn succeeds that can only say why what was asked for is not done."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How well one question is answered.

    Attributes:
        question: The question.
        best: The quoted sentence that carries it best; None when nothing is quoted.
        probability: That the quotation answers it, in 0..1.
        absent: Words of the question that no passage holds.
    """

    question: str
    best: Scored | None
    probability: float
    absent: tuple[str, ...] = ()


class OfflineCritic:
    """Measures support by words and meaning; abstains when it is thin.

    Args:
        similarity: Compares a question with sentences by meaning.
    """

    def __init__(self, similarity: Similarity) -> None:
        self._similarity = similarity
        self._lexicon = Lexicon()

    async def critique(self, request: CritiqueRequest) -> Critique:
        """Measure support, success and conflicts."""
        judged = [await self._judge(question, request) for question in _questions(request)]
        findings = tuple(
            Finding(statement=item.text, support=_support(item, request))
            for result in request.results.values()
            for item in result.statements
        )
        factors = _factors(request, judged, findings)
        asked = next((result for result in request.results.values() if result.status == "clarify"), None)
        if asked is not None:
            return Critique(
                findings=findings,
                factors=(*factors, Factor(name="slots", value=0.2)),
                reasons=("missing_argument",) if asked.missing else ("unclear_intent",),
                suggestion="clarify",
                question=_joined_questions(request),
            )
        if critique := _failures(request, findings, factors):
            return critique
        if any(item.probability < ANSWERED for item in judged):
            return _thin(judged, findings, factors)
        conflict = any("conflict" in result.reasons for result in request.results.values())
        if conflict and request.actions:
            return Critique(findings=findings, factors=factors, reasons=("conflict",), suggestion="escalate")
        return Critique(findings=findings, factors=factors, reasons=("conflict",) if conflict else ())

    async def _judge(self, question: str, request: CritiqueRequest) -> Judged:
        quoted = {
            (citation.source, citation.start)
            for result in request.results.values()
            for item in result.statements
            for citation in item.citations
        }
        carried, weights = await score_sentences(
            question,
            request.evidence,
            self._lexicon,
            self._similarity,
            only=lambda item: (item.evidence.source, item.evidence.start + item.start) in quoted,
        )
        held = frozenset(
            term
            for item in request.evidence
            for term in self._lexicon.terms(f"{item.title} {item.metadata.get('headings', '')} {item.text}")
        )
        absent = tuple(term for term in weights if term not in held)
        if not carried:
            return Judged(question, None, 0.0, absent)
        best = carried[0]
        found = features(best, request.evidence, weights, self._lexicon)
        return Judged(question, best, probability(found), absent)


def _questions(request: CritiqueRequest) -> list[str]:
    wanted = {need for step in request.plan.of_kind("answer") for need in step.depends_on}
    held = [
        clean(step.query or step.instruction)
        for step in request.plan.of_kind("retrieve")
        if step.id in wanted
    ]
    return held or [clean(step.instruction) for step in request.plan.of_kind("answer")]


def _support(statement: Statement, request: CritiqueRequest) -> float:
    """1 when each quotation stands in its evidence and in the statement; tool results carry themselves."""
    if statement.step:
        result = request.results.get(statement.step)
        return 1.0 if result and any(output.ok for output in result.outputs) else 0.0
    texts = {item.id: item.text for item in request.evidence}
    carried = [citation.quote in texts.get(citation.evidence_id, "") for citation in statement.citations]
    return sum(carried) / len(carried) if carried else 0.0


def _factors(
    request: CritiqueRequest, judged: Sequence[Judged], findings: Sequence[Finding]
) -> tuple[Factor, ...]:
    values: dict[str, float] = {}
    if judged:
        weakest = min(judged, key=lambda item: item.probability)
        enough = weakest.probability >= ANSWERED
        # What is too thin to be an answer must not become one by the weight of other factors.
        carried = weakest.probability * (1.0 if enough else 0.1)
        values["support"] = min([carried, *(finding.support for finding in findings)])
        values["relevance"] = weakest.probability ** (0.5 if enough else 3)
        values["coverage"] = 1.0 - 0.5 * min(1.0, 0.25 * len(weakest.absent)) if weakest.best else 0.0
        conflict = any("conflict" in result.reasons for result in request.results.values())
        values["agreement"] = 0.6 if conflict else 1.0
        old = any(item.best and item.best.sentence.evidence.superseded_by for item in judged)
        values["freshness"] = 0.6 if old else 1.0
    elif findings:
        values["support"] = min(finding.support for finding in findings)
    acts = [request.results.get(step.id) for step in request.plan.of_kind("act")]
    if acts:
        done = sum(result is not None and result.status == "done" for result in acts)
        values["success"] = done / len(acts)
        values["slots"] = 1.0 if all(not result or not result.missing for result in acts) else 0.3
        values["intent"] = 0.95
        doubtful = sum(bool(action.untrusted_arguments) for action in request.actions)
        if doubtful:
            values["slots"] = min(values["slots"], 0.6)
    return tuple(Factor(name=name, value=value) for name, value in values.items())


def _joined_questions(request: CritiqueRequest) -> str:
    asked = [result.question for result in request.results.values() if result.question]
    return "\n".join(dict.fromkeys(asked))


def _failures(
    request: CritiqueRequest, findings: tuple[Finding, ...], factors: tuple[Factor, ...]
) -> Critique | None:
    failed: dict[str, StepResult] = {
        key: item for key, item in request.results.items() if item.status == "failed"
    }
    if not failed:
        return None
    acts = {step.id for step in request.plan.of_kind("act")}
    # What a tool refuses it will refuse again, and offline there is no second way to do the same: the user
    # hears the reason, and nothing else of the request is done by halves.
    return Critique(
        findings=findings,
        factors=factors if request.actions else _told(request),
        reasons=("action_refused",) if acts & failed.keys() else ("criteria_unmet",),
        suggestion="escalate" if request.actions else "accept",
        feedback="; ".join(reason for item in failed.values() for reason in item.reasons),
    )


def _told(request: CritiqueRequest) -> tuple[Factor, ...]:
    """The reason is certain, since the tool gave it; that the user got what was asked for is not."""
    done = sum(result.status == "done" for result in request.results.values()) / len(request.results)
    return (
        Factor(name="support", value=1.0),
        Factor(name="success", value=REFUSED + (1.0 - REFUSED) * done),
    )


def _thin(judged: Sequence[Judged], findings: tuple[Finding, ...], factors: tuple[Factor, ...]) -> Critique:
    weak = [item for item in judged if item.probability < ANSWERED]
    gaps = tuple(" ".join(item.absent) for item in weak if item.absent) + tuple(
        item.question for item in weak
    )
    hopeful = any(item.probability > 0.25 for item in weak)
    return Critique(
        findings=findings,
        factors=factors,
        reasons=("thin_support",),
        suggestion="gather" if hopeful else "abstain",
        gaps=gaps[:3],
    )
