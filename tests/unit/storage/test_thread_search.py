"""Finding threads: by what is said of them, in a stable order, and only one's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from podium.core.principal import Access
from podium.storage import Database
from podium.storage.json_filters import contains
from podium.storage.thread_search import SortBy, ThreadQuery, ThreadSearch
from podium.storage.threads import ThreadRecords

ALL = Access("default")


class ManualClock(Protocol):
    def move(self, seconds: float) -> None: ...


@pytest.fixture
def records(database: Database, clock: Any) -> ThreadRecords:
    return ThreadRecords(database, clock)


@pytest.fixture
def search(database: Database) -> ThreadSearch:
    return ThreadSearch(database)


def put(records: ThreadRecords, thread_id: str, **said: Any) -> None:
    records.ensure(thread_id, **{"tenant": "default", "owner": "ada", **said})


async def ids(search: ThreadSearch, query: ThreadQuery, access: Access = ALL, **page: int) -> list[str]:
    found, _ = await search.page(query, access, page.get("limit", 100), page.get("offset", 0))
    return [one.thread_id for one in found]


async def test_only_what_a_caller_may_see_is_found(records: ThreadRecords, search: ThreadSearch) -> None:
    put(records, "hers")
    put(records, "his", owner="bob")
    put(records, "theirs", tenant="elsewhere")
    query = ThreadQuery(sort_order="asc")
    assert await ids(search, query) == ["hers", "his"]
    assert await ids(search, query, Access("default", "bob")) == ["his"]
    assert await ids(search, query, Access("elsewhere", "bob")) == []
    assert await search.count(query, Access("elsewhere")) == 1
    assert await search.ids(query, Access("default", "ada")) == ["hers"]


async def test_status_and_ids_narrow_the_search(records: ThreadRecords, search: ThreadSearch) -> None:
    for number in range(4):
        put(records, f"t{number}")
    records.touch("t2", status="interrupted")
    assert await ids(search, ThreadQuery(status="interrupted")) == ["t2"]
    assert await ids(search, ThreadQuery(status="idle", ids=["t2", "t3", "none"])) == ["t3"]
    assert await ids(search, ThreadQuery(ids=[])) == []


@pytest.mark.parametrize("by", ["thread_id", "status", "created_at", "updated_at", "state_updated_at"])
async def test_threads_that_are_equal_keep_one_order_over_all_pages(
    records: ThreadRecords, search: ThreadSearch, by: SortBy
) -> None:
    for number in range(9):
        put(records, f"t{number}")
    for order in ("asc", "desc"):
        query = ThreadQuery(sort_by=by, sort_order=order)
        pages = [await ids(search, query, limit=2, offset=offset) for offset in range(0, 10, 2)]
        expected = [f"t{number}" for number in range(9)]
        assert [one for page in pages for one in page] == (expected if order == "asc" else expected[::-1])


async def test_the_page_tells_how_many_there_are(records: ThreadRecords, search: ThreadSearch) -> None:
    for number in range(5):
        put(records, f"t{number}", metadata={"even": number % 2 == 0})
    found, total = await search.page(ThreadQuery({"even": True}), ALL, 2, 2)
    assert ([one.thread_id for one in found], total) == (["t0"], 3)


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5)
"""SQLite's JSON ends at a NUL, as that of other databases refuses one."""
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(TEXT | st.sampled_from(['"', "a.b", "$", "[0]", "\\"]), JSON, max_size=4)


@pytest.fixture(scope="module")
def one_thread(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, ThreadRecords]]:
    path: Path = tmp_path_factory.mktemp("search") / "podium.db"
    with Database.open(path) as database:
        records = ThreadRecords(database)
        put(records, "one")
        yield database, records


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(metadata=OBJECTS, data=st.data())
async def test_any_part_of_the_metadata_finds_its_thread(
    one_thread: tuple[Database, ThreadRecords], metadata: dict[str, Any], data: st.DataObject
) -> None:
    database, records = one_thread
    records.touch("one", metadata=metadata)
    part = {name: value for name, value in metadata.items() if data.draw(st.booleans())}
    assert contains(metadata, part)
    assert await ids(ThreadSearch(database), ThreadQuery(part)) == ["one"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(metadata=OBJECTS, other=OBJECTS)
async def test_what_is_not_in_the_metadata_finds_nothing(
    one_thread: tuple[Database, ThreadRecords], metadata: dict[str, Any], other: dict[str, Any]
) -> None:
    database, records = one_thread
    records.touch("one", metadata=metadata)
    expected = ["one"] if contains(metadata, other) else []
    assert await ids(ThreadSearch(database), ThreadQuery(other)) == expected
