"""Counting the model calls of somebody else's code, and holding them to the turn's budget."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult

from podium.core.usage import Usage
from podium.models.allowance import current_allowance


class Meter(BaseCallbackHandler):
    """Hears of every model call beneath a run.

    Attributes:
        usage: What was spent so far; what the calls cost is not known.
    """

    raise_error = True
    run_inline = True

    def __init__(self) -> None:
        self.usage = Usage()
        self._allowance = current_allowance()

    def on_chat_model_start(
        self,
        serialized: dict[str, Any] | None,
        messages: list[list[BaseMessage]],  # noqa: ARG002 - LangChain's signature
        *,
        run_id: UUID,  # noqa: ARG002 - LangChain's signature
        **_: Any,
    ) -> None:
        """Claim the right to a call.

        Raises:
            ModelBudgetError: The turn's limit is reached.
        """
        self._claim(serialized)

    def on_llm_start(
        self,
        serialized: dict[str, Any] | None,
        prompts: list[str],  # noqa: ARG002 - LangChain's signature
        *,
        run_id: UUID,  # noqa: ARG002 - LangChain's signature
        **_: Any,
    ) -> None:
        """Claim the right to a call.

        Raises:
            ModelBudgetError: The turn's limit is reached.
        """
        self._claim(serialized)

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:  # noqa: ARG002 - as above
        """Count the tokens of a call."""
        for generation in (item for row in response.generations for item in row):
            message = generation.message if isinstance(generation, ChatGeneration) else None
            if isinstance(message, AIMessage) and (told := message.usage_metadata):
                tokens = Usage(input_tokens=told["input_tokens"], output_tokens=told["output_tokens"])
                self.usage = self.usage.plus(tokens)
                if self._allowance is not None:
                    self._allowance.add(tokens)

    def _claim(self, serialized: dict[str, Any] | None) -> None:
        if self._allowance is not None:
            self._allowance.claim(str((serialized or {}).get("name") or "the agent's model"))
        self.usage = self.usage.plus(Usage(model_calls=1, unpriced=1))
