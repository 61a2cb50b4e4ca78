"""What the manifest says of sources beside the documents, and of MCP servers."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator, model_validator

from podium.core.effects import EffectClass
from podium.core.evidence import Trust
from podium.core.model import Model

EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
"""The name of an environment variable: what it holds never stands in a file."""


class _Source(Model):
    """What every source may say."""

    description: str = ""
    trust: Trust = "untrusted"
    access: str = "public"
    timeout: float = Field(default=5.0, gt=0, le=300)
    """Seconds for one attempt."""
    retries: int = Field(default=1, ge=0, le=5)
    """Further attempts after a passing failure."""
    rest: float = Field(default=15.0, ge=0)
    """Seconds for which a source that failed is not asked again."""
    cache_seconds: float = Field(default=300.0, ge=0)
    """How long an answer is used again; 0 for never."""
    cache_size: int = Field(default=256, ge=1, le=100_000)
    """How many answers are kept."""
    max_age_days: float | None = Field(default=None, gt=0)
    """What is dated longer ago is marked as stale; None for no limit."""
    cost: float = Field(default=0.0, ge=0)
    """Money for one fetch, in the currency of the budget."""


class SqlSourceSettings(_Source):
    """Rows of a database, which is only read."""

    kind: Literal["sql"]
    url: str | None = None
    """An SQLAlchemy URL; a relative SQLite path is within the project."""
    url_env: EnvironmentName | None = None
    """The environment variable that holds the URL, for one with a password."""
    query: str = Field(min_length=1)
    """A `SELECT` whose columns are `text` and, where there are any, `title`, `date`, `source` and `id`.

    It may use `:query` (the question), `:words` (its words as a JSON list), `:match` (the words as an FTS5
    expression) and `:k` (how many rows are wanted).
    """
    rows: int = Field(default=200, ge=1, le=10_000)
    """Rows that are read at most."""

    @field_validator("query")
    @classmethod
    def _reads(cls, query: str) -> str:
        if query.lstrip().partition(" ")[0].partition("\n")[0].upper() not in ("SELECT", "WITH"):
            raise ValueError("a source only reads: the query has to begin with SELECT or WITH")
        return query

    @model_validator(mode="after")
    def _one_place(self) -> SqlSourceSettings:
        if (self.url is None) == (self.url_env is None):
            raise ValueError("name the database by url, or by url_env")
        return self

    @field_validator("url")
    @classmethod
    def _no_password(cls, url: str | None) -> str | None:
        return without_password(url)


class HttpSourceSettings(_Source):
    """Items of a JSON document that a server gives for a question."""

    kind: Literal["http"]
    url: str
    param: str = "q"
    """The parameter that takes the question."""
    k_param: str | None = None
    """The parameter that takes how many items are wanted."""
    hosts: tuple[str, ...] = ()
    """Hosts (`name` or `name:port`) that a redirect may lead to; the URL's own is always among them."""
    private: bool = False
    """Whether these may be public names that lead inside a network."""
    headers: dict[str, str] = {}
    token_env: EnvironmentName | None = None
    """The environment variable that holds a bearer token."""
    max_bytes: int = Field(default=2_000_000, ge=1, le=100_000_000)
    """A longer response is cut off, and is an error."""
    items: str = "@"
    """JMESPath to the list of items in the response."""
    text: str = "text"
    """JMESPath from an item to its text, likewise for those that follow."""
    title: str = "title"
    date: str = "date"
    source: str = "url"

    @field_validator("url")
    @classmethod
    def _address(cls, url: str) -> str:
        return http_address(url)


class McpSourceSettings(_Source):
    """Resources of an MCP server."""

    kind: Literal["mcp"]
    server: str
    """Name of the server under `[tools.mcp]`."""
    resources: tuple[str, ...] = ()
    """URIs to read; all that the server lists when empty."""
    most: int = Field(default=50, ge=1, le=1_000)
    """Resources that are read at most."""


class PythonSourceSettings(_Source):
    """What a function of the project returns."""

    kind: Literal["python"]
    function: Annotated[str, StringConstraints(pattern=r"^[^:]+\.py:[A-Za-z_]\w*$")]
    """`path/to/file.py:function`, relative to the project; it takes the question and how many are wanted."""


SourceSettings = Annotated[
    SqlSourceSettings | HttpSourceSettings | McpSourceSettings | PythonSourceSettings,
    Field(discriminator="kind"),
]


class McpServerSettings(Model):
    """An MCP server: a program that Podium starts, or an address."""

    command: str | None = None
    """The program; it runs in the project's folder."""
    args: tuple[str, ...] = ()
    env: tuple[EnvironmentName, ...] = ()
    """Environment variables that the program may see, beside the usual ones such as `PATH`."""
    url: str | None = None
    """Address of a server that speaks streamable HTTP."""
    private: bool = False
    """Whether `url` may be a public name that leads inside a network."""
    token_env: EnvironmentName | None = None
    """The environment variable that holds a bearer token for the address."""
    tools: tuple[str, ...] | None = None
    """The server's tools that agents may plan with; all when left out."""
    effects: dict[str, EffectClass] = {}
    """How far each tool reaches, by its name on the server; `irreversible` where nothing is said."""
    start_timeout: float = Field(default=15.0, gt=0, le=300)
    """Seconds until the server has to be ready."""
    timeout: float = Field(default=30.0, gt=0)
    """Seconds for one call."""

    @model_validator(mode="after")
    def _one_way(self) -> McpServerSettings:
        if (self.command is None) == (self.url is None):
            raise ValueError("name the server by command, or by url")
        return self

    @field_validator("url")
    @classmethod
    def _address(cls, url: str | None) -> str | None:
        return None if url is None else http_address(url)


def http_address(url: str) -> str:
    """The URL, if it is one of HTTP and holds no password.

    Raises:
        ValueError: It is not.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("it has to be an address like https://host/path")
    without_password(url)
    return url


def without_password(url: str | None) -> str | None:
    """The URL, if it holds no password.

    Raises:
        ValueError: It holds one.
    """
    if url is not None and urlsplit(url).password:
        raise ValueError("a password does not belong into this file: put it into an environment variable")
    return url
