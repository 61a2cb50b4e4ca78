"""What people think of answers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from podium.server.auth import Parts, Who
from podium.server.models.podium import Feedback, FeedbackBody, FeedbackList
from podium.server.models.runs import Uuid
from podium.server.wire import JsonResponse
from podium.storage.feedback import FeedbackRecord

router = APIRouter(tags=["Feedback"])
ThreadId = Annotated[Uuid, Path()]


@router.post("/threads/{thread_id}/feedback", response_model=Feedback, status_code=201)
async def give_feedback(thread_id: ThreadId, body: FeedbackBody, services: Parts, who: Who) -> JsonResponse:
    """Rate an answer, or say how it should have been."""
    services.threads.get(thread_id, who.access)
    app = services.app.acting_as(who.principal)
    await app.feedback(
        thread_id, rating=body.rating, correction=body.correction, reason=body.reason, run_id=body.run_id
    )
    return JsonResponse(_shown(services.feedback.list(thread_id)[-1]), 201)


@router.get("/threads/{thread_id}/feedback", response_model=FeedbackList)
async def list_feedback(thread_id: ThreadId, services: Parts, who: Who) -> JsonResponse:
    """What people thought of the answers in a thread, oldest first."""
    services.threads.get(thread_id, who.access)
    return JsonResponse(FeedbackList(feedback=[_shown(one) for one in services.feedback.list(thread_id)]))


def _shown(record: FeedbackRecord) -> Feedback:
    return Feedback(
        feedback_id=record.feedback_id,
        thread_id=record.thread_id,
        run_id=record.run_id,
        kind=record.kind,
        principal=record.principal,
        rating=record.rating,
        correction=record.correction,
        reason=record.reason,
        at=record.at,
    )
