"""A picture of a graph, drawn on this machine: layers by grandalf, ink by Pillow."""

from __future__ import annotations

import math
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from langchain_core.runnables.graph import Graph
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont, ImageFont

Point: TypeAlias = tuple[float, float]

SCALE: Final = 2
"""Pixels per unit, for screens with dense pixels."""

_FONT: Final = 15
_PAD_X: Final = 18
_HEIGHT: Final = 36
_MARGIN: Final = 30
_GAP_X: Final = 46
_GAP_Y: Final = 54
_INK: Final = "#1f2933"
_LINE: Final = "#52606d"
_CHOICE: Final = "#9aa5b1"
_FILL: Final = "#e3f0ff"
_EDGE: Final = "#3b82c4"
_TERMINAL: Final = "#d8f3e3"
_TERMINAL_EDGE: Final = "#2f9e68"
_ENDS: Final = {"__start__": "start", "__end__": "end"}


@dataclass(frozen=True, slots=True)
class _Box:
    """A node's place: its centre and half its size."""

    x: float
    y: float
    half_width: float
    half_height: float
    label: str
    terminal: bool


def draw_png(graph: Graph) -> bytes:
    """The graph as a PNG picture: solid arrows always follow, dashed ones are chosen among.

    Args:
        graph: What `compiled.get_graph()` gives.
    """
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default(_FONT * SCALE)
    boxes, routes = _layout(graph, font)
    paths = [(_smooth(route), chosen) for route, chosen in routes]
    points = [point for path, _ in paths for point in path]
    left = min([b.x - b.half_width for b in boxes.values()] + [x for x, _ in points]) - _MARGIN
    top = min(b.y - b.half_height for b in boxes.values()) - _MARGIN
    right = max([b.x + b.half_width for b in boxes.values()] + [x for x, _ in points]) + _MARGIN
    bottom = max(b.y + b.half_height for b in boxes.values()) + _MARGIN
    image = Image.new("RGB", (math.ceil((right - left) * SCALE), math.ceil((bottom - top) * SCALE)), "white")
    ink = ImageDraw.Draw(image)

    def pixel(point: Point) -> Point:
        return (point[0] - left) * SCALE, (point[1] - top) * SCALE

    for path, chosen in paths:
        _arrow(ink, [pixel(point) for point in path], chosen=chosen)
    for box in boxes.values():
        _box(ink, box, pixel, font)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _layout(
    graph: Graph, font: FreeTypeFont | ImageFont
) -> tuple[dict[str, _Box], list[tuple[list[Point], bool]]]:
    from grandalf.graphs import Edge, Vertex
    from grandalf.graphs import Graph as Layers
    from grandalf.layouts import SugiyamaLayout

    vertices = {name: Vertex(name) for name in graph.nodes}
    for name, vertex in vertices.items():
        label = _ENDS.get(name, graph.nodes[name].name)
        vertex.view = _View(font.getlength(label) / SCALE + 2 * _PAD_X, _HEIGHT)
    links = [(edge.source, edge.target, edge.conditional) for edge in graph.edges]
    edges = {(a, b): Edge(vertices[a], vertices[b]) for a, b, _ in links if a != b}
    for edge in edges.values():
        edge.view = _Route()
    layers = Layers(list(vertices.values()), list(edges.values()))
    offset = 0.0
    for component in layers.C:
        sugiyama = SugiyamaLayout(component)
        sugiyama.xspace, sugiyama.yspace = _GAP_X, _GAP_Y
        roots = [vertex for vertex in component.sV if vertex.data == "__start__"]
        sugiyama.init_all(
            roots=roots or None, inverted_edges=_back_edges(component, roots, list(graph.nodes))
        )
        sugiyama.draw(6)
        left = min(vertex.view.xy[0] - vertex.view.w / 2 for vertex in component.sV)
        for vertex in component.sV:
            vertex.view.xy = (vertex.view.xy[0] - left + offset, vertex.view.xy[1])
        for edge in component.sE:
            edge.view.points = [(x - left + offset, y) for x, y in edge.view.points]
        offset += max(v.view.xy[0] + v.view.w / 2 for v in component.sV) + _GAP_X
    boxes = {
        name: _Box(
            vertex.view.xy[0],
            vertex.view.xy[1],
            vertex.view.w / 2,
            vertex.view.h / 2,
            _ENDS.get(name, graph.nodes[name].name),
            name in _ENDS,
        )
        for name, vertex in vertices.items()
    }
    return boxes, [(_path(a, b, boxes, edges), chosen) for a, b, chosen in links]


class _View:
    """What grandalf wants to know of a vertex, and where it puts it."""

    def __init__(self, width: float, height: float) -> None:
        self.w, self.h = width, height
        self.xy: Point = (0.0, 0.0)


