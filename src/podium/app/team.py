"""The four agents of an app: offline, or played by a model with the offline one behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from podium.agents.contracts import ROLES, Critic, Executor, Planner, Retriever, Role
from podium.agents.loader import load_agents, with_agents
from podium.agents.offline.critic import OfflineCritic
from podium.agents.offline.executor import OfflineExecutor
from podium.agents.offline.planner import OfflinePlanner
from podium.agents.offline.retriever import OfflineRetriever
from podium.agents.prompts import Prompt, PromptRegistry
from podium.agents.sourced import SourcedRetriever
from podium.app.callers import Callers
from podium.app.project import Project
from podium.app.seams import Seams
from podium.app.similarity import KnowledgeSimilarity
from podium.core.errors import ConfigError, ModelError
from podium.core.evidence import Evidence
from podium.core.labels import Reads, current_reads
from podium.knowledge.knowledge_base import KnowledgeBase
from podium.knowledge.sources.sources import Sources

if TYPE_CHECKING:
    from podium.agents.foreign import AgentLike
    from podium.agents.language.asking import Voice
    from podium.agents.offline.protocols import Search
    from podium.agents.specialist import Specialist
    from podium.storage.encryption.cipher import Cipher
    from podium.telemetry.telemetry import Telemetry


@dataclass(frozen=True, slots=True)
class Members:
    """One agent for each role."""

    planner: Planner
    retriever: Retriever
    executor: Executor
    critic: Critic


@dataclass(frozen=True, slots=True)
class Team:
    """The agents and what they are made of.

    Attributes:
        members: The four agents.
        specialists: The project's agents beside the four.
        models: Model by role.
        callers: What their models are asked by; it is closed with the app.
    """

    members: Members
    models: Mapping[Role, str]
    callers: Callers
    specialists: tuple[Specialist, ...] = ()


def assemble(
    project: Project,
    *,
    model: str | None,
    knowledge: KnowledgeBase,
    similarity: KnowledgeSimilarity,
    sources: Sources | None,
    telemetry: Telemetry,
    prompts: Callable[[], PromptRegistry],
    agents: Iterable[AgentLike] = (),
    seams: Seams,
    cipher: Cipher | None = None,
) -> Team:
    """Make the agents of a project.

    A custom agent plays its role in place of the one that the model decides, and is given that one.

    Args:
        project: Names models and the folder of agents.
        model: Replaces every role's model.
        knowledge: Where evidence comes from.
        similarity: Compares texts by its embedding model.
        sources: What is searched beside it; None for nothing.
        telemetry: Told of model calls.
        prompts: Gives what the roles are told; which model a role has is read from it once.
        agents: Agents that the caller passes, beside those in the folder.
        seams: What is put before models and the search.
        cipher: Encrypts replies that are kept; None keeps them plain.

    Raises:
        ConfigError: A custom agent is broken, or two agents have one name or role.
        UnknownName: There is no such model.
        ModelAuthError: A model's key is missing, and is not waited for.
    """
    folder = project.path(project.manifest.agents.path)
    settings, told = project.manifest.models, prompts()
    names: dict[Role, str] = {
        role: model or told.get(role).model or settings.for_role(role) for role in ROLES
    }
    callers = Callers(
        settings,
        folder=project.folder,
        data=project.data,
        telemetry=telemetry,
        seams=seams,
        cipher=cipher,
    )
    voices = _voices(names, callers, prompts, settings.window)
    search = seams.search(_search_of(knowledge))
    members = _with_models(_offline(knowledge, similarity, search), voices, search, telemetry)
    if sources is not None:
        members = replace(members, retriever=SourcedRetriever(members.retriever, sources))
    declared = with_agents(load_agents(folder), agents)
    for role, custom in declared.roles.items():
        members = replace(members, **{role: custom.build(getattr(members, role))})
    return Team(
        members=members,
        specialists=declared.specialists,
        models=names,
        callers=callers,
    )


def prompts_of(project: Project) -> PromptRegistry:
    """What the roles of a project are told.

    Raises:
        ConfigError: A prompt is broken, or the folder that the manifest names is not there.
    """
    folder = project.path(project.manifest.agents.path)
    if "path" in project.manifest.agents.model_fields_set and not folder.is_dir():
        raise ConfigError(f"there is no folder {folder}", hint="Correct [agents] path in podium.toml.")
    return PromptRegistry.load(folder)


def _offline(knowledge: KnowledgeBase, similarity: KnowledgeSimilarity, search: Search) -> Members:
    return Members(
        planner=OfflinePlanner(similarity, lambda: titles_of(knowledge, current_reads())),
        retriever=OfflineRetriever(search),
        executor=OfflineExecutor(similarity),
        critic=OfflineCritic(similarity),
    )


def titles_of(knowledge: KnowledgeBase, reads: Reads | None = None) -> list[str]:
    """The titles of the documents in force.

    Args:
        knowledge: Holds them.
        reads: Which access labels count; None for all.
    """
    return [document.title for document in knowledge.documents(reads=reads) if not document.superseded_by]


def _search_of(knowledge: KnowledgeBase) -> Search:
    """The search in the documents, as far as the work that asks may read."""

    async def search(query: str, k: int) -> Sequence[Evidence]:
        return await knowledge.asearch(query, k, reads=current_reads())

    return search


def _voices(
    names: Mapping[Role, str], callers: Callers, prompts: Callable[[], PromptRegistry], window: int
) -> dict[Role, Voice]:
    """What each role that has a model speaks with."""
    found = {role: callers.of(role, name) for role, name in names.items()}
    if not any(found.values()):
        return {}
    from podium.agents.language.asking import Voice

    def told(role: Role) -> Callable[[], Prompt]:
        return lambda: prompts().get(role)

    return {role: Voice(asks, told(role), window) for role, asks in found.items() if asks is not None}


def _with_models(
    offline: Members, voices: Mapping[Role, Voice], search: Search, telemetry: Telemetry
) -> Members:
    """The offline agents with a language agent before each role that has a model."""
    if not voices:
        return offline
    from podium.agents import fallback
    from podium.agents.language.critic import LanguageCritic
    from podium.agents.language.executor import LanguageExecutor
    from podium.agents.language.planner import LanguagePlanner
    from podium.agents.language.retriever import LanguageRetriever

    def notify(role: Role, error: ModelError) -> None:
        telemetry.fallback(role, error.code)

    members = offline
    if voice := voices.get("planner"):
        planner = fallback.FallbackPlanner(LanguagePlanner(voice), offline.planner, notify)
        members = replace(members, planner=planner)
    if voice := voices.get("retriever"):
        first = LanguageRetriever(voice, search)
        members = replace(members, retriever=fallback.FallbackRetriever(first, offline.retriever, notify))
    if voice := voices.get("executor"):
        executor = fallback.FallbackExecutor(LanguageExecutor(voice), offline.executor, notify)
        members = replace(members, executor=executor)
    if voice := voices.get("critic"):
        critic = fallback.FallbackCritic(LanguageCritic(voice), offline.critic, notify)
        members = replace(members, critic=critic)
    return members
