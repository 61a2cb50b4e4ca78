"""Who asks, what they may do, and which model answers them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import SecretStr, StringConstraints

from podium.app.model_keys import KeySource
from podium.core.model import Model
from podium.core.usage import Budget
from podium.server.errors import Problem
from podium.server.wire import Body
from podium.storage.api_keys import Scope

ProviderName = Annotated[str, StringConstraints(min_length=1, max_length=63)]
ModelName = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class May(Model):
    """What the caller may do, in plain words."""

    read: bool
    run: bool
    decide: bool
    """Whether they may decide what waits; a policy may ask for further roles."""
    administer: bool
    """Whether they may do all in their tenant."""
    run_project: bool
    """Whether they may also do what concerns all tenants: settings, evaluations, documents, the audit."""


class GraphShown(Model):
    """A graph that is served."""

    graph_id: str
    description: str
    own: bool
    """Whether it is the project's own, of Podium's nodes."""
    error: Problem | None
    """What is wrong with one that cannot be opened."""


class ProjectShown(Model):
    """The project that is served."""

    name: str
    description: str
    examples: list[str]
    """What one may say to its own graph."""
    graphs: list[GraphShown]


class RoleModel(Model):
    """Which model plays a role."""

    model: str
    """`offline` where none does."""
    provider: str
    draft: str | None
    fallback: str | None
    ready: bool
    """Whether nothing is known that keeps it from answering."""
    problem: str | None


class ProviderShown(Model):
    """A provider of chat models, and where its key comes from; the key itself is never told."""

    provider: str
    models: list[str]
    """Those that the project uses."""
    base_url: str | None
    """Null for its own address, and for those who do not run the project."""
    place: str
    """Where its key is looked for; empty for those who do not run the project."""
    source: KeySource
    settable: bool
    """Whether the caller may store a key here, and it would count."""
    how: str


class ModelsShown(Model):
    """Which models answer."""

    offline: bool
    """Whether no role has a model."""
    roles: dict[str, RoleModel]
    providers: list[ProviderShown]


class Me(Model):
    """Who asks."""

    principal: str
    tenant: str
    roles: list[str]
    scopes: list[Scope]
    may: May
    dev: bool
    """Whether the user of this machine may do all without a key."""
    version: str
    project: ProjectShown
    models: ModelsShown
    budget: Budget
    """What one turn may spend."""


class KeyEntry(Body):
    """A provider's key, and the model to use with it."""

    provider: ProviderName
    key: SecretStr
    model: ModelName | None = None
    """Also the model that answers from now on; only in dev, where `podium.toml` is the caller's own."""


class ModelChoice(Body):
    """The model that answers where no role says otherwise."""

    model: ModelName
    """`offline`, or `PROVIDER:NAME`."""


class SetUp(Model):
    """What came of setting up a key or a model."""

    provider: str
    source: KeySource
    """Where its key comes from now."""
    effective: Literal["now", "reload", "restart"]
    """`reload`: the server starts again by itself, within seconds; `restart`: at its next start."""
    message: str
