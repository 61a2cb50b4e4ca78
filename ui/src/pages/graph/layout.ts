import { Graph, layout } from "@dagrejs/dagre";
import type { Drawing, DrawnEdge, DrawnNode } from "./topology";

export interface Point {
  x: number;
  y: number;
}

/** Where a node stands in the frame around it. */
export interface PlacedNode extends DrawnNode {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** The way of an edge, in the whole drawing, and where its count stands. */
export interface PlacedEdge extends DrawnEdge {
  points: Point[];
  at: Point;
}

export interface Placed {
  nodes: PlacedNode[];
  edges: PlacedEdge[];
}

const SIZES: Record<DrawnNode["kind"], { width: number; height: number }> = {
  start: { width: 64, height: 28 },
  end: { width: 64, height: 28 },
  node: { width: 168, height: 62 },
  closed: { width: 168, height: 62 },
  open: { width: 0, height: 0 },
};
const MARGIN = 16;
/** The height of an open subgraph's title. */
const TITLE = 36;
const LABEL = { width: 34, height: 18 };

/** Places a drawing level by level: an open subgraph is laid out by itself, then put into its parent as one box. */
export function place(drawing: Drawing): Placed {
  const inside = new Map<string, DrawnNode[]>();
  for (const node of drawing.nodes) inside.set(node.parent, [...(inside.get(node.parent) ?? []), node]);
  const placed: Placed = { nodes: [], edges: [] };
  placeLevel("", inside, drawing.edges, placed);
  return placed;
}

/** Lays out what a frame holds and all within; tells the size of the frame. */
function placeLevel(
  frame: string,
  inside: Map<string, DrawnNode[]>,
  edges: DrawnEdge[],
  placed: Placed,
): { width: number; height: number } {
  const nodes = inside.get(frame) ?? [];
  const graph = new Graph({ multigraph: false });
  const top = frame === "" ? MARGIN : MARGIN + TITLE;
  graph.setGraph({ rankdir: "TB", nodesep: 40, ranksep: 46, edgesep: 18, marginx: MARGIN, marginy: MARGIN });
  const inner = new Map<string, Placed>();
  for (const node of nodes) {
    const within: Placed = { nodes: [], edges: [] };
    const size = node.kind === "open" ? placeLevel(node.id, inside, edges, within) : SIZES[node.kind];
    inner.set(node.id, within);
    graph.setNode(node.id, { ...size });
  }
  const order = new Map(nodes.map((node, at) => [node.id, at]));
  const own = edges
    .filter((edge) => order.has(edge.source) && order.has(edge.target))
    // Ways to nodes that were declared earlier come last, so that they are the ones drawn as ways back.
    .sort((one, other) => (order.get(one.target) ?? 0) - (order.get(other.target) ?? 0));
  const loops = own.filter((edge) => edge.source === edge.target);
  const ways = own.filter((edge) => edge.source !== edge.target);
  for (const edge of ways) graph.setEdge(edge.source, edge.target, { ...LABEL, labelpos: "c" });
  layout(graph);
  const down = top - MARGIN;
  for (const node of nodes) {
    const { x, y, width, height } = graph.node(node.id) as Point & { width: number; height: number };
    const corner = { x: x - width / 2, y: y - height / 2 + down };
    placed.nodes.push({ ...node, ...corner, width, height });
    const within = inner.get(node.id) as Placed;
    placed.nodes.push(...within.nodes);
    placed.edges.push(...within.edges.map((edge) => shifted(edge, corner)));
  }
  for (const edge of loops) {
    const { x, y, width } = graph.node(edge.source) as Point & { width: number };
    placed.edges.push(loopAt(edge, { x: x + width / 2, y: y + down }));
  }
  for (const edge of ways) {
    const told = graph.edge(edge.source, edge.target) as unknown as { points: Point[] } & Partial<Point>;
    const middle = told.points[Math.floor(told.points.length / 2)] ?? { x: 0, y: 0 };
    const at = { x: told.x ?? middle.x, y: told.y ?? middle.y };
    placed.edges.push(shifted({ ...edge, points: told.points, at }, { x: 0, y: down }));
  }
  const size = graph.graph() as { width?: number; height?: number };
  return { width: size.width ?? 0, height: (size.height ?? 0) + down };
}

/** The way of a node to itself: a bow at its right side. */
function loopAt(edge: DrawnEdge, { x, y }: Point): PlacedEdge {
  const points = [
    { x: x - 2, y: y - 14 },
    { x: x + 34, y: y - 26 },
    { x: x + 34, y: y + 26 },
    { x, y: y + 14 },
  ];
  return { ...edge, points, at: { x: x + 30, y } };
}

function shifted(edge: PlacedEdge, by: Point): PlacedEdge {
  const move = (point: Point) => ({ x: point.x + by.x, y: point.y + by.y });
  return { ...edge, points: edge.points.map(move), at: move(edge.at) };
}

/** A smooth line through points, as the path of an SVG. */
export function smooth(points: Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  const last = rest.at(-1);
  if (last === undefined) return `M ${first.x} ${first.y}`;
  const bends = rest.slice(0, -1).map((point, at) => {
    const next = rest[at + 1] ?? last;
    const end = at === rest.length - 2 ? last : { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
    return `Q ${point.x} ${point.y} ${end.x} ${end.y}`;
  });
  return [`M ${first.x} ${first.y}`, ...(bends.length === 0 ? [`L ${last.x} ${last.y}`] : bends)].join(" ");
}
