"""What a project is made of, as digests: two runs with the same ones ran the same thing."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from podium.agents.contracts import ROLES
from podium.core.canonical import canonical_digest
from podium.core.settings import MANIFEST

if TYPE_CHECKING:
    from podium.app.project import Project
    from podium.knowledge.knowledge_base import KnowledgeBase

SHORT = 16
_PARTS = {"prompts": "agents", "graphs": "graphs", "tools": "tools", "policy": "guardrails"}
_PASSED = ("__pycache__", ".ipynb_checkpoints")


def versions_of(project: Project, model: str | None, knowledge: KnowledgeBase) -> dict[str, str]:
    """The versions of a project's parts, by name.

    Args:
        project: The project.
        model: What replaces its models; None for its own.
        knowledge: Its knowledge base.
    """
    from podium import __version__

    settings = project.manifest.models
    models = sorted({model or settings.for_role(role) for role in ROLES})
    documents = sorted([one.collection, one.source, one.version] for one in knowledge.documents())
    return {
        "podium": __version__,
        "model": ", ".join(models),
        "manifest": _digest_of(project.folder / MANIFEST),
        "knowledge": canonical_digest(documents)[:SHORT],
        **{name: _digest_of(project.folder / folder) for name, folder in _PARTS.items()},
    }


def _digest_of(path: Path) -> str:
    """The digest of a file, or of all files in a folder; empty where there is nothing."""
    if path.is_file():
        return hashlib.sha256(path.read_bytes()).hexdigest()[:SHORT]
    if not path.is_dir():
        return ""
    found = hashlib.sha256()
    for file in sorted(path.rglob("*")):
        if file.is_file() and not any(part in _PASSED for part in file.parts):
            found.update(f"{file.relative_to(path).as_posix()}\0".encode())
            found.update(hashlib.sha256(file.read_bytes()).digest())
    return found.hexdigest()[:SHORT]
