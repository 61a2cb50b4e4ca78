"""Whether there are as many people who may approve as the policy asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from podium.core.clock import SystemClock, to_iso
from podium.core.principal import local_principal
from podium.guardrails.policy_file import load_policy
from podium.storage.api_keys import approving_owners
from podium.storage.copying import snapshot
from podium.storage.versions import SCHEMA_VERSION, stored_version

if TYPE_CHECKING:
    from podium.app.project import Project


def missing_people(project: Project) -> tuple[int, int] | None:
    """How many people the policy asks for and how many have a key that approves; None where they are enough.

    Without keys all callers are one person: the user of this machine. Who comes with a token is not known.

    Args:
        project: The project.

    Raises:
        ConfigError: The policy is broken.
        StorageError: What is stored cannot be read.
    """
    policy = load_policy(*(project.path(file) for file in project.manifest.policy.files))
    rules = (*policy.tools.values(), *policy.effects.values())
    wanted = max((rule.people or 1 for rule in rules), default=1)
    if wanted == 1 or project.manifest.server.jwt is not None:
        return None
    found = _approvers(project)
    return (wanted, found) if found < wanted else None


def _approvers(project: Project) -> int:
    if not project.database.exists():
        return 0
    with snapshot(project.database) as connection:
        if stored_version(connection, project.database) < SCHEMA_VERSION:
            return 0  # it is migrated at next use
        return len(approving_owners(connection, local_principal().tenant, to_iso(SystemClock().now())))
