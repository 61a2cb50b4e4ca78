"""The composition root: everything of one app, made from its project."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import ExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from podium.app.batch import Batches
from podium.app.brought import Brought, database_file, tools_of
from podium.app.embedded import EmbeddedThreads
from podium.app.encryption import open_database
from podium.app.factory import CONTEXT_KEY
from podium.app.fingerprints import Fingerprints
from podium.app.governed import Governor
from podium.app.handles import Handles
from podium.app.ingests import Ingests
from podium.app.journal import RunJournal
from podium.app.knowledge_record import KnowledgeRecord
from podium.app.outside import Outside, reach
from podium.app.project import Project
from podium.app.recording import RecordSink
from podium.app.renewal import Renewal
from podium.app.repairs import Repairs
from podium.app.rollback import Rollbacks
from podium.app.seams import Seams
from podium.app.similarity import KnowledgeSimilarity
from podium.app.team import assemble, prompts_of
from podium.app.threads import ThreadReader
from podium.app.tracing import langsmith_of, provider_of, showing_of
from podium.app.turns import Turns
from podium.app.upkeep import Upkeep
from podium.core.clock import Clock, SystemClock
from podium.core.crashpoints import CrashPoints
from podium.core.effects import NEEDS_PERSON
from podium.core.errors import ConfigError, UnknownName
from podium.core.pinned import Pinned
from podium.core.principal import Principal
from podium.graphs.build import PodiumGraph, build_graph
from podium.graphs.context import GraphContext
from podium.graphs.in_force import InForce
from podium.graphs.loader import load_graph
from podium.graphs.portal import Portal
from podium.guardrails.pipeline import Pipeline
from podium.guardrails.policy import Policy
from podium.guardrails.policy_file import load_policy, place_of
from podium.guardrails.redaction import redact
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.runtime.runs import RunService
from podium.storage.askers import Askers
from podium.storage.audit import AuditLog
from podium.storage.checkpointer import PodiumSaver
from podium.storage.database import Database
from podium.storage.decisions import Decisions
from podium.storage.events import SqlEventLog
from podium.storage.feedback import FeedbackRecords
from podium.storage.leases import ThreadLeases
from podium.storage.runs import RunRecords
from podium.storage.threads import ThreadRecords
from podium.telemetry.telemetry import Telemetry
from podium.tools.loader import load_tools, load_world
from podium.tools.toolbox import Toolbox

if TYPE_CHECKING:
    from pathlib import Path

    from podium.knowledge.changes import ChangeRecorder
    from podium.tools.effect import Effect
    from podium.tools.ledger import Watch
    from podium.tools.mcp.servers import McpServers
    from podium.tools.tool import Tool

HISTORY_SHARE = 4
"""The conversation may take one part in so many of a model's window."""


@dataclass(frozen=True, slots=True)
class Composition:
    """All parts of one app.

    Attributes:
        context: What the graphs are built with.
        graph: The default graph.
        database: Where runs, events, ledger and audit are stored.
        knowledge: The knowledge base.
        turns: Runs turns.
        threads: Reads threads.
        rollbacks: Rolls threads back.
        repairs: Settles effects, and forks threads.
        ingests: Fills and searches the knowledge base.
        batches: Runs many requests.
        governor: Takes calls of governed tools through the ledger.
        upkeep: Tells people, and signs what is on record.
        renewal: Reads prompts and policy again when their files change.
        disconnect: Closes the connections to models that were opened on the running event loop.
        close: Finishes what is being written and lets go of everything.
    """

    context: GraphContext
    graph: PodiumGraph
    database: Database
    knowledge: KnowledgeBase
    turns: Turns
    threads: ThreadReader
    rollbacks: Rollbacks
    repairs: Repairs
    ingests: Ingests
    batches: Batches
    governor: Governor
    upkeep: Upkeep
    renewal: Renewal
    disconnect: Callable[[], Awaitable[None]]
    close: Callable[[], None]

    @asynccontextmanager
    async def in_force(self) -> AsyncIterator[None]:
        """Read prompts and policy again where their files have changed, and hold them for the block.

        Raises:
            ConfigError: A file is broken; the message names file and line.
        """
        await self.renewal.refresh()
        with self.context.in_force.held():
            yield

    def warm(self) -> None:
        """Load what a first turn needs."""
        self.context.pipeline.preload()
        self.knowledge.warm()


