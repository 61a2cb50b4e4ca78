"""The manifest of a project, `podium.toml`: what it may say and how it is read."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from podium.core.access_settings import JwtSettings, Origin, RateSettings
from podium.core.errors import ConfigError, ProjectNotFound
from podium.core.evidence import Trust
from podium.core.explaining import first_problem, written_path
from podium.core.location import toml_fault, toml_line
from podium.core.model import Model
from podium.core.notification_settings import ChannelSettings
from podium.core.operations_settings import (
    AlertSettings,
    ObjectiveSettings,
    RetentionSettings,
    TelemetrySettings,
)
from podium.core.source_settings import EnvironmentName, McpServerSettings, SourceSettings
from podium.core.trigger_settings import TriggerName, TriggerSettings
from podium.core.usage import Budget

MANIFEST = "podium.toml"
LANGGRAPH_JSON = "langgraph.json"

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,62}$")]

Example = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class ProjectSettings(Model):
    """Who the project is."""

    name: Name
    description: str = ""
    examples: tuple[Example, ...] = Field(default=(), max_length=6)
    """What one may say to it, offered where a conversation begins."""


class ProviderSettings(Model):
    """How to reach a provider of chat models; the key itself never stands in the manifest."""

    base_url: str | None = None
    api_key_env: str = "OPENAI_API_KEY"
    """Name of the environment variable that holds the key."""
    api_key_file: str | None = None
    """A file that holds nothing but the key, relative to the project; goes before the environment."""
    api_key_command: tuple[str, ...] = ()
    """A program and its arguments that prints the key, run without a shell; goes before the environment."""
    api_key_timeout: float = Field(default=10.0, gt=0)
    """Seconds for that program."""
    private: bool = False
    """Whether `base_url` may be a public name that leads inside a network."""
    timeout: float = Field(default=60.0, gt=0)
    """Seconds for one call."""
    max_retries: int = Field(default=2, ge=0, le=10)

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.api_key_file is not None and self.api_key_command:
            raise ValueError("name api_key_file or api_key_command, not both")
        return self


class PriceSettings(Model):
    """What a model costs for a million tokens, in the currency of `budget.cost`."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class BreakerSettings(Model):
    """How long a model that fails may hold up a turn."""

    failures: int = Field(default=5, ge=1)
    """Failures in a row after which the model is left alone."""
    seconds: float = Field(default=30.0, gt=0)
    """How long it is left alone before it is tried again."""
    max_delay: float = Field(default=20.0, ge=0)
    """Seconds that waits and retries may add to one call after its first failure."""


class CacheSettings(Model):
    """Replies of models that are kept by model, prompt and messages; of what was asked, only a hash is."""

    use: Literal["off", "when_down", "always"] = "when_down"
    """`when_down`: only where model and fallback fail, and the reply says so; `always`: for reruns too."""
    entries: int = Field(default=2_000, ge=1)
    """How many replies are kept; the oldest go first."""
    days: float = Field(default=7.0, gt=0)
    """How long a reply may be used."""


class RoleSettings(Model):
    """The models of one role; a bare string names the model. What is not named is as for all roles."""

    model: str | None = None
    draft: str | None = None
    fallback: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, value: object) -> object:
        return {"model": value} if isinstance(value, str) else value


class ModelSettings(Model):
    """Which chat model plays which role: `offline`, `openai:NAME`, or `package.module:attribute`."""

    default: str = "offline"
    draft: str | None = None
    """A cheaper model that answers first; the role's model takes over where that is not good enough."""
    fallback: str | None = None
    """The model that is asked when the role's model fails; after it come kept replies, then no model."""
    planner: RoleSettings = RoleSettings()
    retriever: RoleSettings = RoleSettings()
    executor: RoleSettings = RoleSettings()
    critic: RoleSettings = RoleSettings()
    window: int = Field(default=16_000, ge=1_000)
    """Tokens that one call may hold."""
    providers: dict[str, ProviderSettings] = {}
    prices: dict[str, PriceSettings] = {}
    """Prices by the full name of a model, such as `openai:NAME`."""
    breaker: BreakerSettings = BreakerSettings()
    cache: CacheSettings = CacheSettings()

    def for_role(self, role: str) -> str:
        """The model of a role; the default where the manifest names none."""
        return self._of(role).model or self.default

    def draft_for(self, role: str) -> str | None:
        """The model that drafts for a role; None where none does."""
        return self._of(role).draft or self.draft

    def fallback_for(self, role: str) -> str | None:
        """The model that stands in for a role's; None where none does."""
        return self._of(role).fallback or self.fallback

    def _of(self, role: str) -> RoleSettings:
        found = getattr(self, role, None)
        return found if isinstance(found, RoleSettings) else RoleSettings()


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
    sources: dict[Name, SourceSettings] = {}
    """What is asked beside the documents, by name."""
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
    mcp: dict[Name, McpServerSettings] = {}
    """MCP servers whose tools the agents may plan with, by name."""


class AgentSettings(Model):
    """Where the agents are."""

    path: str = "agents"


