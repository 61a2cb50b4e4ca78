"""A restore that was begun, and is finished or taken back by whoever opens the project next.

The database is replaced in one transaction, and with it comes a mark. What lies beside it, the world and the
knowledge base, waits in a folder until then, and is put in place after it. So a process that is killed leaves
either no mark, and what waits is thrown away, or the mark, and what waits is put in place.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from podium.app.encryption import RESTORING
from podium.core.audit import AuditEntry
from podium.core.errors import ConfigError, Conflict
from podium.storage.audit_rows import append
from podium.storage.copying import alone
from podium.storage.files import sync_folder

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.storage.database import Database

_PARTS: Final = ("knowledge", "audit", "uploads")
_MARKED: Final = "SELECT 1 FROM sqlite_master WHERE name='restore_mark'"
_PATIENCE_S: Final = 5.0
_PAUSE_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class RestoreMark:
    """What is noted in the database of a backup, so that it is told when it is in place.

    Attributes:
        at: When it was restored.
        who: Who asked for it.
        made_at: When the backup was made.
        of: The last record of its audit chain.
    """

    at: str
    who: str
    made_at: str
    of: int

    def entry(self) -> AuditEntry:
        """What goes on record."""
        return AuditEntry("restored", self.at, self.who, {"made_at": self.made_at, "of": self.of})


def mark(database: Path, noted: RestoreMark) -> None:
    """Note in an unpacked database that what lies beside it belongs to it."""
    said = {"at": noted.at, "who": noted.who, "made_at": noted.made_at, "of": noted.of}
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("CREATE TABLE restore_mark (said TEXT NOT NULL)")
        connection.execute("INSERT INTO restore_mark VALUES (?)", (json.dumps(said),))


def settle(project: Project) -> None:
    """Put in place what a restore that was broken off has left, or take the restore back.

    Raises:
        Conflict: Somebody is restoring right now.
        ConfigError: The world cannot be put in place.
    """
    deadline = time.monotonic() + _PATIENCE_S
    while (project.data / RESTORING).is_dir():
        try:
            with alone(project.database) as connection:
                put_in_place(project, connection)
        except Conflict:
            if time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE_S)
        else:
            return


def put_in_place(project: Project, connection: sqlite3.Connection) -> None:
    """Put what waits in place if the database has come, and else throw it away; may be done again.

    Args:
        project: The project.
        connection: The only one to its database.

    Raises:
        ConfigError: The world cannot be put in place.
    """
    waiting = project.data / RESTORING
    if connection.execute(_MARKED).fetchone() is None:
        shutil.rmtree(waiting, ignore_errors=True)
        return
    for name in _PARTS:
        if (waiting / name).exists():
            shutil.rmtree(project.data / name, ignore_errors=True)
            (waiting / name).rename(project.data / name)
    if (waiting / "world").exists():
        _put_world(project, waiting / "world")
    sync_folder(project.data)


def let_go(project: Project, connection: sqlite3.Connection) -> None:
    """Finish a restore that was broken off, or take it back, before another one replaces what it left.

    Args:
        project: The project.
        connection: The only one to its database.

    Raises:
        ConfigError: The world cannot be put in place.
    """
    if (project.data / RESTORING).is_dir():
        put_in_place(project, connection)
        connection.execute("DROP TABLE IF EXISTS restore_mark")
        shutil.rmtree(project.data / RESTORING, ignore_errors=True)


def put_on_record(project: Project, database: Database) -> None:
    """Note that what was restored is in place, once, and let go of what is left of it.

    Args:
        project: The project.
        database: Its open database.
    """

    def work(connection: sqlite3.Connection) -> None:
        if connection.execute(_MARKED).fetchone() is None:
            return
        (said,) = connection.execute("SELECT said FROM restore_mark").fetchone()
        append(connection, [RestoreMark(**json.loads(said)).entry()])
        connection.execute("DROP TABLE restore_mark")

    database.write(work, durable=True)
    shutil.rmtree(project.data / RESTORING, ignore_errors=True)


def _put_world(project: Project, source: Path) -> None:
    from podium.tools.loader import load_world

    file = project.manifest.tools.world
    if file is None:
        raise ConfigError(
            f"a restore was broken off: its world is in {source}, and podium.toml names none",
            hint="Name the file that opens it: world under [tools].",
        )
    world = load_world(project.path(file))
    world.destroy_world(project.world)
    world.copy_world(source, project.world)