def compose(
    project: Project,
    *,
    model: str | None,
    principal: Principal,
    brought: Brought,
    crash_points: CrashPoints,
) -> Composition:
    """Make the parts of an app.

    Args:
        project: The project.
        model: Replaces the manifest's default model.
        principal: Who acts when a run names nobody.
        brought: What the caller made itself.
        crash_points: Told of every node boundary and tool call.

    Raises:
        ConfigError: A policy, prompt, tool, agent or graph file is broken.
        StorageError: The project's data cannot be opened.
    """
    # What is opened last is closed first, also when a part further down cannot be made.
    with ExitStack() as opened:
        return _compose(project, model, principal, brought, crash_points, opened)


def _compose(
    project: Project,
    model: str | None,
    principal: Principal,
    brought: Brought,
    crash_points: CrashPoints,
    opened: ExitStack,
) -> Composition:
    manifest, clock = project.manifest, SystemClock()
    tools = (*load_tools(project.tools), *tools_of(brought.tools))
    read = partial(_read, project, tools)
    in_force = Pinned(read())
    database = opened.enter_context(_database(project, brought))
    seams = brought.seams
    knowledge = seams.knowledge or opened.enter_context(_knowledge(project, database, clock, principal))
    handles = opened.enter_context(closing(_handles(project)))
    telemetry = _telemetry(project, database, principal, brought, opened)
    similarity = seams.similarity or KnowledgeSimilarity(knowledge)
    outside = opened.enter_context(closing(reach(project, similarity, telemetry, seams.source)))
    team = assemble(
        project,
        model=model,
        knowledge=knowledge,
        similarity=similarity,
        sources=outside.sources,
        telemetry=telemetry,
        prompts=lambda: in_force.value.prompts,
        agents=brought.agents,
        seams=seams,
        cipher=database.cipher,
    )
    portal = opened.enter_context(closing(Portal()))
    opened.callback(lambda: portal.run(team.callers.close()) if team.callers.chats else None)
    upkeep = opened.enter_context(closing(Upkeep(project, database, clock, telemetry, crash_points)))
    records = _records(database, clock, Renewal(project, in_force, read, team.models), upkeep)
    servers, watch = outside.servers, partial(_alerted, telemetry, upkeep)
    context = GraphContext(
        planner=team.members.planner,
        retriever=team.members.retriever,
        executor=team.members.executor,
        critic=team.members.critic,
        toolbox=_toolbox(project, tools, database, handles, in_force, crash_points, servers, watch, seams),
        in_force=in_force,
        telemetry=telemetry,
        budget=manifest.budget,
        clock=clock,
        crash_points=crash_points,
        principal=principal,
        portal=portal,
        checkpointer=brought.saver or PodiumSaver(database),
        history_tokens=manifest.models.window // HISTORY_SHARE,
        specialists=team.specialists,
        journal=_journal(records, telemetry),
        models=team.models,
        askers=Askers(database),
        missing_keys=team.callers.missing_keys,
    )
    upkeep.start()
    disconnect = team.callers.close
    return _assembled(project, context, database, knowledge, records, outside, upkeep, disconnect, opened)


def _database(project: Project, brought: Brought) -> Database:
    place = project.database if brought.database is None else database_file(brought.database)
    return open_database(project, place)


