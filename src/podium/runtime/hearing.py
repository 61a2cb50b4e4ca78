"""What graphs of others do within their runs, as LangChain reports it: nodes, models, tools, searches."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult

from podium.runtime.reported import as_json, cut, hit, said, tokens
from podium.telemetry.spans import failure

if TYPE_CHECKING:
    from uuid import UUID

    from langchain_core.documents import Document

    from podium.telemetry.records import AttributeValue, SpanKind
    from podium.telemetry.spans import Span
    from podium.telemetry.telemetry import Telemetry

MOST_SPANS: Final = 2_000
"""Of one run; what comes after them is counted as dropped."""
MOST_MESSAGES: Final = 200
"""The latest of a prompt."""
MOST_PROMPT: Final = 200_000
"""Characters that are kept of one prompt, its latest messages."""
MOST_HITS: Final = 50
WORTH_S: Final = 1.0
"""Seconds after which a run's nodes are recorded though they called nothing and none has failed."""
_HIDDEN: Final = "langsmith:hidden"
_NODE: Final = "langgraph_node"
_Told = TypeVar("_Told", bound=Callable[..., None])


@dataclass(slots=True)
class _Node:
    """A node that is at work, or of which nothing is recorded yet."""

    name: str
    within: UUID | None
    began: float
    span: Span | None = None
    ended: float = 0.0
    failed: str = ""


def _one_at_a_time(told: _Told) -> _Told:
    """Nodes that are plain functions report from threads of their own, also after their run is cancelled."""

    @wraps(told)
    def alone(hearing: Hearing, *args: Any, **kwargs: Any) -> None:
        with hearing._lock:
            if not hearing._closed:
                told(hearing, *args, **kwargs)

    return cast("_Told", alone)