class _Route:
    """The bends that grandalf gives an edge."""

    def __init__(self) -> None:
        self.points: list[Point] = []

    def setpath(self, points: list[Point]) -> None:
        self.points = [(float(x), float(y)) for x, y in points]


def _back_edges(component: Any, roots: list[Any], names: list[str]) -> list[Any]:
    """The edges that lead back to a node still being visited, which layers must ignore."""
    order = {name: place for place, name in enumerate(names)}
    found: list[Any] = []
    state: dict[Any, str] = {}

    def visit(vertex: Any) -> None:
        state[vertex] = "open"
        for edge in sorted(vertex.e_out(), key=lambda edge: order[edge.v[1].data]):
            target = edge.v[1]
            if state.get(target) == "open":
                found.append(edge)
            elif target not in state:
                visit(target)
        state[vertex] = "done"

    for vertex in [*roots, *component.sV]:
        if vertex not in state:
            visit(vertex)
    return found


def _path(source: str, target: str, boxes: dict[str, _Box], edges: dict[tuple[str, str], Any]) -> list[Point]:
    """The line of an edge from border to border."""
    a, b = boxes[source], boxes[target]
    if source == target:
        side = a.x + a.half_width
        return [(side, a.y - 8), (side + 34, a.y - 14), (side + 34, a.y + 14), (side, a.y + 8)]
    if b.y < a.y and (target, source) in edges:
        return _beside(a, b)
    inner = list(edges[source, target].view.points[1:-1])
    if inner and (inner[0][1] - inner[-1][1]) * (a.y - b.y) < 0:
        inner.reverse()
    middle = inner or [(a.x, a.y), (b.x, b.y)]
    return [
        _border(a, middle[0] if inner else (b.x, b.y)),
        *inner,
        _border(b, middle[-1] if inner else (a.x, a.y)),
    ]


def _beside(a: _Box, b: _Box) -> list[Point]:
    """A way back next to the way there."""
    shift = min(a.half_width, b.half_width) * 0.55
    return [(a.x + shift, a.y - a.half_height), (b.x + shift, b.y + b.half_height)]


def _border(box: _Box, towards: Point) -> Point:
    """Where an edge leaves a box: the middle third of its top or bottom."""
    dx, dy = towards[0] - box.x, towards[1] - box.y
    if dx == 0 and dy == 0:
        return box.x, box.y
    ratio = min(box.half_height / abs(dy) if dy else math.inf, box.half_width / abs(dx) if dx else math.inf)
    return box.x + dx * ratio, box.y + dy * ratio


def _smooth(path: list[Point]) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    if len(path) < 3:
        return path
    padded = [path[0], *path, path[-1]]
    curve: list[Point] = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(16):
            t = step / 16
            curve.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    return [*curve, path[-1]]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


def _arrow(ink: ImageDraw, curve: list[Point], *, chosen: bool) -> None:
    color = _CHOICE if chosen else _LINE
    for piece in _dashes(curve) if chosen else [curve]:
        ink.line(piece, fill=color, width=2 * SCALE, joint="curve")
    tip, before = curve[-1], curve[-2]
    if len(curve) > 4:
        before = curve[-4]
    angle = math.atan2(tip[1] - before[1], tip[0] - before[0])
    size = 9 * SCALE
    wings = [
        (tip[0] - size * math.cos(angle + turn), tip[1] - size * math.sin(angle + turn))
        for turn in (0.42, -0.42)
    ]
    ink.polygon([tip, *wings], fill=_LINE)


def _dashes(curve: list[Point]) -> list[list[Point]]:
    """The curve cut into dashes of even length."""
    dash, gap = 7.0 * SCALE, 5.0 * SCALE
    pieces: list[list[Point]] = [[curve[0]]]
    drawing, left = True, dash
    for start, end in pairwise(curve):
        length = math.dist(start, end)
        walked = 0.0
        while length - walked > left:
            walked += left
            share = walked / length
            point = (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
            if drawing:
                pieces[-1].append(point)
            else:
                pieces.append([point])
            drawing = not drawing
            left = dash if drawing else gap
        left -= length - walked
        if drawing:
            pieces[-1].append(end)
    return [piece for piece in pieces if len(piece) > 1]


def _box(ink: ImageDraw, box: _Box, pixel: Any, font: FreeTypeFont | ImageFont) -> None:
    corners = [
        pixel((box.x - box.half_width, box.y - box.half_height)),
        pixel((box.x + box.half_width, box.y + box.half_height)),
    ]
    ink.rounded_rectangle(
        corners,
        radius=(_HEIGHT / 2 if box.terminal else 8) * SCALE,
        fill=_TERMINAL if box.terminal else _FILL,
        outline=_TERMINAL_EDGE if box.terminal else _EDGE,
        width=round(1.5 * SCALE),
    )
    ink.text(pixel((box.x, box.y)), box.label, fill=_INK, font=font, anchor="mm")
