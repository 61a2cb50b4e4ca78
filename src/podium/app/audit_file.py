"""An audit chain as a file of JSON Lines, which can be checked on its own.

The first line says where the chain begins, the last one where it ends, signed if there is a key; between
them stands one record a line with its hash, and with what is sealed in it if that was asked for.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from podium.core.audit import AUDIT_FORMAT, GENESIS, commitment
from podium.core.audit_check import Checked, Fault, Head, Link, check_chain
from podium.core.canonical import canonical_bytes
from podium.core.errors import InputError
from podium.core.model import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class ExportRow:
    """One record on its way into a file.

    Attributes:
        hash: Its hash.
        body: Its canonical JSON.
        salt: The salt of what is sealed; None to leave that out.
        value: Canonical JSON of what is sealed.
        person: Who acted; empty to leave that out.
    """

    hash: str
    body: str
    salt: bytes | None = None
    value: str | None = None
    person: str = ""


def write_file(file: IO[str], start: Head, rows: Iterable[ExportRow], *, segment: JsonValue = None) -> Head:
    """Write all but the last line; the head that was reached.

    Args:
        file: Where to.
        start: The record before the first.
        rows: The records.
        segment: The signed summary of what was put away before, if anything was.
    """
    begin: JsonObject = {
        "podium_audit": AUDIT_FORMAT,
        "seq": start.seq,
        "hash": start.hash,
        "segment": segment,
    }
    file.write(json.dumps(begin) + "\n")
    head = start
    for row in rows:
        head = Head(head.seq + 1, row.hash)
        more = f',"sealed":{{"salt":"{row.salt.hex()}","value":{row.value}}}' if row.salt is not None else ""
        if row.person:
            more += f',"person":{json.dumps(row.person)}'
        file.write(f'{{"hash":"{row.hash}","record":{row.body}{more}}}\n')
    return head


def end_file(file: IO[str], statement: JsonObject) -> None:
    """Write the last line, the head, and see that all is on disk where it is a file."""
    file.write(json.dumps(statement) + "\n")
    file.flush()
    with suppress(OSError):  # a pipe or a terminal
        os.fsync(file.fileno())


def read_ends(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The first and the last line of a file; the last is empty where it is no end.

    Raises:
        InputError: It is no export of an audit chain.
    """
    try:
        with path.open(encoding="utf-8") as file:
            first, last = file.readline(), ""
            for line in file:
                last = line
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raise InputError(
            f"{path} cannot be read: {reason}", hint="Name a file of 'podium audit export'."
        ) from None
    begin = _object(first)
    if begin.get("podium_audit") != AUDIT_FORMAT:
        raise InputError(
            f"{path} is no audit chain of this format", hint="Name a file of 'podium audit export'."
        )
    end = _object(last)
    return begin, end if "seq" in end and "record" not in end else {}


def check_file(path: Path, begin: dict[str, Any], heads: list[Head]) -> Checked:
    """Check the chain in a file, and what is sealed in it.

    Args:
        path: The file.
        begin: Its first line.
        heads: Ends that the chain is known to have.
    """
    start = Head(int(begin.get("seq") or 0), str(begin.get("hash") or GENESIS))
    found = check_chain(lambda: _links(path), start=start, heads=heads)
    return found if found.fault else _check_sealed(path, found, start.seq)


def _links(path: Path) -> Iterator[Link]:
    for line in _records(path):
        record = line.get("record")
        try:
            body = canonical_bytes(record)
        except InputError:
            body = b""
        seq = record.get("seq") if isinstance(record, dict) else 0
        yield (seq if isinstance(seq, int) else 0), str(line.get("hash", "")), body


def _records(path: Path) -> Iterator[dict[str, Any]]:
    """The lines between the first and the end."""
    with path.open(encoding="utf-8") as file:
        next(file, None)
        for text in file:
            line = _object(text)
            if "seq" not in line:
                yield line


def _check_sealed(path: Path, found: Checked, start: int) -> Checked:
    for place, line in enumerate(_records(path), start + 1):
        sealed = line.get("sealed")
        if sealed is None:
            continue
        try:
            seal = commitment(bytes.fromhex(sealed["salt"]), canonical_bytes(sealed["value"]))
        except (ValueError, TypeError, KeyError, InputError):
            seal = ""
        if not seal or line["record"].get("seal") != seal:
            words = f"what was sealed with record {place} is not what it says now"
            return Checked(place - 1 - start, Head(place - 1, ""), Fault("changed", place, words))
    return found


def _object(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
