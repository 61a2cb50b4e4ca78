"""What Prometheus is told of requests, runs and streams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from fastapi import APIRouter
from starlette.responses import Response

from podium.server.auth import Parts, Who

if TYPE_CHECKING:
    from prometheus_client.core import Metric

    from podium.server.services import Services

router = APIRouter(tags=["System"])
_OPEN_RUNS: Final = (
    "SELECT status, count(*) FROM run_requests WHERE status IN ('pending', 'running') GROUP BY status"
)
_INTERRUPTED: Final = "SELECT count(*) FROM threads WHERE status='interrupted' AND interrupts IS NOT '{}'"


@router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
async def metrics(services: Parts, who: Who) -> Response:
    """Everything that is counted, for Prometheus."""
    del who
    from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

    standing = CollectorRegistry(auto_describe=False)
    standing.register(_Standing(*await _looked_up(services), services.runs.hub.open_streams))
    counted = services.app.context.telemetry.metrics.exposition()
    return Response(counted.encode() + generate_latest(standing), media_type=CONTENT_TYPE_LATEST)


async def _looked_up(services: Services) -> tuple[dict[str, int], int]:
    return await services.database.aread(
        lambda connection: (
            dict(connection.execute(_OPEN_RUNS).fetchall()),
            connection.execute(_INTERRUPTED).fetchone()[0],
        )
    )


class _Standing:
    """How things stand at a moment."""

    def __init__(self, runs: dict[str, int], interrupted: int, streams: int) -> None:
        self._runs = runs
        self._interrupted = interrupted
        self._streams = streams

    def collect(self) -> Iterable[Metric]:
        from prometheus_client.core import GaugeMetricFamily

        runs = GaugeMetricFamily("podium_open_runs", "Runs that have not ended", labels=["status"])
        for status in ("pending", "running"):
            runs.add_metric([status], self._runs.get(status, 0))
        yield runs
        yield GaugeMetricFamily(
            "podium_interrupted_threads", "Threads that wait for a person", value=self._interrupted
        )
        yield GaugeMetricFamily("podium_open_streams", "Streams that somebody reads", value=self._streams)
