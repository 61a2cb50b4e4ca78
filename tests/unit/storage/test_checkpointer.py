"""What the saver promises beyond LangGraph's conformance suite."""

from __future__ import annotations

import operator
import uuid
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, AnyMessage, HumanMessage
from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import Checkpoint, empty_checkpoint
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Command, interrupt

from podium.core.errors import DiskFull
from podium.storage import Database, PodiumSaver
from podium.storage.checkpoint_codec import encode_checkpoint, may_hold


class State(TypedDict):
    steps: Annotated[list[str], operator.add]
    document: dict[str, Any]


def config(thread_id: str = "t", checkpoint_id: str | None = None) -> RunnableConfig:
    configurable = {"thread_id": thread_id, "checkpoint_ns": ""}
    if checkpoint_id:
        configurable["checkpoint_id"] = checkpoint_id
    return {"configurable": configurable}


def checkpoint(**values: Any) -> Checkpoint:
    made = empty_checkpoint()
    made["id"] = str(uuid.uuid4())
    made["channel_values"] = values
    made["channel_versions"] = {name: index + 1 for index, name in enumerate(values)}
    return made


def two_steps(saver: PodiumSaver) -> CompiledStateGraph[Any, Any, Any, Any]:
    def first(state: State) -> dict[str, Any]:
        del state
        return {"steps": ["first"], "document": {"text": "x" * 1000}}

    def second(state: State) -> dict[str, Any]:
        del state
        return {"steps": [f"second:{interrupt('go on?')}"]}

    builder = StateGraph(State)
    builder.add_node("first", first)
    builder.add_node("second", second)
    builder.add_edge(START, "first")
    builder.add_edge("first", "second")
    builder.add_edge("second", END)
    return builder.compile(checkpointer=saver)


@pytest.fixture
def saver(database: Database) -> PodiumSaver:
    return PodiumSaver(database)


def count(database: Database, table: str) -> int:
    number: int = database.read(
        lambda connection: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    )
    return number


@pytest.mark.parametrize("durability", ["sync", "async", "exit"])
def test_a_graph_stops_at_an_interrupt_and_resumes_in_another_process(path: Path, durability: Any) -> None:
    with Database.open(path) as database:
        stopped = two_steps(PodiumSaver(database)).invoke({"steps": []}, config(), durability=durability)
        assert stopped["__interrupt__"][0].value == "go on?"
    with Database.open(path) as database:
        graph = two_steps(PodiumSaver(database))
        assert graph.get_state(config()).next == ("second",)
        done = graph.invoke(Command(resume="yes"), config(), durability=durability)
    assert done["steps"] == ["first", "second:yes"]


async def test_sync_and_async_calls_work_on_one_thread(saver: PodiumSaver) -> None:
    graph = two_steps(saver)
    await graph.ainvoke({"steps": []}, config())
    assert graph.invoke(Command(resume="yes"), config())["steps"] == ["first", "second:yes"]
    history = [state async for state in graph.aget_state_history(config())]
    assert [state.config for state in history] == [
        state.config for state in graph.get_state_history(config())
    ]
    assert history[0].values["steps"] == ["first", "second:yes"]
    assert history[-1].values == {"steps": []}


def test_a_fork_does_not_disturb_the_branch_it_left(saver: PodiumSaver) -> None:
    graph = two_steps(saver)
    graph.invoke({"steps": []}, config())
    before = graph.get_state(config()).config
    graph.invoke(Command(resume="a"), config())
    first = graph.get_state(config()).config
    fork = graph.update_state(before, {"document": {"text": "y" * 1000}}, as_node="first")
    graph.invoke(None, fork)
    graph.invoke(Command(resume="b"), config())
    second = graph.get_state(config()).config
    assert graph.get_state(first).values == {"steps": ["first", "second:a"], "document": {"text": "x" * 1000}}
    assert graph.get_state(second).values == {
        "steps": ["first", "second:b"],
        "document": {"text": "y" * 1000},
    }


def test_an_unchanged_value_is_stored_once(database: Database, saver: PodiumSaver) -> None:
    value = {"text": "x" * 10_000}
    parent = config()
    for number in range(20):
        made = checkpoint(document=value)
        parent = saver.put(parent, made, {"step": number}, {"document": 1} if number == 0 else {})
    stored = database.read(
        lambda connection: connection.execute(
            "SELECT sum(length(channels)) FROM checkpoint_blobs"
        ).fetchone()[0]
    )
    assert 10_000 < stored < 11_000
    found = saver.get_tuple(parent)
    assert found is not None
    assert found.checkpoint["channel_values"] == {"document": value}


def test_a_caller_that_changes_what_it_got_changes_nothing_stored(saver: PodiumSaver) -> None:
    saver.put(config(), checkpoint(document={"list": [1]}), {}, {"document": 1})
    found = saver.get_tuple(config())
    assert found is not None
    found.checkpoint["channel_values"]["document"]["list"].append(2)
    again = saver.get_tuple(config())
    assert again is not None
    assert again.checkpoint["channel_values"] == {"document": {"list": [1]}}