def _telemetry(
    project: Project, database: Database, principal: Principal, brought: Brought, opened: ExitStack
) -> Telemetry:
    settings, tracer = project.manifest.telemetry, brought.tracer
    if tracer is None and (provider := provider_of(settings, project.manifest.project.name)) is not None:
        opened.callback(provider.shutdown)
        tracer = provider
    telemetry = Telemetry(
        log_file=project.data / "logs" / "podium.jsonl",
        level=settings.log,
        redact=redact,
        sink=RecordSink(
            SqlEventLog(database, SystemClock()), AuditLog(database), Decisions(database), principal.tenant
        ),
        tracer=tracer,
        showing=showing_of(settings),
    )
    return opened.enter_context(closing(telemetry))


def _read(project: Project, tools: tuple[Tool, ...]) -> InForce:
    """The policy and the prompts as their files say now.

    Raises:
        ConfigError: One is broken; the message names file and line.
    """
    files = [project.path(file) for file in project.manifest.policy.files]
    policy = load_policy(*files)
    pipeline = _pipeline(project, policy, files)
    _check_names(policy, tools, files, servers=project.manifest.tools.mcp)
    return InForce(policy, pipeline, prompts_of(project))


def _pipeline(project: Project, policy: Policy, files: Sequence[Path]) -> Pipeline:
    """The policy's checks.

    Raises:
        ConfigError: One of them is broken; the message names the policy's file and line.
    """
    try:
        return Pipeline.from_policy(policy, project.folder)
    except ConfigError as error:
        rule = next((rule.name for rule in policy.rules if f"'{rule.name}'" in error.message), None)
        place = f"{place_of(files, 'rules', rule)}: " if rule else ""
        raise ConfigError(f"{place}{error.message}", hint=error.hint) from None


def _check_names(
    policy: Policy, tools: tuple[Tool, ...], files: Sequence[Path], *, servers: Iterable[str]
) -> None:
    """A rule for a tool that is misspelt would protect nothing.

    What an MCP server will bring is not known before it is started; its tools begin with its name.

    Raises:
        UnknownName: The policy names a tool that no file declares.
    """
    declared = {tool.name for tool in tools}
    for name in policy.tools:
        if name not in declared and not any(name.startswith(f"{server}_") for server in servers):
            raise UnknownName(
                f"{place_of(files, 'tools', name)}: tools.{name}: no tool is called so",
                hint=f"There are: {', '.join(sorted(declared)) or 'none'}.",
            )


@dataclass(frozen=True, slots=True)
class _Records:
    """What is recorded of threads and runs, and how."""

    runs: RunRecords
    threads: ThreadRecords
    feedback: FeedbackRecords
    leases: ThreadLeases
    audit: AuditLog
    renewal: Renewal


def _records(database: Database, clock: Clock, renewal: Renewal, upkeep: Upkeep) -> _Records:
    return _Records(
        runs=RunRecords(database, clock, ended=upkeep.nudge),
        threads=ThreadRecords(database, clock),
        feedback=FeedbackRecords(database, clock),
        leases=ThreadLeases(database, clock),
        audit=AuditLog(database),
        renewal=renewal,
    )


def _journal(records: _Records, telemetry: Telemetry) -> RunJournal:
    return RunJournal(
        records.renewal,
        runs=records.runs,
        threads=records.threads,
        telemetry=telemetry,
    )


