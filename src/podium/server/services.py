"""The server's parts, opened together and closed together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from podium.app.alerts import Alerts
from podium.app.journal import EMBEDDED
from podium.app.podium import Podium
from podium.app.retention import Retention
from podium.app.seams import Seams
from podium.app.served_effects import undoing
from podium.app.tracing import langsmith_of
from podium.core.clock import SystemClock
from podium.runtime.assistants import AssistantDirectory
from podium.runtime.callbacks import RunCallbacks
from podium.runtime.following import Following
from podium.runtime.memory import open_store, swept
from podium.runtime.serving.changes import Changes
from podium.runtime.serving.expiry import ThreadExpiry
from podium.runtime.serving.service import ServedRuns, Sizes
from podium.runtime.serving.states import ThreadStates
from podium.runtime.serving.thread_streams import ThreadStreams
from podium.runtime.serving.threads import Hooks, ServedThreads
from podium.runtime.triggers.service import TriggerService
from podium.server.counting import count_end
from podium.server.finishing import finishing
from podium.server.key_ring import KeyRing
from podium.storage.api_keys import ApiKeys
from podium.storage.assistants import Assistants
from podium.storage.crons import Crons
from podium.storage.dashboard import Dashboard
from podium.storage.decisions import Decisions
from podium.storage.feedback import FeedbackRecords
from podium.storage.idempotency import IdempotencyKeys
from podium.storage.run_requests import RunRequests
from podium.storage.steps import Steps
from podium.storage.store_items import SqlStore
from podium.storage.thread_list import ThreadList
from podium.storage.tickets import Tickets
from podium.storage.traces import Traces
from podium.storage.usage import Spending

if TYPE_CHECKING:
    from fastapi import Request

    from podium.app.served import ServedGraphs
    from podium.core.clock import Clock
    from podium.storage.database import Database
    from podium.storage.thread_changes import TtlStrategy
    from podium.storage.threads import ThreadRecord


@dataclass(frozen=True, slots=True)
class Services:
    """What the routes work with.

    Attributes:
        app: The project in use.
        assistants: The assistants, those of the graphs themselves among them.
        callbacks: Tells the addresses that runs name how the runs ended.
        changes: Tells which threads change.
        crons: The runs that begin by the clock.
        dashboard: How runs went, counted.
        decisions: Where turns were sent, and why.
        dev: Whether the user of this machine may do all without a key.
        graphs: The graphs that are served.
        database: Where everything is stored.
        feedback: What people think of answers.
        idempotency: The requests that were made with a key of theirs.
        key_ring: Knows the callers' keys.
        reloads: Whether the server starts again by itself when the project's files change.
        requests: The runs that were requested.
        runs: Accepts, carries out and streams runs.
        steps: The checkpoints of threads without their states.
        store: What graphs and clients remember across threads; `of` gives a caller's part.
        spending: What turns have spent.
        thread_list: Threads with their titles.
        thread_streams: Tells what happens in threads.
        threads: The threads, and their states.
        tickets: Who is to decide what waits.
        traces: What was recorded of runs.
        triggers: What begins by events and by the clock, once the application does.
    """

    app: Podium
    assistants: AssistantDirectory
    callbacks: RunCallbacks
    changes: Changes
    crons: Crons
    dashboard: Dashboard
    decisions: Decisions
    dev: bool
    graphs: ServedGraphs
    database: Database
    feedback: FeedbackRecords
    idempotency: IdempotencyKeys
    key_ring: KeyRing
    reloads: bool
    requests: RunRequests
    runs: ServedRuns
    steps: Steps
    store: SqlStore
    thread_list: ThreadList
    thread_streams: ThreadStreams
    spending: Spending
    threads: ServedThreads
    tickets: Tickets
    traces: Traces
    triggers: TriggerService


@asynccontextmanager
async def open_services(
    folder: Path, *, dev: bool, max_running: int | None = None, reloads: bool = False, **options: Any
) -> AsyncIterator[Services]:
    """Open the project in a folder and all that serves it.

    Args:
        folder: With `podium.toml`, or with `langgraph.json` alone.
        dev: Whether the user of this machine may do all without a key.
        max_running: Runs at a time; what the manifest says when None.
        reloads: Whether the server starts again by itself when the project's files change.
        options: What `Podium` takes.
    """
    from podium.app.served import ServedGraphs

    async with AsyncExitStack() as opened:
        seams = replace(options.pop("seams", None) or Seams(), awaits_keys=True)
        app = await opened.enter_async_context(Podium.from_project(folder, seams=seams, **options))
        database, clock = app.database, SystemClock()
        limits = app.project.manifest.server
        store = open_store(database, limits.store, clock)
        await opened.enter_async_context(swept(store))
        graphs = await opened.enter_async_context(ServedGraphs.opened_from(app, store=store))
        if graphs.own is not None:
            app.preload()  # what its first turn needs
        assistants = AssistantDirectory(
            Assistants(database, clock), graphs.names(), describe=graphs.description, clock=clock
        )
        triggers = TriggerService.of(database, clock)
        await triggers.directory.sync(app.project.manifest.triggers, app.principal, app.project.folder)
        callbacks = RunCallbacks(database, limits.callbacks, dev=dev, clock=clock)
        await opened.enter_async_context(callbacks.delivering())
        runs = _runs(app, graphs, max_running, callbacks, triggers, clock)
        await opened.enter_async_context(runs.serving())
        expiry = ThreadExpiry(database, clock)
        hooks = Hooks(app.context.toolbox.ledger.mark_fork, runs.let_go, expiry.nudge)
        states = ThreadStates(graphs, app.checkpointer, partial(_own_graph, graphs))
        threads = ServedThreads(database, app.checkpointer, states, hooks, clock)
        await opened.enter_async_context(expiry.watching(threads))
        await opened.enter_async_context(_kept_up(app, threads, graphs.own, clock))
        yield Services(
            app=app,
            assistants=assistants,
            callbacks=callbacks,
            changes=Changes(database, runs.hub),
            crons=triggers.crons,
            dashboard=Dashboard(database),
            decisions=Decisions(database),
            dev=dev,
            graphs=graphs,
            database=database,
            feedback=FeedbackRecords(database, clock),
            idempotency=IdempotencyKeys(database, clock),
            key_ring=KeyRing(ApiKeys(database, clock), clock),
            reloads=reloads,
            requests=RunRequests(database, clock),
            runs=runs,
            steps=Steps(database, app.checkpointer.serde),
            store=store,
            thread_list=ThreadList(database),
            thread_streams=ThreadStreams(database, runs),
            spending=Spending(database),
            threads=threads,
            tickets=Tickets(database, clock),
            traces=Traces(database),
            triggers=triggers,
        )


@asynccontextmanager
async def _kept_up(app: Podium, threads: ServedThreads, own: str | None, clock: Clock) -> AsyncIterator[None]:
    """Do what nobody asks for: let go of what is old, look after the aims, finish what broke off."""
    database, manifest = app.database, app.project.manifest
    retention = Retention(manifest.retention, database, partial(_pruned, threads), clock)
    alerts = Alerts(app.project, database, app.upkeep.tell, clock)
    async with retention.watching(), alerts.watching(), finishing(app, threads, database, own):
        yield


def _runs(
    app: Podium,
    graphs: ServedGraphs,
    max_running: int | None,
    callbacks: RunCallbacks,
    triggers: TriggerService,
    clock: Clock,
) -> ServedRuns:
    limits = app.project.manifest.server
    counted = partial(count_end, app.context.telemetry.metrics)
    return ServedRuns(
        graphs,
        app.checkpointer,
        app.database,
        sizes=Sizes(max_running or limits.max_running, limits.max_waiting, limits.drain_seconds),
        clock=clock,
        ends=[counted, callbacks.callback_for, triggers.engine.ending],
        undo=undoing(app.context),
        following=_following(app),
    )


def _following(app: Podium) -> Following:
    manifest = app.project.manifest
    settings = manifest.telemetry
    around = langsmith_of(settings, manifest.project.name)
    telemetry = app.context.telemetry
    return Following(telemetry if settings.requests else None, around, hears=telemetry)


async def _pruned(threads: ServedThreads, thread_id: str, strategy: TtlStrategy) -> None:
    await threads.prune([thread_id], None, strategy)


def _own_graph(graphs: ServedGraphs, thread: ThreadRecord) -> str | None:
    """The app's own graph, except for a thread whose state another graph holds."""
    return None if EMBEDDED in thread.metadata else graphs.own


def services_of(request: Request) -> Services:
    """The parts of the server that answers the request."""
    services: Services = request.app.state.services
    return services
