import type { AssistantGraph } from "@langchain/langgraph-sdk";

/** A node as it is drawn. Ids are paths: "research:look" is in the subgraph "research". */
export interface DrawnNode {
  id: string;
  name: string;
  /** The open subgraph that it is in; "" for the graph itself. */
  parent: string;
  kind: "start" | "end" | "node" | "closed" | "open";
}

export interface DrawnEdge {
  source: string;
  target: string;
  conditional: boolean;
  /** What the graph calls the way, where it names it. */
  label: string;
}

/** A graph as it is drawn, with some of its subgraphs open. */
export interface Drawing {
  nodes: DrawnNode[];
  edges: DrawnEdge[];
}

const parentOf = (id: string) => id.slice(0, Math.max(0, id.lastIndexOf(":")));
const nameOf = (id: string) => id.slice(id.lastIndexOf(":") + 1);

/** The paths that lead to a node from outside: "a:b:c" is in "a" and in "a:b". */
function outer(id: string): string[] {
  const parts = id.split(":");
  return parts.slice(0, -1).map((_, at) => parts.slice(0, at + 1).join(":"));
}

/** The subgraphs of a graph, by path. */
export function subgraphsOf(graph: AssistantGraph): string[] {
  return [...new Set(graph.nodes.flatMap((node) => outer(String(node.id))))];
}

/** What is drawn of a graph: closed subgraphs as one node, open ones around what they hold. */
export function drawingOf(graph: AssistantGraph, open: ReadonlySet<string>): Drawing {
  const groups = new Set(subgraphsOf(graph));
  const shown = (id: string) => outer(id).find((path) => !open.has(path)) ?? id;
  const nodes = new Map<string, DrawnNode>();
  const add = (id: string) => {
    if (nodes.has(id)) return;
    const name = nameOf(id);
    const special = name === "__start__" ? "start" : name === "__end__" ? "end" : "node";
    const kind = !groups.has(id) ? special : open.has(id) ? "open" : "closed";
    nodes.set(id, { id, name, parent: parentOf(id), kind });
  };
  for (const node of graph.nodes) {
    const id = shown(String(node.id));
    outer(id).forEach(add);
    add(id);
  }
  const edges = new Map<string, DrawnEdge>();
  for (const edge of graph.edges) {
    const [source, target] = levelled(shown(String(edge.source)), shown(String(edge.target)));
    const within = source === target && !isLoop(edge);
    const key = `${source} ${target}`;
    if (within || edges.has(key)) continue;
    edges.set(key, { source, target, conditional: edge.conditional ?? false, label: labelOf(edge) });
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

const labelOf = (edge: AssistantGraph["edges"][number]) =>
  edge.data === undefined || edge.data === null || edge.data === edge.target ? "" : String(edge.data);

/** A node that goes on to itself; a subgraph's goes from its end to its beginning. */
function isLoop(edge: AssistantGraph["edges"][number]): boolean {
  const [source, target] = [String(edge.source), String(edge.target)];
  if (source === target) return true;
  return (
    nameOf(source) === "__end__" && nameOf(target) === "__start__" && parentOf(source) === parentOf(target)
  );
}

/** The ends of an edge on the level where both are: an edge into an open subgraph ends at its frame. */
function levelled(source: string, target: string): [string, string] {
  const [one, other] = [source.split(":"), target.split(":")];
  let common = 0;
  while (common < Math.min(one.length, other.length) - 1 && one[common] === other[common]) common += 1;
  return [one.slice(0, common + 1).join(":"), other.slice(0, common + 1).join(":")];
}