KeyPlace = Annotated[str, StringConstraints(pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|command:.+)$")]
"""Where a key is: `env:NAME`, `file:PATH`, or `command:PROGRAM ARGUMENT…`, which prints it."""


class StorageSettings(Model):
    """Where the project keeps its data."""

    path: str = ".podium"
    encryption_key: KeyPlace | None = None
    """Where the key is that encrypts the database; it never stands in the manifest. None leaves it plain."""
    former_keys: tuple[KeyPlace, ...] = ()
    """Where earlier keys are, as long as something is encrypted with them."""

    @model_validator(mode="after")
    def _key_in_force(self) -> Self:
        if self.former_keys and self.encryption_key is None:
            raise ValueError("former_keys needs encryption_key beside it")
        return self


class AuditSettings(Model):
    """Who vouches for the audit chain."""

    signing_key_file: str | None = None
    """A file that holds nothing but an Ed25519 private key, relative to the project."""
    signing_key_env: EnvironmentName | None = None
    """The environment variable with that key, where no file is named."""
    public_keys: tuple[str, ...] = ()
    """Further keys that signatures are trusted of, in hexadecimal: former ones, and the present one where the
    private key is not at hand."""
    heads_file: str | None = None
    """Signed heads are appended to this file too, best on another machine's disk."""
    sign_seconds: float = Field(default=60.0, ge=0)
    """A running app signs the head at most this often, and when it ends."""


class CallbackSettings(Model):
    """Where the server may tell of runs that ended, as their `webhook` asks; nowhere unless named here.

    In dev, addresses of this machine itself are allowed too.
    """

    hosts: tuple[str, ...] = ()
    """Hosts (`name`, or `*.name` for all below it, `*` for any) and networks (`10.1.0.0/16`). Addresses that
    are not public are refused unless a network named here holds them, whatever a name resolves to."""
    secret_env: EnvironmentName | None = None
    """The environment variable with the secret that signs; without a secret nothing is signed."""
    timeout: float = Field(default=10.0, gt=0, le=120)
    """Seconds for one attempt."""
    attempts: int = Field(default=10, ge=1, le=100)
    """Attempts in all, before a callback is kept as failed."""
    first_wait: float = Field(default=5.0, gt=0, le=86_400)
    """Seconds before the second attempt; each further wait is twice as long."""
    longest_wait: float = Field(default=3_600.0, gt=0, le=86_400)
    """Seconds between two attempts at most, unless the other side asks for more."""


class StoreSettings(Model):
    """How the store works that graphs and clients remember in across threads."""

    embedder: str | None = None
    """`bundled` or a sentence-transformers model, so that a search compares meanings; None compares words."""
    fields: tuple[str, ...] = Field(default=("$",), min_length=1)
    """The paths of a value that are searched where an item names none; `$` is all of it."""
    default_ttl: float | None = Field(default=None, gt=0)
    """Minutes for which an item is kept that says nothing else; for ever when None."""
    refresh_on_read: bool = True
    """Whether reading an item makes that time begin anew."""


class ServerSettings(Model):
    """Where the server listens, and how much it takes on."""

    host: str = "127.0.0.1"
    port: int = Field(default=8600, ge=1, le=65535)
    max_running: int = Field(default=256, ge=1)
    """Runs at a time."""
    max_waiting: int = Field(default=10_000, ge=1)
    """Runs that may wait for their turn; a further one is refused with 429."""
    max_body_bytes: int = Field(default=16_000_000, ge=1_000)
    """The largest request."""
    body_seconds: float = Field(default=30.0, gt=0)
    """How long a request's body may take to arrive."""
    allow_origins: tuple[str, ...] = ()
    """Other origins whose pages may use the server, such as `http://localhost:3000`."""
    allow_hosts: tuple[str, ...] = ()
    """Names beside localhost by which a server in dev may be called."""
    ui_connect: tuple[Origin, ...] = ()
    """Other servers that the UI may talk to, such as `https://agents.example`, which have to allow that."""
    drain_seconds: float = Field(default=10.0, ge=0)
    """How long runs may go on after the server was told to stop; the next start resumes the others."""
    tls_cert: str | None = None
    """A file with the server's certificate and those above it, in PEM, relative to the project."""
    tls_key: str | None = None
    """A file with the certificate's private key."""
    jwt: JwtSettings | None = None
    """Whose tokens are taken beside the server's own keys."""
    rate: RateSettings = RateSettings()
    callbacks: CallbackSettings = CallbackSettings()
    store: StoreSettings = StoreSettings()


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
    audit: AuditSettings = AuditSettings()
    notifications: dict[Name, ChannelSettings] = {}
    """The channels over which people are told, by name; nobody is told where none is named."""
    server: ServerSettings = ServerSettings()
    objectives: ObjectiveSettings = ObjectiveSettings()
    alerts: AlertSettings = AlertSettings()
    retention: RetentionSettings = RetentionSettings()
    telemetry: TelemetrySettings = TelemetrySettings()
    triggers: dict[TriggerName, TriggerSettings] = {}
    """What begins by itself, by name."""


def load_manifest(folder: Path) -> Manifest:
    """Read the manifest of a project.

    Args:
        folder: The project's folder.

    Raises:
        ProjectNotFound: The folder holds neither a manifest nor a `langgraph.json`.
        ConfigError: The manifest is broken; the message names file, line and what was expected.
    """
    path = folder / MANIFEST
    if not path.exists() and (folder / LANGGRAPH_JSON).is_file():
        return implicit_manifest(folder)
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


def implicit_manifest(folder: Path) -> Manifest:
    """The manifest of a folder that has none but a `langgraph.json`: its graphs, and nothing of Podium's.

    Args:
        folder: The folder, which gives the project its name.
    """
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.absolute().name).strip("-")[:54]
    named = name if re.match("[A-Za-z]", name) else f"project-{name}".rstrip("-")
    # What lies in folders that are called as Podium's are is not meant for it.
    agents = AgentSettings.model_construct(_fields_set=set(), path=f"{StorageSettings().path}/agents")
    return Manifest(
        project=ProjectSettings(name=named),
        agents=agents,
        tools=ToolSettings(paths=()),
    )


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
        place = written_path(data, first["loc"])
        setting = ".".join(str(part) for part in place)
        line = toml_line(text, place)
        message, hint = first_problem(error, Manifest, "Mend this setting.")
        raise ConfigError(f"{path}:{line}: {setting}: {message}", hint=hint) from None
