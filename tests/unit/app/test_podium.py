"""What `podium` gives to programs: its names, and each method in two forms."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path

import pytest

import podium
from podium import KnowledgeBase, Podium

NAMES = {"Podium", "build_graph", "action", "KnowledgeBase", "Policy"}
ASYNCHRONOUS = [
    name
    for name, method in inspect.getmembers(Podium)
    if not name.startswith("_")
    and name != "aclose"
    and (inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method))
]


def test_the_names_that_stay_are_there() -> None:
    assert set(podium.__all__) >= NAMES
    assert all(getattr(podium, name) is not None for name in podium.__all__)


def test_the_methods_that_stay_are_asynchronous() -> None:
    stable = {"ask", "stream", "resume", "rollback", "effects", "pending", "feedback", "history"}
    assert stable <= set(ASYNCHRONOUS)


@pytest.mark.parametrize("name", ASYNCHRONOUS)
def test_every_method_has_a_synchronous_twin_that_takes_the_same(name: str) -> None:
    def taken(method: Callable[..., object]) -> list[tuple[str, object]]:
        return [(item.name, item.default) for item in inspect.signature(method).parameters.values()]

    assert taken(getattr(Podium, f"{name}_sync")) == taken(getattr(Podium, name))


async def test_a_knowledge_base_of_its_own_works_either_way(tmp_path: Path) -> None:
    page = tmp_path / "quay.md"
    page.write_text("# The quay\n\nA boat may stay for fourteen nights.\n", encoding="utf-8")
    async with KnowledgeBase(tmp_path / "knowledge") as base:
        await base.aingest([page])
        (found, *_) = await base.asearch("how long may a boat stay?")
    with KnowledgeBase(tmp_path / "knowledge") as again:
        assert again.search("how long may a boat stay?")[0].text == found.text
