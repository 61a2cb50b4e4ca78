"""Files for browsers: read once, packed once, known by a tag of what they hold."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.datastructures import Headers

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
}
_UNKNOWN: Final = "application/octet-stream"
_PACKED_ALREADY: Final = frozenset({".ico", ".png", ".woff2"})
_WORTH_PACKING: Final = 500
"""Bytes below which packing saves nothing."""


@dataclass(frozen=True, slots=True)
class Asset:
    """A file as it is sent.

    Attributes:
        body: What it holds.
        packed: The same in gzip, where that is smaller.
        kind: Its media type.
        tag: Changes with what it holds.
    """

    body: bytes
    packed: bytes | None
    kind: str
    tag: str


class Bundle:
    """The files of a folder; a file that changes is read again.

    Args:
        folder: The folder; it need not be there.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[Path, tuple[tuple[int, int], Asset]] = {}
        self._lock = Lock()

    def find(self, name: str) -> Asset | None:
        """The file of a name; None where the folder holds none, wherever the name leads otherwise.

        Args:
            name: Its path in the folder.
        """
        try:
            root = self._folder.resolve()
            place = (root / name).resolve(strict=True)
            stat = place.stat()
        except (OSError, ValueError):
            return None
        if not place.is_relative_to(root) or not place.is_file():
            return None
        stamp = (stat.st_mtime_ns, stat.st_size)
        with self._lock:
            known = self._known.get(place)
            if known is None or known[0] != stamp:
                known = self._known[place] = (stamp, asset_of(place.read_bytes(), place.suffix.lower()))
            return known[1]


def asset_of(body: bytes, suffix: str) -> Asset:
    """A file as it is sent.

    Args:
        body: What it holds.
        suffix: The ending of its name.
    """
    packed = None
    if len(body) >= _WORTH_PACKING and suffix not in _PACKED_ALREADY:
        packed = gzip.compress(body, 9, mtime=0)
        packed = packed if len(packed) < len(body) else None
    return Asset(body, packed, _TYPES.get(suffix, _UNKNOWN), hashlib.sha256(body).hexdigest()[:32])


def answer_of(asset: Asset, asked: Headers, more: Mapping[str, str]) -> Response:
    """The answer with a file, or that the browser has it already.

    Args:
        asset: The file.
        asked: The head of the request.
        more: Further headers of the answer.
    """
    packs = asset.packed is not None and _takes_gzip(asked.get("accept-encoding", ""))
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", **more}
    headers["ETag"] = f'"{asset.tag}{"-gz" if packs else ""}"'
    if _has(asset, asked.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    if packs:
        headers["Content-Encoding"] = "gzip"
    body = asset.packed if packs and asset.packed is not None else asset.body
    return Response(body, headers={**headers, "Content-Type": asset.kind})


def _takes_gzip(accepted: str) -> bool:
    for part in accepted.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in ("gzip", "*"):
            return weight.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def _has(asset: Asset, tags: str) -> bool:
    known = {f'"{asset.tag}"', f'"{asset.tag}-gz"', "*"}
    return any(tag.strip().removeprefix("W/") in known for tag in tags.split(","))
