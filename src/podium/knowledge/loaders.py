"""From files to documents: finds them, bounds them, and reads each by its format."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from podium.core.errors import KnowledgeError
from podium.core.ids import digest_of
from podium.knowledge.documents import Document
from podium.knowledge.formats.draft import Draft
from podium.knowledge.formats.html import read_html
from podium.knowledge.formats.markdown import read_markdown
from podium.knowledge.formats.pdf import read_pdf
from podium.knowledge.formats.plain import read_text
from podium.knowledge.formats.table import read_csv

DEFAULT_LIMIT = 50 * 1024 * 1024

Reader = Callable[[bytes, str], Draft]

_READERS: dict[str, Reader] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
    ".pdf": read_pdf,
    ".csv": read_csv,
    ".txt": read_text,
    ".text": read_text,
}
FORMATS: Final = tuple(sorted(_READERS))
"""The endings of files that can be read."""


@dataclass(frozen=True, slots=True)
class Found:
    """A file that may be ingested.

    Attributes:
        path: Where it is.
        source: Its path below the folder that was named, with forward slashes.
        root: The folder or file that was named.
    """

    path: Path
    source: str
    root: Path


def find_files(root: Path) -> Iterator[Found]:
    """The files under a folder in a fixed order, or the file itself.

    Hidden files and folders are left out, and so is every link that leads out of the folder.

    Args:
        root: A folder or a file.

    Raises:
        KnowledgeError: There is nothing at the path.
    """
    if root.is_file():
        yield Found(root, root.name, root)
        return
    if not root.is_dir():
        raise KnowledgeError(f"{root} does not exist", hint="Name a file or folder that does.")
    inside = root.resolve()
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(folder) / name
            if name.startswith(".") or not _within(path, inside):
                continue
            yield Found(path, path.relative_to(root).as_posix(), root)


def load(found: Found, *, limit: int = DEFAULT_LIMIT) -> Document:
    """Read a file into a document.

    Args:
        found: The file.
        limit: Largest size in bytes.

    Raises:
        KnowledgeError: It cannot be read: unknown format, too large, empty, damaged, not text.
    """
    return parse(read_bytes(found, limit=limit), found.source)


def read_bytes(found: Found, *, limit: int = DEFAULT_LIMIT) -> bytes:
    """The content of a file whose format is known.

    Args:
        found: The file.
        limit: Largest size in bytes.

    Raises:
        KnowledgeError: The format is unknown, or the file is too large or cannot be opened.
    """
    _reader(found.source)
    try:
        if not found.path.is_file():
            raise KnowledgeError(f"{found.source} is no regular file", hint="Ingest files and folders only.")
        size = found.path.stat().st_size
        if size > limit:
            raise KnowledgeError(
                f"{found.source} has {size:,} bytes; at most {limit:,} are read",
                hint="Split it, or raise the limit.",
            )
        with found.path.open("rb") as file:
            return file.read(limit)
    except OSError as error:
        raise KnowledgeError(
            f"{found.source} cannot be read: {error.strerror or error}",
            hint="Check that the file may be read.",
        ) from None


def parse(data: bytes, source: str) -> Document:
    """The document in the bytes.

    Args:
        data: Content of the file.
        source: Its path within its collection; the suffix tells the format.

    Raises:
        KnowledgeError: The format is unknown, or the content is empty or damaged.
    """
    draft = _reader(source)(data, source)
    if not draft.text.strip():
        raise KnowledgeError(f"{source} holds no text", hint="Remove it, or fill it.")
    return Document(
        source=source,
        title=draft.title or Path(source).stem.replace("-", " ").replace("_", " ").strip(),
        text=draft.text,
        version=digest_of(data),
        date=draft.date,
        metadata=draft.metadata,
        supersedes=draft.supersedes,
        superseded_by=draft.superseded_by,
        status=draft.status.lower(),
        headings=draft.headings,
        rows=draft.rows,
    )


def _reader(source: str) -> Reader:
    suffix = Path(source).suffix.lower()
    reader = _READERS.get(suffix)
    if reader is None:
        raise KnowledgeError(
            f"{source} has an unknown format ({suffix or 'no suffix'})",
            hint=f"Known are {', '.join(sorted(_READERS))}.",
        )
    return reader


def _within(path: Path, folder: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(folder)
    except OSError:
        return False
