"""Threads as people look for them and take them away, and their steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from podium.app.journal import EMBEDDED
from podium.app.replies import effect_view
from podium.core.principal import Access
from podium.runtime.serving.encoding import encode, plain
from podium.server.auth import Parts, Who
from podium.server.decision_views import decision_view
from podium.server.models.conversations import ExportedThread, StepList, ThreadPage
from podium.server.models.runs import Uuid
from podium.server.services import Services
from podium.server.wire import JsonResponse, page_headers
from podium.storage.thread_list import ListedThread
from podium.storage.thread_search import ThreadStatus
from podium.storage.usage import RunFilter

if TYPE_CHECKING:
    from podium.storage.threads import ThreadRecord

router = APIRouter(prefix="/threads", tags=["Threads"])

ThreadId = Annotated[Uuid, Path()]
Word = Annotated[str, Query(max_length=200)]
_LAST: Final = 2**62
_MOST: Final = 1_000
"""Runs, decisions and pieces of feedback that an export holds."""
_SPEAKERS: Final = {"human": "You", "user": "You", "ai": "Assistant", "assistant": "Assistant"}


@router.get("", response_model=ThreadPage)
async def list_threads(
    services: Parts,
    who: Who,
    q: Word = "",
    status: ThreadStatus | None = None,
    graph: Word = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0, le=2**31)] = 0,
) -> JsonResponse:
    """Threads with their titles, the one that changed last first; `q` is looked for in the titles."""
    found, total = await services.thread_list.page(
        who.access, words=q, status=status or "", graph=graph, limit=limit, offset=offset
    )
    headers = page_headers(total, offset, len(found))
    return JsonResponse({"threads": [_listed(services, one) for one in found]}, headers=headers)


@router.get("/{thread_id}/steps", response_model=StepList)
async def list_steps(
    thread_id: ThreadId,
    services: Parts,
    who: Who,
    after: Annotated[int, Query(ge=0, le=_LAST)] = 0,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 200,
    ns: Annotated[str, Query(max_length=2_000)] = "",
) -> JsonResponse:
    """The checkpoints of a thread without their states: the tree, who ran, and which keys were written."""
    services.threads.get(thread_id, who.access)
    page = await services.steps.page(thread_id, namespace=ns, after=after, limit=limit)
    told = {
        "steps": [asdict(step) for step in page.steps],
        "next": page.steps[-1].seq if page.more else None,
        "head": page.head,
    }
    return JsonResponse(told)


@router.get(
    "/{thread_id}/export",
    response_model=ExportedThread,
    responses={200: {"content": {"text/markdown": {}}, "description": "The thread, as a file."}},
)
async def export_thread(
    thread_id: ThreadId,
    services: Parts,
    who: Who,
    form: Annotated[Literal["json", "markdown"], Query(alias="format")] = "json",
) -> Response:
    """A thread as a file: all that is known of it in JSON, or what was said in Markdown."""
    thread = services.threads.get(thread_id, who.access)
    listed = _listed(services, services.thread_list.listed(thread))
    values = plain((await services.threads.states.head(thread)).values)
    messages = values.get("messages") if isinstance(values, dict) else None
    said = messages if isinstance(messages, list) else []
    if form == "markdown":
        text = _markdown(listed["title"] or thread_id, said)
        return _file(text, "text/markdown; charset=utf-8", thread, "md")
    whole = {"schema_version": 1, "thread": listed, "messages": said, **await _known(services, thread)}
    return _file(encode(whole), "application/json", thread, "json")


async def _known(services: Services, thread: ThreadRecord) -> dict[str, Any]:
    """What is recorded of a thread beside its state."""
    access, thread_id = Access(thread.tenant), thread.thread_id
    runs, _ = await services.spending.runs(access, RunFilter(thread_id=thread_id), limit=_MOST, offset=0)
    effects = await services.app.context.toolbox.thread_effects(thread_id)
    decisions, _ = await services.decisions.page(thread_id, run_id=None, after=0, limit=_MOST)
    feedback = services.feedback.list(thread_id)[:_MOST]
    return {
        "runs": runs,
        "effects": [effect_view(one) for one in effects],
        "decisions": [decision_view(services, one) for one in decisions],
        "feedback": [asdict(one) for one in feedback],
    }


def _listed(services: Services, one: ListedThread) -> dict[str, Any]:
    thread = one.thread
    graph_id = thread.metadata.get("graph_id")
    if graph_id is None and EMBEDDED not in thread.metadata and one.title:
        graph_id = services.graphs.own
    return {
        "thread_id": thread.thread_id,
        "title": one.title,
        "status": thread.status,
        "graph_id": graph_id,
        "owner": thread.owner,
        "created_at": thread.created_at,
        "updated_at": thread.updated_at,
        "waiting": _waiting(thread),
        "metadata": thread.metadata,
    }


def _waiting(thread: ThreadRecord) -> int:
    if thread.status != "interrupted":
        return 0
    if thread.interrupts is None:  # only the state tells, as of threads from the command line: they wait
        return 1
    return sum(len(one) for one in thread.interrupts.values())


def _markdown(title: str, messages: list[Any]) -> bytes:
    parts = [f"# {title}"]
    for message in messages:
        speaker = _SPEAKERS.get(str(message.get("type", ""))) if isinstance(message, Mapping) else None
        if speaker is not None and (text := _text(message.get("content"))):
            parts.append(f"**{speaker}**\n\n{text}")
    return "\n\n".join(parts).encode("utf-8", "replace") + b"\n"


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    blocks = [one for one in content if isinstance(one, str | dict)] if isinstance(content, list) else []
    return "\n".join(one if isinstance(one, str) else str(one.get("text", "")) for one in blocks)


def _file(data: bytes, kind: str, thread: ThreadRecord, ending: str) -> Response:
    disposition = f'attachment; filename="thread-{thread.thread_id[:8]}.{ending}"'
    return Response(data, media_type=kind, headers={"Content-Disposition": disposition})