def _assembled(
    project: Project,
    context: GraphContext,
    database: Database,
    knowledge: KnowledgeBase,
    records: _Records,
    outside: Outside,
    upkeep: Upkeep,
    disconnect: Callable[[], Awaitable[None]],
    opened: ExitStack,
) -> Composition:
    graph, toolbox = _graph(project, context), context.toolbox
    embedded = EmbeddedThreads(context.checkpointer, records.runs)
    reader = ThreadReader(graph, records.threads, records.runs, records.feedback, toolbox, embedded)
    fingerprints = Fingerprints(project.data / "graphs", graph, toolbox)
    service = RunService(
        graph,
        records.renewal,
        context.in_force,
        fingerprints.keep,
        runs=records.runs,
        threads=records.threads,
        leases=records.leases,
        telemetry=context.telemetry,
        around=langsmith_of(project.manifest.telemetry, project.manifest.project.name),
    )
    turns = Turns(graph, service, reader, toolbox, fingerprints)
    return Composition(
        context=context,
        graph=graph,
        database=database,
        knowledge=knowledge,
        turns=turns,
        threads=reader,
        rollbacks=Rollbacks(
            graph, service, reader, toolbox, embedded, records.audit, context.clock, lambda: context.policy
        ),
        repairs=Repairs(graph, context, reader, records.threads),
        ingests=Ingests(project, knowledge, outside.sources, tenant=context.principal.tenant),
        batches=Batches(project, turns, service),
        governor=Governor(context, _journal(records, context.telemetry)),
        upkeep=upkeep,
        renewal=records.renewal,
        disconnect=disconnect,
        close=opened.pop_all().close,
    )


def _knowledge(project: Project, database: Database, clock: Clock, principal: Principal) -> KnowledgeBase:
    """The knowledge base, whose changes are recorded; other collections or labels than before are now."""
    collections = project.manifest.knowledge.collections
    record = KnowledgeRecord(project.knowledge, collections, AuditLog(database), clock, principal.tenant)
    record.note_collections(principal.id)
    return knowledge_of(project, record)


def knowledge_of(project: Project, recorder: ChangeRecorder | None = None) -> KnowledgeBase:
    """The knowledge base of a project; nothing is opened before it is used.

    Args:
        project: The project.
        recorder: Told what is changed.
    """
    settings = project.manifest.knowledge
    return KnowledgeBase(
        project.knowledge,
        collections=settings.collections,
        embedder=settings.embedding_model,
        base=project.folder,
        recorder=recorder,
    )


def _handles(project: Project) -> Handles:
    settings = project.manifest.tools
    if settings.world is None:
        return Handles({})
    world = load_world(project.path(settings.world))
    return Handles({settings.world_name: partial(world.open_world, project.world)})


def _toolbox(
    project: Project,
    tools: tuple[Tool, ...],
    database: Database,
    handles: Handles,
    in_force: Pinned[InForce],
    crash_points: CrashPoints,
    servers: McpServers | None,
    watch: Watch,
    seams: Seams,
) -> Toolbox:
    return Toolbox(
        tools,
        database,
        handles=handles,
        crash_points=crash_points,
        default_timeout=project.manifest.tools.timeout,
        expiry=in_force.value.policy.approval_expires,
        servers=servers,
        watch=watch,
        wrap=seams.tool,
        simulate=seams.simulate,
    )


def _alerted(telemetry: Telemetry, upkeep: Upkeep, effect: Effect) -> None:
    if effect.status in NEEDS_PERSON:
        upkeep.nudge()
        telemetry.alert(effect.tool, effect.status, effect.error or "")


def _graph(project: Project, context: GraphContext) -> PodiumGraph:
    graphs = project.manifest.graphs
    if not graphs:
        return build_graph(context, name=project.manifest.project.name)
    name, place = next(iter(graphs.items()))
    file, colon, attribute = place.rpartition(":")
    if not colon or not file or not attribute:
        raise ConfigError(
            f"{project.folder / 'podium.toml'}: graphs.{name}: {place!r} is not 'file.py:factory'",
            hint="Name the file and what it exports, like graphs/desk.py:desk.",
        )
    graph: PodiumGraph = load_graph(project.path(file), attribute, {"configurable": {CONTEXT_KEY: context}})
    for one in context.specialists:
        if one.name not in graph.nodes:
            raise ConfigError(
                f"{one.where}: the agent {one.name!r} is no node of {place}, so nobody would ask it",
                hint="Let build_graph make the graph, or add a node for it: see docs/agents.md.",
            )
    return graph
