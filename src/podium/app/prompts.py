"""The prompts of a project: what is in force, what was, and what changed in between."""

from __future__ import annotations

import difflib
from pathlib import Path

from podium.agents.contracts import ROLES, Role
from podium.agents.prompt_store import PromptStore
from podium.agents.prompts import Prompt, PromptRegistry, builtin_prompt
from podium.app.encryption import open_database
from podium.app.project import Project
from podium.core.errors import NotFound, UnknownName
from podium.core.model import Model
from podium.storage.runs import RunRecords

BUILTIN = "built-in"


class PromptView(Model):
    """One prompt.

    Attributes:
        role: Whose.
        version: As its author counts.
        hash: SHA-256 of the file.
        model: The model that the prompt asks for; empty where the manifest decides.
        description: One line for people.
        source: The file in the project, `built-in`, or `kept` for one that was in force before.
        in_force: Whether a run would use it now.
    """

    role: Role
    version: str
    hash: str
    model: str = ""
    description: str = ""
    source: str
    in_force: bool = True


class PromptChange(Model):
    """How the prompt of a role differs from an earlier one.

    Attributes:
        role: Whose.
        before: The earlier one.
        after: The one in force.
        changed: Whether they differ.
        diff: The lines that differ, as a unified diff; empty when none do.
    """

    role: Role
    before: PromptView
    after: PromptView
    changed: bool
    diff: str = ""


class ProjectPrompts:
    """Reads the prompts of a project; nothing else of it is opened.

    Args:
        project: The project.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._store = PromptStore(store_folder(project))

    def current(self) -> tuple[PromptView, ...]:
        """The prompts in force, one a role.

        Raises:
            ConfigError: A prompt is broken.
        """
        registry = self._registry()
        return tuple(self._view(registry.get(role)) for role in ROLES)

    def earlier(self) -> tuple[PromptView, ...]:
        """The prompts that runs have used and that are no longer in force, by role, oldest first."""
        registry = self._registry()
        return tuple(
            _earlier(prompt)
            for role in ROLES
            for prompt in self._store.list(role)
            if prompt.hash != registry.get(role).hash
        )

    def text(self, role: str, version: str | None = None) -> tuple[PromptView, str]:
        """A prompt and its whole file.

        Args:
            role: Whose.
            version: The start of its hash, or `built-in`; the one in force when None.

        Raises:
            UnknownName: There is no such role.
            NotFound: No run has used it.
        """
        known = role_named(role)
        prompt = self._registry().get(known)
        if version is None or prompt.hash.startswith(version or "-"):
            return self._view(prompt), prompt.file
        view, found = self._before(known, version)
        return view, found.file

    def changes(
        self, role: str | None = None, *, version: str | None = None, run: str | None = None
    ) -> tuple[PromptChange, ...]:
        """What has changed since.

        Args:
            role: Whose prompt; all when None.
            version: The start of the hash of the earlier one, or `built-in`, which is the default.
            run: A run: its prompts are the earlier ones.

        Raises:
            UnknownName: There is no such role.
            NotFound: There is no such prompt or run.
        """
        roles = ROLES if role is None else (role_named(role),)
        wanted = self._recorded(run) if run is not None else {}
        registry = self._registry()
        found = []
        for item in roles:
            after = registry.get(item)
            hashed = wanted.get(item, version or BUILTIN)
            same = hashed != BUILTIN and after.hash.startswith(hashed)
            view, before = (self._view(after), after) if same else self._before(item, hashed)
            found.append(_change(view, before, self._view(after), after))
        return tuple(found)

    def _before(self, role: Role, version: str) -> tuple[PromptView, Prompt]:
        builtin = builtin_prompt(role)
        if version == BUILTIN or (version and builtin.hash.startswith(version)):
            return _builtin(builtin, in_force=builtin.hash == self._registry().get(role).hash), builtin
        prompt = self._store.find(role, version)
        return _earlier(prompt), prompt

    def _recorded(self, run: str) -> dict[str, str]:
        """The hashes, by role, of the prompts that a run has used."""
        if not self._project.database.exists():
            raise NotFound(f"no run {run}", hint="Nothing has been run in this project.")
        database = open_database(self._project)
        try:
            record = RunRecords(database).get_run(run)
        finally:
            database.close()
        return {role: str(label).rpartition("@")[2] for role, label in (record.prompts or {}).items()}

    def _registry(self) -> PromptRegistry:
        return PromptRegistry.load(self._project.path(self._project.manifest.agents.path))

    def _view(self, prompt: Prompt) -> PromptView:
        if prompt.source.startswith("builtin/"):
            return _builtin(prompt, in_force=True)
        source = Path(prompt.source).relative_to(self._project.folder.resolve()).as_posix()
        return _seen(prompt, source, in_force=True)


def store_folder(project: Project) -> Path:
    """Where the prompts that runs have used are kept."""
    return project.data / "prompts"


def role_named(name: str) -> Role:
    """The role of that name.

    Raises:
        UnknownName: There is none.
    """
    for role in ROLES:
        if role == name:
            return role
    raise UnknownName(f"no role {name!r}", hint=f"There are: {', '.join(ROLES)}.")


def _builtin(prompt: Prompt, *, in_force: bool) -> PromptView:
    return _seen(prompt, BUILTIN, in_force=in_force)


def _earlier(prompt: Prompt) -> PromptView:
    return _seen(prompt, "kept", in_force=False)


def _seen(prompt: Prompt, source: str, *, in_force: bool) -> PromptView:
    return PromptView(
        role=prompt.role,
        version=prompt.version,
        hash=prompt.hash,
        model=prompt.model,
        description=prompt.description,
        source=source,
        in_force=in_force,
    )


def _change(before: PromptView, earlier: Prompt, after: PromptView, now: Prompt) -> PromptChange:
    lines = difflib.unified_diff(
        earlier.file.splitlines(),
        now.file.splitlines(),
        f"{before.role} {earlier.label} ({before.source})",
        f"{after.role} {now.label} ({after.source})",
        lineterm="",
    )
    return PromptChange(
        role=after.role,
        before=before,
        after=after,
        changed=before.hash != after.hash,
        diff="\n".join(lines),
    )
