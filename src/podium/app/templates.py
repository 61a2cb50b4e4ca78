"""Starting a project: copying a template into an empty folder."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from podium.app.layout import LAYOUT
from podium.core.errors import InputError, PodiumError, UnknownName
from podium.core.settings import MANIFEST

BLANK: Final = "blank"
_IGNORED: Final = ".podium/\n__pycache__/\n"
_MAY_BE_THERE: Final = frozenset({".git"})
_LONGEST_NAME: Final = 63


@dataclass(frozen=True, slots=True)
class Template:
    """A project to start from.

    Attributes:
        name: What people call it.
        folder: Where its files are.
    """

    name: str
    folder: Path


@dataclass(frozen=True, slots=True)
class NewProject:
    """A project that was made.

    Attributes:
        folder: Where.
        name: What its manifest calls it.
        template: What it was copied from.
        has_documents: Whether it names documents of its own; otherwise some have to be ingested.
    """

    folder: Path
    name: str
    template: str
    has_documents: bool


def templates() -> Mapping[str, Template]:
    """The templates by name; the one to start from when none is named comes first."""
    package = Path(__file__).parents[1]
    shipped = package / "templates"
    found = [Template(folder.name, folder) for folder in sorted(shipped.iterdir()) if folder.is_dir()]
    # In a checkout the project is not copied into the package: it is the root of the repository.
    repository = package.parents[1]
    if package.parent.name == "src" and (repository / MANIFEST).is_file():
        found.append(Template(_named(repository), repository))
    found.sort(key=lambda template: (template.name == BLANK, template.name))
    return {template.name: template for template in found}


def new_project(folder: str | Path, template: str | None = None) -> NewProject:
    """Make a project.

    The manifest is written last: a copy that was cut off is no project.

    Args:
        folder: Where; it is made when it does not exist, and must be empty when it does.
        template: Name of the template; the first one when None.

    Raises:
        UnknownName: There is no such template.
        InputError: The folder holds something, or cannot be written.
    """
    known = templates()
    chosen = next(iter(known)) if template is None else template
    if chosen not in known:
        raise UnknownName(f"no template {chosen!r}", hint=f"There are: {', '.join(known)}.")
    target = Path(folder).expanduser().absolute()
    _check_empty(target)
    try:
        return _copied(known[chosen], target)
    except OSError as error:
        raise InputError(
            f"{error.filename or target} cannot be written: {error.strerror}", hint="Name another folder."
        ) from None


def _check_empty(folder: Path) -> None:
    try:
        held = sorted({item.name for item in folder.iterdir()} - _MAY_BE_THERE)
    except FileNotFoundError:
        return
    except (NotADirectoryError, ValueError):
        raise InputError(f"{str(folder)!r} is no folder", hint="Name a new or an empty folder.") from None
    except OSError as error:
        raise InputError(f"{folder} cannot be read: {error.strerror}", hint="Name another folder.") from None
    if held:
        raise InputError(
            f"{folder} is not empty: it holds {held[0]!r}", hint="Name a new or an empty folder."
        )


def _copied(template: Template, target: Path) -> NewProject:
    name = safe_name(target.name)
    target.mkdir(parents=True, exist_ok=True)
    for part in LAYOUT:
        source = template.folder / part
        if source.is_dir():
            shutil.copytree(source, target / part, ignore=shutil.ignore_patterns("__pycache__", ".*"))
        elif part != MANIFEST and source.is_file():
            shutil.copyfile(source, target / part)
    (target / ".gitignore").write_text(_IGNORED, encoding="utf-8")
    text = _renamed((template.folder / MANIFEST).read_text(encoding="utf-8"), name)
    (target / MANIFEST).write_text(text, encoding="utf-8")
    collections = tomllib.loads(text).get("knowledge", {}).get("collections", {})
    return NewProject(
        folder=target,
        name=name,
        template=template.name,
        has_documents=any(collection.get("paths") for collection in collections.values()),
    )


def safe_name(name: str) -> str:
    """The closest name that a manifest may hold: letters, digits, `-` and `_`, a letter first."""
    kept = re.sub(r"[^A-Za-z0-9_-]+", "-", name).lstrip("-_0123456789").rstrip("-_")
    return kept[:_LONGEST_NAME] or "project"


def _renamed(manifest: str, name: str) -> str:
    text, times = re.subn(r'(?m)^name = "[^"]*"', f'name = "{name}"', manifest, count=1)
    if times != 1:
        raise PodiumError("the template's manifest has no name", hint="Install Podium again.")
    return text


def _named(folder: Path) -> str:
    manifest = tomllib.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    return str(manifest["project"]["name"])
