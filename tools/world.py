"""The project's world: the shop's database, opened, copied, read and destroyed by the names in podium.toml.

The first `open_world` fills the database in one transaction: two processes that start together agree on one
world, and a process that is killed while it fills leaves an empty file that the next one fills.
"""

from __future__ import annotations

import importlib.util
import sqlite3
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from podium.core.errors import NewerSchema, NotADatabase

if TYPE_CHECKING:
    from tools.shop import Shop

SEED = 20260630
SCHEMA_VERSION = 1
BUSY_SECONDS = 20


def open_world(path: Path) -> object:
    """The shop in the folder (or the `.db` file) `path`, created from the seed when it is not there yet.

    Raises:
        NotADatabase: The file is something else.
        NewerSchema: The file was made by other tools than these.
    """
    file = _file(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)) as db:
            if _version(db) == 0:
                _create(db)
            found = _version(db)
    except sqlite3.DatabaseError as error:
        if getattr(error, "sqlite_errorname", "") != "SQLITE_NOTADB":
            raise
        raise NotADatabase(f"{file} is not a SQLite database", hint="Move the file away.") from error
    if found != SCHEMA_VERSION:
        raise NewerSchema(
            f"{file} holds a shop of schema {found}, and these tools know {SCHEMA_VERSION}",
            hint="Use the tools that made it, or move the file away.",
        )
    shop: object = _sibling("shop").Shop(file)
    return shop


def copy_world(src: Path, dst: Path) -> None:
    """Copy the world at `src`, also while others use it, to `dst`."""
    destroy_world(dst)
    target_file = _file(dst)
    target_file.parent.mkdir(parents=True, exist_ok=True)
    with (
        closing(sqlite3.connect(_file(src), timeout=BUSY_SECONDS)) as source,
        closing(sqlite3.connect(target_file)) as target,
    ):
        source.backup(target)


def destroy_world(path: Path) -> None:
    """Delete the world at `path`; the next `open_world` there starts from the seed again."""
    file = _file(path)
    for name in (file.name, f"{file.name}-journal"):
        file.with_name(name).unlink(missing_ok=True)


def read_world(shop: object) -> dict[str, dict[str, dict[str, object]]]:
    """The shop's business by table and key, so that evaluations can tell what a conversation changed in it.

    Args:
        shop: What `open_world` gave.
    """
    return cast("Shop", shop).read()


def _file(path: Path) -> Path:
    return path if path.suffix == ".db" else path / "shop.db"


def _version(db: sqlite3.Connection) -> int:
    (version,) = db.execute("PRAGMA user_version").fetchone()
    return int(version)


def _create(db: sqlite3.Connection) -> None:
    db.execute("BEGIN IMMEDIATE")
    # Another process may have filled it while this one waited for the lock.
    if _version(db) == 0:
        _sibling("seeding").fill(db, SEED)
        db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    db.execute("COMMIT")


def _sibling(name: str) -> ModuleType:
    """A file beside this one; project files are loaded by path, never as a package."""
    spec = importlib.util.spec_from_file_location(
        f"_support_desk_{name}", Path(__file__).with_name(f"{name}.py")
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"{name}.py is missing beside {__file__}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
