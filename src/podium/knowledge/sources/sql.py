"""Rows of a database as a source; the database is only read."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from podium.core.errors import SourceError, SourceUnavailable
from podium.core.evidence import Evidence
from podium.knowledge.lexical import STOPWORDS
from podium.knowledge.sources.items import evidence_of
from podium.knowledge.sources.threads import in_thread
from podium.models.secrets import one_line

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine

_STEPS = 10_000
"""SQLite instructions between two looks at the clock."""

_READ_ONLY = {
    "postgresql": "SET TRANSACTION READ ONLY",
    "mysql": "SET TRANSACTION READ ONLY",
    "mariadb": "SET TRANSACTION READ ONLY",
}


class SqlSource:
    """Runs one query of the project for each question.

    The query's parameters are the only way from the question into the statement. SQLite files are opened
    for reading, other databases in a read-only transaction where they know one; nothing is committed.

    Args:
        name: The source's name.
        url: An SQLAlchemy URL.
        query: A `SELECT`; see `SqlSourceSettings`.
        base: Folder that a relative SQLite path is meant from.
        rows: Rows that are read at most.
        timeout: Seconds after which SQLite stops by itself.
    """

    def __init__(
        self, name: str, url: str, query: str, *, base: Path, rows: int = 200, timeout: float = 5.0
    ) -> None:
        self.name = name
        self._url = url
        self._query = query
        self._base = base
        self._rows = rows
        self._timeout = timeout
        self._lock = Lock()
        self._engine: Engine | None = None

    async def fetch(self, query: str, k: int) -> Sequence[Evidence]:
        """The rows that the query selects.

        Raises:
            SourceUnavailable: The database cannot be reached.
            SourceError: The query is wrong, or a row has no text.
        """
        return evidence_of(self.name, await in_thread(lambda: self._select(parameters_of(query, k))))

    def close(self) -> None:
        """Let go of the connections."""
        with self._lock:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    def _select(self, parameters: dict[str, Any]) -> list[dict[str, Any]]:
        from sqlalchemy import text
        from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

        try:
            statement = text(self._query)
            used = {name: parameters[name] for name in statement._bindparams if name in parameters}
            with self._opened().connect() as connection:
                self._prepare(connection)
                rows = connection.execute(statement, used).mappings().fetchmany(self._rows)
                connection.rollback()
                return [{str(key).lower(): value for key, value in row.items()} for row in rows]
        except OperationalError as error:
            raise SourceUnavailable(f"{self.name}: {self._said(error)}") from None
        except SQLAlchemyError as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            raise SourceError(
                f"{self.name}: {self._said(cause or error)}", hint="Check the source's url and query."
            ) from None
        except ImportError as error:
            raise SourceError(f"{self.name}: {error}", hint="Install the database's driver.") from None

    def _prepare(self, connection: Connection) -> None:
        from sqlalchemy import text

        if connection.dialect.name == "sqlite":
            deadline = time.monotonic() + self._timeout
            raw: Any = connection.connection.driver_connection
            raw.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS)
        elif statement := _READ_ONLY.get(connection.dialect.name):
            connection.execute(text(statement))

    def _opened(self) -> Engine:
        from sqlalchemy import create_engine, make_url

        with self._lock:
            if self._engine is None:
                self._engine = create_engine(self._address(make_url(self._url)), pool_pre_ping=True)
            return self._engine

    def _address(self, url: URL) -> URL:
        """The URL; an SQLite file is opened for reading only, and never made."""
        if url.get_backend_name() != "sqlite" or not url.database or url.database == ":memory:":
            return url
        file = (self._base / url.database).resolve()
        if not file.is_file():
            raise SourceUnavailable(f"{self.name}: there is no database {file}")
        address = f"{file.as_uri()}?mode=ro"
        return url.set(database=address, query={**url.query, "uri": "true"})

    def _said(self, error: BaseException) -> str:
        from sqlalchemy import make_url

        cause = getattr(error, "orig", None) or error
        try:
            password = make_url(self._url).password
        except Exception:  # noqa: BLE001 - an address that cannot be read holds no password to hide
            return "its address cannot be read"
        return one_line(str(cause), [str(password)] if password else [])


def parameters_of(query: str, k: int) -> dict[str, Any]:
    """What a query may use.

    Args:
        query: The question.
        k: How many rows are wanted.
    """
    words = list(dict.fromkeys(_words(query)))
    return {
        "query": query,
        "k": k,
        "words": json.dumps(words, ensure_ascii=False),
        "match": " OR ".join(f'"{word}"' for word in words) or '""',
    }


def _words(query: str) -> list[str]:
    cleaned = "".join(sign if sign.isalnum() or sign in "-_" else " " for sign in query.casefold())
    return [word for word in cleaned.split() if word not in STOPWORDS]
