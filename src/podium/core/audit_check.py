"""Checking an audit chain, wherever it is stored, and naming the first record that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, NamedTuple, TypeAlias

from podium.core.audit import AFTER_AT, GENESIS, after_of, seq_of

FaultKind = Literal["changed", "removed", "inserted", "reordered", "cut off"]

Link: TypeAlias = tuple[int, str, bytes]
"""A record as stored: its number, its hash and its canonical JSON."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: what it was, or what it should be.

    Attributes:
        seq: The number of the last record; 0 for none.
        hash: Its hash.
    """

    seq: int = 0
    hash: str = GENESIS


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong with a chain.

    Attributes:
        kind: What was done.
        seq: The record to which it was done, by the number that it has, had or took.
        message: The same in words.
    """

    kind: FaultKind
    seq: int
    message: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a chain found.

    Attributes:
        records: How many records are whole, up to the first fault.
        head: The last of them.
        fault: What is wrong; None where nothing is.
    """

    records: int
    head: Head
    fault: Fault | None = None


def check_chain(
    links: Callable[[], Iterable[Link]], *, start: Head | None = None, heads: Iterable[Head] = ()
) -> Checked:
    """Check that every record is as it was written, in its place, and none is missing.

    Without a known head, records missing at the end cannot be noticed.

    Args:
        links: The records in the order in which they are stored; called again only to explain a fault.
        start: The record before the first one; None for a chain from its beginning.
        heads: Ends that the chain is known to have had.
    """
    origin = start or Head()
    known = {head.seq: head.hash for head in heads}
    last, place = origin.hash.encode(), origin.seq
    hashed = sha256
    for seq, digest, body in links():
        place += 1
        if (
            seq != place
            or not body.startswith(last, AFTER_AT)
            or hashed(body).hexdigest() != digest
            or (place in known and known[place] != digest)
        ):
            fault = _explain(list(map(_seen, links())), origin, known)
            return Checked(fault.seq - 1 - origin.seq, Head(fault.seq - 1, ""), fault)
        last = digest.encode()
    head = Head(place, last.decode())
    if missing := [seq for seq in known if seq > place]:
        words = f"the chain ends at record {place}, and had {max(missing)}"
        return Checked(place - origin.seq, head, Fault("cut off", place + 1, words))
    return Checked(place - origin.seq, head)


class _Seen(NamedTuple):
    """What explaining a fault needs of a record."""

    seq: int
    own_seq: int
    after: str
    hash: str
    """As stored."""
    whole: bool
    """Whether that is the hash of its text."""


def _seen(link: Link) -> _Seen:
    seq, digest, body = link
    return _Seen(seq, seq_of(body), after_of(body), digest, sha256(body).hexdigest() == digest)


def _explain(rows: list[_Seen], origin: Head, known: dict[int, str]) -> Fault:
    last, place = origin.hash, origin.seq
    for index, row in enumerate(rows):
        place += 1
        held = known.get(place, row.hash)
        if row.seq == place and row.whole and row.after == last and held == row.hash:
            last = row.hash
            continue
        return _named(rows, index, place, last, known)
    raise AssertionError("a chain that was broken is whole: it was changed while it was checked")


def _named(rows: list[_Seen], index: int, place: int, last: str, known: dict[int, str]) -> Fault:
    row, later = rows[index], rows[index + 1 :]
    follows = any(other.after == last and other.whole for other in later)
    if row.after == last and row.whole and not follows:
        if known.get(place, row.hash) != row.hash:
            return Fault("changed", place, f"record {place} is not the one that was signed")
        if row.own_seq == place:
            return Fault("changed", place, f"record {place} is stored under the number {row.seq}")
    if follows:
        return _misplaced(rows, index, place)
    if not row.whole:
        return Fault("changed", place, f"record {place} is not as it was written")
    if row.own_seq > place:
        return Fault("removed", place, f"record {place} is missing")
    return _forged(rows, index, place, known)


def _misplaced(rows: list[_Seen], index: int, place: int) -> Fault:
    """The true record comes later: what stands here was put in, or belongs elsewhere."""
    row = rows[index]
    copies = Counter(other.hash for other in rows)
    elsewhere = any(other.hash == row.after for other in rows[index + 1 :])
    if row.whole and elsewhere and copies[row.hash] == 1:
        return Fault("reordered", place, f"record {row.own_seq} stands in the place of record {place}")
    return Fault("inserted", place, f"what stands as record {place} was not written there")


def _forged(rows: list[_Seen], index: int, place: int, known: dict[int, str]) -> Fault:
    """Nothing follows the record before: that one was replaced or put in, or this one was."""
    row, before = rows[index], rows[index - 1] if index else None
    rest = rows[index + 1 :]
    trusted = rest[0].after == row.hash if rest else known.get(row.own_seq) == row.hash
    if before is not None and row.after == before.after:
        added = place if row.hash == before.hash else place - 1
        return Fault("inserted", added, f"what stands as record {added} was not written there")
    if before is not None and trusted:
        return Fault("changed", place - 1, f"record {place - 1} is not the one that record {place} follows")
    return Fault("changed", place, f"record {place} does not follow record {place - 1}")
