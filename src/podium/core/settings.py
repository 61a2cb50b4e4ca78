"""The manifest of a project, `podium.toml`: what it may say and how it is read."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from podium.core.errors import ConfigError, ProjectNotFound
from podium.core.evidence import Trust
from podium.core.explaining import first_problem
from podium.core.location import toml_fault, toml_line
from podium.core.model import Model
from podium.core.usage import Budget

MANIFEST = "podium.toml"

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,62}$")]


class ProjectSettings(Model):
    """Who the project is."""

    name: Name
    description: str = ""


class ProviderSettings(Model):
    """How to reach a provider of chat models."""

    base_url: str | None = None
    api_key_env: str = "OPENAI_API_KEY"
    """Name of the environment variable that holds the key; the key itself never stands in a file."""
    timeout: float = Field(default=60.0, gt=0)
    """Seconds for one call."""
    max_retries: int = Field(default=2, ge=0, le=10)


class ModelSettings(Model):
    """Which chat model plays which role: `offline`, `openai:NAME`, or `package.module:attribute`."""

    default: str = "offline"
    planner: str | None = None
    retriever: str | None = None
    executor: str | None = None
    critic: str | None = None
    window: int = Field(default=16_000, ge=1_000)
    """Tokens that one call may hold."""
    providers: dict[str, ProviderSettings] = {}

    def for_role(self, role: str) -> str:
        """The model of a role; the default where the manifest names none."""
        chosen: str | None = getattr(self, role, None)
        return chosen or self.default


class CollectionSettings(Model):
    """A body of documents."""

    paths: tuple[str, ...] = ()
    """Files and folders, relative to the project; none where documents are named at ingest."""
    trust: Trust = "internal"
    access: str = "public"
    description: str = ""


class KnowledgeSettings(Model):
    """The knowledge base."""

    collections: dict[Name, CollectionSettings] = {}
    embedding_model: str = "bundled"
    """`bundled` (all-MiniLM-L6-v2, installed with Podium), or a sentence-transformers name or path."""


class PolicySettings(Model):
    """Policy as code."""

    files: tuple[str, ...] = ()


class ToolSettings(Model):
    """Where the tools are."""

    paths: tuple[str, ...] = ("tools",)
    """Python files, or folders whose Python files are loaded, relative to the project."""
    world: str | None = None
    """A Python file with `open_world`, `copy_world` and `destroy_world`; None when tools need none."""
    world_name: Name = "world"
    """The name under which tools reach the opened world: `context.handle(NAME)`."""
    timeout: float = Field(default=30.0, gt=0)
    """Seconds for one call of a tool that declares no limit of its own."""


class AgentSettings(Model):
    """Where the agents are."""

    path: str = "agents"


class StorageSettings(Model):
    """Where the project keeps its data."""

    path: str = ".podium"


class ServerSettings(Model):
    """Where the server listens."""

    host: str = "127.0.0.1"
    port: int = Field(default=8600, ge=1, le=65535)


class Manifest(Model):
    """All of `podium.toml`."""

    project: ProjectSettings
    graphs: dict[Name, str] = {}
    """Graph files by name, `path/to/file.py:factory`; the first one is the default."""
    models: ModelSettings = ModelSettings()
    agents: AgentSettings = AgentSettings()
    tools: ToolSettings = ToolSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    policy: PolicySettings = PolicySettings()
    budget: Budget = Budget()
    storage: StorageSettings = StorageSettings()
    server: ServerSettings = ServerSettings()


def load_manifest(folder: Path) -> Manifest:
    """Read the manifest of a project.

    Args:
        folder: The project's folder.

    Raises:
        ProjectNotFound: The folder holds no manifest.
        ConfigError: The manifest is broken; the message names file, line and what was expected.
    """
    path = folder / MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        raise ProjectNotFound(
            f"no {MANIFEST} in {folder}",
            hint="Go to a project's folder, name one with --project, or start one with 'podium new DIR'.",
        ) from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text", hint="Save it as UTF-8.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"{path} cannot be read: {reason}", hint="Check its permissions.") from None
    return parse_manifest(text, path)


def parse_manifest(text: str, path: Path) -> Manifest:
    """The manifest in the text.

    Args:
        text: TOML.
        path: Where the text comes from, for messages.

    Raises:
        ConfigError: The text is no TOML or breaks the schema.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, reason = toml_fault(str(error), text)
        raise ConfigError(f"{path}:{line}: not valid TOML: {reason}", hint="Mend this line.") from None
    try:
        return Manifest.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        setting = ".".join(str(part) for part in first["loc"])
        line = toml_line(text, first["loc"])
        message, hint = first_problem(error, Manifest, "Mend this setting.")
        raise ConfigError(f"{path}:{line}: {setting}: {message}", hint=hint) from None
