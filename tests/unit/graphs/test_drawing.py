"""Graphs are drawn without any connection."""

from __future__ import annotations

from io import BytesIO

from langchain_core.runnables.graph import Graph, Node
from PIL import Image

from podium.graphs.drawing import draw_png


def graph_of(*edges: tuple[str, str], conditional: bool = False) -> Graph:
    graph = Graph()
    for name in dict.fromkeys(name for edge in edges for name in edge):
        graph.nodes[name] = Node(name, name, None, None)
    for source, target in edges:
        graph.add_edge(graph.nodes[source], graph.nodes[target], conditional=conditional)
    return graph


def size(png: bytes) -> tuple[int, int]:
    with Image.open(BytesIO(png)) as image:
        assert image.format == "PNG"
        return image.size


def test_a_chain_is_taller_than_wide() -> None:
    width, height = size(draw_png(graph_of(("__start__", "a"), ("a", "b"), ("b", "__end__"))))
    assert height > width


def test_choices_stand_side_by_side() -> None:
    chain = size(draw_png(graph_of(("a", "b"), ("b", "c"))))
    choice = size(draw_png(graph_of(("a", "b"), ("a", "c"), conditional=True)))
    assert choice[0] > chain[0]
    assert choice[1] < chain[1]


def test_loops_back_and_to_itself_are_drawn() -> None:
    plain = draw_png(graph_of(("a", "b"), ("b", "c")))
    looped = draw_png(graph_of(("a", "b"), ("b", "c"), ("b", "b"), ("c", "a"), ("c", "b")))
    assert size(looped)[1] >= size(plain)[1]
    assert looped != plain


def test_parts_that_nothing_joins_stand_beside_each_other() -> None:
    one = size(draw_png(graph_of(("a", "b"))))
    two = size(draw_png(graph_of(("a", "b"), ("c", "d"))))
    assert two[0] > one[0]
    assert two[1] == one[1]


def test_the_same_graph_gives_the_same_picture() -> None:
    edges = (("a", "b"), ("a", "c"), ("b", "d"), ("c", "d"), ("d", "a"))
    assert draw_png(graph_of(*edges)) == draw_png(graph_of(*edges))