class Hearing(BaseCallbackHandler):
    """Makes spans of what LangChain reports of one run.

    Nodes are recorded from when the run is worth it: it calls a model or a tool, searches, fails, or takes
    longer than a second. Of a run that only computes for a moment, the checkpoints tell as much.

    Args:
        telemetry: Records the spans, and takes secrets out of them.
        thread_id: The thread.
        run_id: The run.
    """

    run_inline = True

    def __init__(self, telemetry: Telemetry, *, thread_id: str, run_id: str) -> None:
        self._telemetry = telemetry
        self._ids = {"thread_id": thread_id, "run_id": run_id}
        self._around = telemetry.current()
        self._began = time.perf_counter()
        self._open: dict[UUID, Span] = {}
        self._nodes: dict[UUID, _Node] = {}
        self._within: dict[UUID, UUID | None] = {}
        """What each piece of work is recorded as, or is recorded within where it is no span itself."""
        self._count = 0
        self._lock = Lock()
        self._closed = False
        self.worth = False
        """Whether something was recorded."""

    @_one_at_a_time
    def close(self) -> None:
        """End what nobody has heard the end of, as when a run is cancelled; what comes after is not heard."""
        self._closed = True
        for span in reversed(self._open.values()):
            span.finish("Cancelled")
        for node in self._nodes.values():
            if not node.ended:
                self._node_ended(node, "Cancelled")
        if self.worth:
            self._tell()
        self._open.clear()
        self._nodes.clear()
        self._within.clear()

    # --- nodes -----------------------------------------------------------------------------------

    @_one_at_a_time
    def on_chain_start(
        self,
        serialized: dict[str, Any] | None,  # noqa: ARG002 - LangChain's signature
        inputs: Any,  # noqa: ARG002 - LangChain's signature
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        tags: list[str] | None = None,
        metadata: dict[str, Any] | None = None,
        name: str = "",
        **_: Any,
    ) -> None:
        """A node begins, or some other piece of a graph."""
        node = str((metadata or {}).get(_NODE, ""))
        if node and name == node and _HIDDEN not in (tags or ()):
            self._begin_node(node, run_id, parent_run_id)
        else:
            self._within[run_id] = self._within_of(parent_run_id)

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **_: Any) -> None:  # noqa: ARG002 - as above
        """It has ended."""
        self._end_chain(run_id, "")

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        """It has failed, or waits for a person."""
        self._end_chain(run_id, failure(type(error)))

    # --- models ----------------------------------------------------------------------------------

    def on_chat_model_start(
        self,
        serialized: dict[str, Any] | None,
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        metadata: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """A chat model is asked."""
        latest = list(chain.from_iterable(messages))[-MOST_MESSAGES:]
        told = [[one.type, said(one)] for one in latest]
        self._ask(serialized, told, run_id, parent_run_id, metadata, more)

    def on_llm_start(
        self,
        serialized: dict[str, Any] | None,
        prompts: list[str],
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        metadata: dict[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """A model that completes texts is asked."""
        told = [["human", cut(prompt)] for prompt in prompts[-MOST_MESSAGES:]]
        self._ask(serialized, told, run_id, parent_run_id, metadata, more)

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **_: Any) -> None:
        """It has answered."""
        generations = [one for row in response.generations for one in row]
        messages = [one.message for one in generations if isinstance(one, ChatGeneration)]
        reply = "\n".join([said(one) for one in messages] or [cut(one.text) for one in generations])
        self._end(run_id, None, reply=reply, **tokens(messages, response.llm_output))

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        """It has failed."""
        self._end(run_id, error)

    # --- tools and searches ----------------------------------------------------------------------

    def on_tool_start(
        self,
        serialized: dict[str, Any] | None,
        input_str: str,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        inputs: dict[str, Any] | None = None,
        name: str | None = None,
        **_: Any,
    ) -> None:
        """A tool is called."""
        called = str((serialized or {}).get("name") or name or "tool")
        arguments = as_json(input_str if inputs is None else inputs)
        self._begin("tool", called, run_id, parent_run_id, arguments=arguments, heard=True)

    def on_tool_end(self, output: Any, *, run_id: UUID, **_: Any) -> None:
        """It has given its result."""
        failed = getattr(output, "status", "") == "error"
        self._end(run_id, None, result=as_json(getattr(output, "content", output)), ok=not failed)

    def on_tool_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        """It has failed."""
        self._end(run_id, error, ok=not failure(type(error)))

    def on_retriever_start(
        self,
        serialized: dict[str, Any] | None,
        query: str,
        *,
        run_id: UUID,
        parent_run_id: UUID | None = None,
        name: str | None = None,
        **_: Any,
    ) -> None:
        """Something is searched for."""
        called = str(name or (serialized or {}).get("name") or "")
        self._begin("retrieval", called, run_id, parent_run_id, query=cut(query))

    def on_retriever_end(self, documents: Sequence[Document], *, run_id: UUID, **_: Any) -> None:
        """It was found, or not."""
        self._end(run_id, None, hits=json.dumps([hit(one) for one in documents[:MOST_HITS]]))

    def on_retriever_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        """The search has failed."""
        self._end(run_id, error)

    # --- spans -----------------------------------------------------------------------------------

    def _ask(
        self,
        serialized: Mapping[str, Any] | None,
        messages: list[list[str]],
        run_id: UUID,
        parent_run_id: UUID | None,
        metadata: Mapping[str, Any] | None,
        more: Mapping[str, Any],
    ) -> None:
        about, asked = metadata or {}, more.get("invocation_params") or {}
        names = (about.get("ls_model_name"), asked.get("model"), asked.get("model_name"))
        model = next((str(one) for one in names if one), str((serialized or {}).get("name") or "model"))
        self._begin(
            "model",
            model,
            run_id,
            parent_run_id,
            agent=str(about.get(_NODE, "")),
            messages=json.dumps(_latest(messages), ensure_ascii=False),
            unpriced=True,
        )

    @_one_at_a_time
    def _begin(
        self,
        kind: SpanKind,
        name: str,
        run_id: UUID,
        parent_run_id: UUID | None,
        **attributes: AttributeValue,
    ) -> None:
        within = self._within_of(parent_run_id)
        if not self._one_more():
            self._within[run_id] = within
            return
        span = self._telemetry.span(kind, name, **self._ids, **attributes)
        span.begin(self._span_of(within))
        self._open[run_id] = span
        self._within[run_id] = run_id
        self.worth = True
        self._tell()

    @_one_at_a_time
    def _end(self, run_id: UUID, error: BaseException | None = None, **attributes: AttributeValue) -> None:
        self._within.pop(run_id, None)
        span = self._open.pop(run_id, None)
        if span is not None:
            span.set(**attributes)
            span.finish(failure(None if error is None else type(error)))

    def _begin_node(self, name: str, run_id: UUID, parent_run_id: UUID | None) -> None:
        within = self._within_of(parent_run_id)
        if self._one_more():
            self._nodes[run_id] = _Node(name, within, time.perf_counter())
            within = run_id
        self._within[run_id] = within

    @_one_at_a_time
    def _end_chain(self, run_id: UUID, failed: str) -> None:
        self._within.pop(run_id, None)
        node = self._nodes.get(run_id)
        if node is not None:
            self._node_ended(node, failed)
            if self.worth:
                self._tell()

    def _node_ended(self, node: _Node, failed: str) -> None:
        node.ended, node.failed = time.perf_counter(), failed
        self.worth = self.worth or bool(failed) or node.ended - self._began > WORTH_S

    def _tell(self) -> None:
        """Record the nodes that have ended, in the order of their ends."""
        ended = sorted((node.ended, run_id) for run_id, node in self._nodes.items() if node.ended)
        for moment, run_id in ended:
            node = self._nodes[run_id]
            self._begun(node).finish(node.failed, ago=time.perf_counter() - moment)
            del self._nodes[run_id]

    def _begun(self, node: _Node) -> Span:
        """The span of a node, which begins where it is asked for first."""
        if node.span is None:
            node.span = self._telemetry.span("node", node.name, **self._ids)
            node.span.begin(self._span_of(node.within), ago=time.perf_counter() - node.began)
        return node.span

    def _span_of(self, run_id: UUID | None) -> Span | None:
        if run_id in self._nodes:
            return self._begun(self._nodes[run_id])
        return self._open.get(run_id, self._around) if run_id is not None else self._around

    def _within_of(self, run_id: UUID | None) -> UUID | None:
        return self._within.get(run_id) if run_id is not None else None

    def _one_more(self) -> bool:
        """Whether there is room for another span."""
        self._count += 1
        if self._count > MOST_SPANS:
            self._telemetry.metrics.count("dropped_records")
        return self._count <= MOST_SPANS


def _latest(messages: list[list[str]]) -> list[list[str]]:
    """The messages at the end of a prompt, as far as they are kept."""
    kept: list[list[str]] = []
    room = MOST_PROMPT
    for one in reversed(messages):
        room -= len(one[1])
        if room < 0 and kept:
            break
        kept.append(one)
    return kept[::-1]
