"""A chat model and agents that say what a test tells them to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import BaseModel, PrivateAttr

from podium.agents.contracts import (
    Critique,
    CritiqueRequest,
    ExecuteRequest,
    PlanReply,
    PlanRequest,
    RetrieveReply,
    RetrieveRequest,
    Statement,
    StepResult,
)
from podium.core.confidence import Factor
from podium.core.evidence import Citation, Evidence
from podium.core.plan import Plan, Step

Reply = str | BaseModel | dict[str, Any] | AIMessage | Exception
"""A text, a value to send as JSON, a whole message, or an exception to raise."""


class ScriptedChatModel(BaseChatModel):
    """Replies from a list, in order, and keeps what it was sent.

    A call beyond the list fails, and so does `finish`, or the end of a `with` block, while steps are left.
    """

    _steps: list[Reply] = PrivateAttr(default_factory=list)
    _sent: list[list[BaseMessage]] = PrivateAttr(default_factory=list)

    def __init__(self, *steps: Reply) -> None:
        super().__init__()
        self._steps = list(steps)

    @property
    def sent(self) -> list[list[BaseMessage]]:
        """The messages of each call so far."""
        return self._sent

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def finish(self) -> None:
        """Make sure that the script was used up.

        Raises:
            AssertionError: Steps are left.
        """
        if self._steps:
            raise AssertionError(f"{len(self._steps)} scripted replies were never asked for")

    def __enter__(self) -> ScriptedChatModel:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.finish()

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,  # noqa: ARG002 - LangChain's signature
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - LangChain's signature
        **kwargs: Any,  # noqa: ARG002 - LangChain's signature
    ) -> ChatResult:
        self._sent.append(list(messages))
        if not self._steps:
            raise AssertionError(f"call {len(self._sent)} is not in the script")
        step = self._steps.pop(0)
        if isinstance(step, Exception):
            raise step
        return ChatResult(generations=[ChatGeneration(message=_message(step, messages))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 - LangChain's signature
        **kwargs: Any,  # noqa: ARG002 - LangChain's signature
    ) -> ChatResult:
        return self._generate(messages, stop)


def _message(step: Reply, messages: Sequence[BaseMessage]) -> AIMessage:
    if isinstance(step, AIMessage):
        return step
    if isinstance(step, BaseModel):
        text = step.model_dump_json()
    else:
        text = step if isinstance(step, str) else json.dumps(step)
    given, made = sum(len(str(message.text)) for message in messages) // 4, len(text) // 4
    usage = {"input_tokens": given, "output_tokens": made, "total_tokens": given + made}
    return AIMessage.model_validate({"content": text, "usage_metadata": usage})


class ScriptedAgents:
    """All four roles at once, instant: each answers every request with the same words.

    Args:
        answer: What the executor says, quoted from the one piece of evidence that the retriever finds.
    """

    def __init__(self, answer: str = "The answer is forty-two.") -> None:
        self._plan = Plan(
            goal="Answer.",
            steps=(
                Step(id="s1", kind="retrieve", instruction="Look it up.", query="answer"),
                Step(id="s2", kind="answer", instruction="Say it.", depends_on=("s1",)),
            ),
        )
        self._evidence = Evidence(
            id="e1", source="scripted.md", text=answer, end=len(answer), score=1.0, trust="internal"
        )
        citation = Citation(source="scripted.md", start=0, end=len(answer), quote=answer, evidence_id="e1")
        self._statement = Statement(text=answer, citations=(citation,))
        names = ("support", "relevance", "coverage", "agreement", "freshness", "slots", "success", "intent")
        self._critique = Critique(factors=tuple(Factor(name=name, value=1.0) for name in names))

    async def plan(self, request: PlanRequest) -> PlanReply:  # noqa: ARG002 - the contract's
        """One retrieval, one answer."""
        return PlanReply(plan=self._plan)

    async def retrieve(self, request: RetrieveRequest) -> RetrieveReply:
        """The one piece of evidence."""
        return RetrieveReply(evidence=(self._evidence,), queries=(request.step.query,))

    async def execute(self, request: ExecuteRequest) -> StepResult:
        """The answer, cited."""
        return StepResult(step=request.step.id, status="done", statements=(self._statement,))

    async def critique(self, request: CritiqueRequest) -> Critique:  # noqa: ARG002 - the contract's
        """Full support."""
        return self._critique