def test_messages_and_plain_values_come_back_and_other_types_do_not_run(saver: PodiumSaver) -> None:
    messages: list[AnyMessage] = [HumanMessage("hi", id="1"), AIMessage("ho", id="2")]
    values = {"messages": messages, "none": None, "text": "é\x00" * 200, "bytes": b"\x00", "number": 2**60}
    made = checkpoint(**values, foreign=Path("/etc"), hostile=Hostile())
    saver.put(config(), made, {}, made["channel_versions"])
    found = saver.get_tuple(config())
    assert found is not None
    got = found.checkpoint["channel_values"]
    assert {name: got[name] for name in values} == values
    assert not isinstance(got["hostile"], Hostile)


class Hostile:
    """A type outside the allow-list, which serializes like a pydantic model."""

    def model_dump(self) -> dict[str, int]:
        return {"a": 1}


def test_half_a_character_does_not_stop_a_checkpoint(saver: PodiumSaver) -> None:
    made = checkpoint(short="caf\udce9", long="caf\udce9" * 100)
    noted: RunnableConfig = {**config(), "metadata": {"note": "caf\udce9"}}
    saver.put(noted, made, {}, made["channel_versions"])
    found = saver.get_tuple(config())
    assert found is not None
    assert {**found.metadata}["note"] == "caf\udce9"


def test_writes_of_a_task_are_kept_when_it_writes_again(saver: PodiumSaver) -> None:
    stored = saver.put(config(), checkpoint(), {}, {})
    saver.put_writes(stored, [("a", 1), ("b", 2)], "task", "path")
    saver.put_writes(stored, [("a", 9), ("b", 9), ("c", 3), ("__error__", "x")], "task")
    saver.put_writes(stored, [("__error__", "y")], "task")
    found = saver.get_tuple(stored)
    assert found is not None
    assert found.pending_writes == [
        ("task", "__error__", "y"), ("task", "a", 1), ("task", "b", 2), ("task", "c", 3)
    ]  # fmt: skip


def test_writes_come_in_the_order_of_task_paths(saver: PodiumSaver) -> None:
    stored = saver.put(config(), checkpoint(), {}, {})
    for task_id, path in [("a", "~3"), ("b", "~1"), ("c", "~2"), ("d", "")]:
        saver.put_writes(stored, [("channel", task_id)], task_id, path)
    found = saver.get_tuple(stored)
    assert found is not None
    assert [write[0] for write in found.pending_writes or []] == ["d", "b", "c", "a"]


def test_storing_a_checkpoint_again_makes_it_the_head(database: Database, saver: PodiumSaver) -> None:
    old, new = checkpoint(a=[1]), checkpoint(a=[2])
    saver.put(config(), old, {"step": 1}, {"a": 1})
    saver.put(config(), new, {"step": 2}, {"a": 2})
    saver.put(config(), old, {"step": 3}, {"a": 1})
    head = saver.get_tuple(config())
    assert head is not None
    assert (head.checkpoint["id"], head.metadata) == (old["id"], {"step": 3})
    assert count(database, "checkpoints") == 2


def test_two_savers_on_one_file_see_each_other_at_once(path: Path) -> None:
    with Database.open(path) as one, Database.open(path) as two:
        here, there = PodiumSaver(one), PodiumSaver(two)
        parent = config()
        for number in range(10):
            made = checkpoint(a={"number": number})
            parent = (here if number % 2 else there).put(parent, made, {}, {"a": 1 + number})
            made["channel_versions"] = {"a": 1 + number}
            for saver in (here, there):
                head = saver.get_tuple(config())
                assert head is not None
                assert head.checkpoint["id"] == made["id"]
        here.delete_thread("t")
        assert there.get_tuple(config()) is None


def test_pruning_drops_values_that_nothing_refers_to(database: Database, saver: PodiumSaver) -> None:
    parent = config()
    for number in range(5):
        made = checkpoint(a=[number])
        made["channel_versions"] = {"a": number + 1}
        parent = saver.put(parent, made, {}, {"a": number + 1})
    saver.prune(["t"])
    assert (count(database, "checkpoints"), count(database, "checkpoint_blobs")) == (1, 1)
    head = saver.get_tuple(config())
    assert head is not None
    assert head.checkpoint["channel_values"] == {"a": [4]}
    with pytest.raises(ValueError, match="strategy"):
        saver.prune(["t"], strategy="nonsense")


def test_a_copied_thread_keeps_its_order_and_its_values(saver: PodiumSaver) -> None:
    graph = two_steps(saver)
    graph.invoke({"steps": []}, config())
    saver.copy_thread("t", "copy")
    assert graph.invoke(Command(resume="yes"), config("copy"))["steps"] == ["first", "second:yes"]
    assert graph.get_state(config()).next == ("second",)


