"""Any single change to a chain is found, and the first record concerned is named."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.audit import GENESIS, AuditEntry, body_of, commitment, hash_of, is_person, parse_record
from podium.core.audit_check import Checked, Head, Link, check_chain
from podium.core.canonical import canonical_bytes


def chain(length: int, *, start: Head | None = None) -> list[Link]:
    """A true chain."""
    last, links = start or Head(), list[Link]()
    for number in range(length):
        entry = AuditEntry("plan", f"2026-01-01T00:00:{number % 60:02}Z", "local:ada", {"number": number})
        seq = last.seq + 1
        body = body_of(entry, seq=seq, after=last.hash, who=entry.who, seal="")
        last = Head(seq, hash_of(body))
        links.append((seq, last.hash, body))
    return links


def checked(links: Sequence[Link], *heads: Head) -> Checked:
    return check_chain(lambda: iter(links), heads=heads)


def head(links: Sequence[Link]) -> Head:
    return Head(links[-1][0], links[-1][1])


def altered(body: bytes, **changes: object) -> bytes:
    return canonical_bytes({**json.loads(body), **changes})


def numbered(links: Sequence[Link]) -> list[Link]:
    """With the numbers under which they are stored made to look right."""
    return [(place, digest, body) for place, (_, digest, body) in enumerate(links, 1)]


lengths = st.integers(2, 12)


@st.composite
def chains(draw: st.DrawFn) -> tuple[list[Link], int]:
    """A true chain and a place in it, from 0."""
    length = draw(lengths)
    return chain(length), draw(st.integers(0, length - 1))


@given(lengths, st.integers(0, 5))
def test_a_true_chain_is_whole(length: int, before: int) -> None:
    start = head(chain(before)) if before else Head()
    links = chain(length, start=start)
    assert check_chain(lambda: links, start=start, heads=[head(links)]) == Checked(length, head(links))


def test_an_empty_chain_is_whole() -> None:
    assert checked([]) == Checked(0, Head(0, GENESIS))


@given(chains(), st.data())
def test_a_changed_text_is_named(made: tuple[list[Link], int], data: st.DataObject) -> None:
    links, place = made
    seq, digest, body = links[place]
    at = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda value: value != body[at]))
    links[place] = (seq, digest, body[:at] + bytes([other]) + body[at + 1 :])
    fault = checked(links).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == ("changed", place + 1)


@given(chains())
def test_a_changed_hash_is_named(made: tuple[list[Link], int]) -> None:
    links, place = made
    links[place] = (links[place][0], "f" * 64, links[place][2])
    fault = checked(links).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == ("changed", place + 1)


@given(chains())
def test_a_changed_number_is_named(made: tuple[list[Link], int]) -> None:
    links, place = made
    links[place] = (links[place][0] + 100, *links[place][1:])
    fault = checked(links).fault
    assert fault is not None
    assert fault.seq == place + 1


@given(chains(), st.sampled_from(["data", "at", "who", "kind", "thread", "after"]))
def test_a_record_that_was_forged_with_its_hash_is_named(made: tuple[list[Link], int], key: str) -> None:
    links, place = made
    end = head(links)
    body = altered(links[place][2], **{key: "2" * 64})
    links[place] = (links[place][0], hash_of(body), body)
    fault = checked(links, end).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == ("changed", place + 1)


@given(chains(), st.booleans())
def test_a_removed_record_is_named(made: tuple[list[Link], int], renumber: bool) -> None:
    links, place = made
    end = head(links)
    del links[place]
    fault = checked(numbered(links) if renumber else links, end).fault
    assert fault is not None
    assert fault.seq == place + 1
    assert fault.kind == ("cut off" if place == len(links) else "removed")


@given(chains(), st.booleans())
def test_an_inserted_copy_is_named(made: tuple[list[Link], int], renumber: bool) -> None:
    links, place = made
    for source in range(len(links)):
        copy = list(links)
        copy.insert(place, links[source])
        fault = checked(numbered(copy) if renumber else copy, head(links)).fault
        assert fault is not None
        # A copy beside its original is the later one of the two.
        assert (fault.kind, fault.seq) == ("inserted", place + 1 + (source == place))


@given(chains(), st.booleans())
def test_an_inserted_forgery_is_named(made: tuple[list[Link], int], linked: bool) -> None:
    links, place = made
    after = links[place - 1][1] if place else GENESIS
    entry = AuditEntry("review", "2026-01-01T00:00:00Z", "local:eve", {"approved": ["x"]})
    body = body_of(entry, seq=place + 1, after=after if linked else "1" * 64, who="local:eve", seal="")
    end = head(links)
    links.insert(place, (place + 1, hash_of(body), body))
    fault = checked(numbered(links), Head(end.seq, end.hash)).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == ("inserted", place + 1)


@given(st.integers(2, 12), st.data())
def test_two_records_that_changed_places_are_named(length: int, data: st.DataObject) -> None:
    links = chain(length)
    first = data.draw(st.integers(0, length - 2))
    second = data.draw(st.integers(first + 1, length - 1))
    swapped = list(links)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    fault = checked(numbered(swapped)).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == ("reordered", first + 1)


@given(st.integers(2, 12), st.data())
def test_a_chain_cut_short_is_noticed_against_a_known_head(length: int, data: st.DataObject) -> None:
    links = chain(length)
    kept = data.draw(st.integers(0, length - 1))
    assert checked(links[:kept]).fault is None
    fault = checked(links[:kept], head(links)).fault
    assert fault is not None
    assert (fault.kind, fault.seq) == ("cut off", kept + 1)


@given(chains())
def test_a_chain_written_anew_is_noticed_against_a_known_head(made: tuple[list[Link], int]) -> None:
    links, place = made
    end, again = head(links), links[:place]
    for seq, _, body in links[place:]:
        forged = altered(body, data="forged", after=again[-1][1] if again else GENESIS)
        again.append((seq, hash_of(forged), forged))
    assert checked(again).fault is None
    fault = checked(again, end).fault
    assert fault is not None
    assert fault.kind == "changed"


def test_a_record_reads_back() -> None:
    entry = AuditEntry("plan", "2026-01-01T00:00:00.000000Z", "local:ada", {"é": [1, None]}, tenant="t")
    body = body_of(entry, seq=1, after=GENESIS, who="person:1", seal="s")
    record = parse_record(1, hash_of(body), body, person="local:ada")
    assert (record.kind, record.data, record.who, record.seal) == ("plan", {"é": [1, None]}, "person:1", "s")
    assert body.startswith(b'{"after":"' + GENESIS.encode() + b'","at":')


@given(st.text(max_size=20), st.text(max_size=20), st.dictionaries(st.text(max_size=5), st.text(max_size=5)))
def test_a_record_is_canonical_json(who: str, thread: str, data: dict[str, str]) -> None:
    entry = AuditEntry("plan", "2026-01-01T00:00:00.000000Z", who, data, thread_id=thread)
    body = body_of(entry, seq=7, after=GENESIS, who=who, seal="")
    assert canonical_bytes(json.loads(body)) == body


@pytest.mark.parametrize(
    ("who", "person"),
    [("local:ada", True), ("key:ci", True), ("clock", False), ("policy:3f", False), ("", False)],
)
def test_principals_are_persons_and_parts_are_not(who: str, person: bool) -> None:
    assert is_person(who) is person


def test_a_commitment_hides_its_value_without_the_salt() -> None:
    assert commitment(b"1", b'"x"') != commitment(b"2", b'"x"') != commitment(b"2", b'"y"')
