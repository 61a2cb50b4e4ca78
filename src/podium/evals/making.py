"""From what a suite says to what runs it: its target and its scorers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, assert_never

from podium.core.errors import ConfigError, PodiumError
from podium.core.yaml_file import read_yaml
from podium.evals.loading import LoadedSuite
from podium.evals.places import load_place
from podium.evals.runner import NamedScorer
from podium.evals.scorers.base import ScorerContext
from podium.evals.scorers.registry import resolve
from podium.evals.suite import AssistantSpec, FunctionSpec, GraphSpec, ProjectSpec

if TYPE_CHECKING:
    from podium.app.ingests import Progress
    from podium.app.project import Project
    from podium.evals.targets.target import Target
    from podium.evals.traffic.trial import Traffic
    from podium.models.resolver import ResolvedModel


def make_target(
    loaded: LoadedSuite,
    *,
    model: str | None = None,
    progress: Progress | None = None,
    traffic: Traffic | None = None,
) -> Target:
    """The suite's target; it is opened later.

    Args:
        loaded: The suite.
        model: Replaces the model of a project.
        progress: Told of the documents that a project has to read first.
        traffic: Records or answers what a project says to models, sources and tools.

    Raises:
        ConfigError: It cannot be found, or a model or traffic was named for what has none.
    """
    spec = loaded.suite.target
    if traffic is not None and not isinstance(spec, ProjectSpec):
        raise ConfigError(
            "--record and --replay are for projects, and this suite evaluates something else",
            hint="Leave them out.",
        )
    if model is not None and not isinstance(spec, ProjectSpec):
        raise ConfigError(
            "--model replaces the model of a project, and this suite evaluates something else",
            hint="Leave --model out.",
        )
    match spec:
        case ProjectSpec():
            from podium.evals.targets.project import ProjectTarget

            return ProjectTarget(
                project_of_suite(loaded),
                model=model or spec.model,
                world=spec.world,
                progress=progress,
                traffic=traffic,
            )
        case FunctionSpec():
            from podium.evals.targets.function import FunctionTarget

            found = load_place(spec.function, loaded.folder)
            if not callable(found):
                raise ConfigError(f"{spec.function} is no function", hint="Name one that takes an input.")
            return FunctionTarget(found, spec.function)
        case GraphSpec():
            from podium.evals.targets.graph import GraphTarget

            return GraphTarget(load_place(spec.graph, loaded.folder), spec)
        case AssistantSpec():
            from podium.evals.targets.assistant import AssistantTarget

            return AssistantTarget(spec)
        case _:
            assert_never(spec)


def project_of_suite(loaded: LoadedSuite) -> Project:
    """The project that a suite evaluates.

    Raises:
        ProjectNotFound: There is none.
    """
    from podium.app.project import Project, project_of

    spec = loaded.suite.target
    if isinstance(spec, ProjectSpec) and spec.project != ".":
        return Project.open(loaded.folder / spec.project)
    return Project.open(project_of(loaded.file))


def make_scorers(loaded: LoadedSuite) -> tuple[NamedScorer, ...]:
    """The suite's scorers.

    Raises:
        ConfigError: One is unknown or has a wrong option; the message names file and line.
    """
    context = ScorerContext(loaded.folder, _models(loaded))
    found: dict[str, NamedScorer] = {}
    for number, use in enumerate(loaded.suite.uses):
        name = use.name or use.use.rpartition(":")[2]
        try:
            scorer = resolve(use.use, use.options, context)
        except PodiumError as error:
            place = place_of(loaded, ("scorers", number))
            raise type(error)(f"{place}: {error.message}", hint=error.hint) from None
        if name in found:
            raise ConfigError(
                f"{place_of(loaded, ('scorers', number))}: two scorers are called {name!r}",
                hint="Give one of them another name: {use: …, name: …}.",
            )
        found[name] = NamedScorer(name, scorer, frozenset(use.tags))
    return tuple(found.values())


def place_of(loaded: LoadedSuite, setting: tuple[str | int, ...]) -> str:
    """File and line of a setting of a suite."""
    if loaded.file.suffix == ".py":
        return str(loaded.file)
    return read_yaml(loaded.file, "suite").place(setting)


def _models(loaded: LoadedSuite) -> Callable[[str], ResolvedModel]:
    def model(name: str) -> ResolvedModel:
        from podium.app.model_keys import environment
        from podium.core.settings import ModelSettings
        from podium.models.resolver import SettingsResolver

        resolver = SettingsResolver(ModelSettings(), folder=loaded.folder)
        with suppress(ConfigError):
            project = project_of_suite(loaded)
            known = environment(project.data)
            resolver = SettingsResolver(project.manifest.models, known, project.folder)
        found = resolver.resolve(name)
        if found is None:
            raise ConfigError(f"{name} is no chat model that can judge", hint="Name another one.")
        return found

    return model