def test_listing_walks_long_histories_with_filter_before_and_limit(saver: PodiumSaver) -> None:
    parent, ids = config(), []
    for number in range(100):
        made = checkpoint()
        ids.append(made["id"])
        parent = saver.put(parent, made, {"step": number, "source": "loop" if number % 2 else "input"}, {})
    newest_first = ids[::-1]
    assert [found.checkpoint["id"] for found in saver.list(config())] == newest_first
    assert [found.checkpoint["id"] for found in saver.list(None, limit=70)] == newest_first[:70]
    odd = [found.metadata["step"] for found in saver.list(config(), filter={"source": "loop"}, limit=40)]
    assert odd == list(range(99, 19, -2))
    before = saver.list(config(), before=config(checkpoint_id=ids[50]))
    assert [found.checkpoint["id"] for found in before] == ids[49::-1]
    assert list(saver.list(config(), limit=0)) == []
    assert list(saver.list(config(), filter={"missing": None})) == []


def test_a_full_disk_stops_the_run_with_one_clear_error(database: Database, saver: PodiumSaver) -> None:
    graph = two_steps(saver)
    pages = database.read(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0])
    limit(database, pages + 1)
    with pytest.raises(DiskFull):
        graph.invoke({"steps": ["x" * 100_000]}, config())
    limit(database, 1_000_000)
    assert graph.invoke({"steps": []}, config())["__interrupt__"]


def limit(database: Database, pages: int) -> None:
    database.write(lambda connection: connection.execute(f"PRAGMA max_page_count={pages}").fetchone())


def test_versions_rise_and_two_branches_never_share_one(saver: PodiumSaver) -> None:
    versions = [saver.get_next_version(None, None)]
    for _ in range(50):
        versions.append(saver.get_next_version(versions[-1], None))
    assert versions == sorted(set(versions))
    siblings = {saver.get_next_version(versions[-1], None) for _ in range(1000)}
    assert len(siblings) > 990
    assert max(versions) < 2**63


def test_nothing_is_stored_by_a_checkpoint_that_cannot_be_encoded(
    database: Database, saver: PodiumSaver
) -> None:
    with pytest.raises(Exception, match=r"not serializable|Type is not"):
        saver.put(config(), checkpoint(bad=object()), {}, {"bad": 1})
    assert count(database, "checkpoints") == 0


def messages_of(saver: PodiumSaver) -> list[AnyMessage]:
    found = saver.get_tuple(config())
    assert found is not None
    messages: list[AnyMessage] = found.checkpoint["channel_values"]["messages"]
    return messages


@pytest.mark.parametrize("cache_bytes", [0, 10_000, 10_000_000])
def test_a_message_changed_in_place_is_not_changed_for_the_next_reader(
    database: Database, cache_bytes: int
) -> None:
    saver = PodiumSaver(database, cache_bytes=cache_bytes)
    kept = AIMessage([{"type": "text", "text": "x" * 3000}], id="1", additional_kwargs={"a": {"b": [1]}})
    saver.put(config(), checkpoint(messages=[kept]), {}, {"messages": 1})
    for _ in range(3):
        (message,) = messages_of(saver)
        assert message == kept
        assert isinstance(message.content[0], dict)
        message.content[0]["text"] = "changed"
        message.additional_kwargs["a"]["b"].append(2)
        message.id = "2"


def test_the_history_of_a_channel_starts_at_its_last_stored_value(saver: PodiumSaver) -> None:
    parent = config()
    for number, value in enumerate([None, ["seed"], None, None]):
        made = checkpoint() if value is None else checkpoint(list=value)
        made["channel_versions"] = {"list": number + 1}
        parent = saver.put(parent, made, {"run_id": "îchannel_values list"}, {"list": number + 1})
        saver.put_writes(parent, [("other", "list"), ("list", [number])], f"task{number}")
    history = saver.get_delta_channel_history(config=parent, channels=["list", "unknown"])
    assert history["list"] == {"seed": ["seed"], "writes": [("task1", "list", [1]), ("task2", "list", [2])]}
    assert history["unknown"] == {"writes": []}
    assert saver.get_delta_channel_history(config=parent, channels=[]) == {}
    assert saver.get_delta_channel_history(config=config("nobody"), channels=["list"]) == {
        "list": {"writes": []}
    }


@settings(max_examples=60, deadline=None)
@given(
    names=st.lists(st.text(min_size=1, max_size=12), unique=True, min_size=1, max_size=5),
    texts=st.lists(st.text() | st.just("îchannel_values"), min_size=5, max_size=5),
)
def test_a_value_is_never_overlooked(names: list[str], texts: list[str]) -> None:
    serde = JsonPlusSerializer(allowed_msgpack_modules=None)
    made = checkpoint(**dict(zip(names, texts, strict=False)), stored=["x" * 500])
    encoded = encode_checkpoint(serde, made, made["channel_versions"])
    for name in [*made["channel_values"]]:
        assert may_hold(encoded.encoding, encoded.payload, [name])
