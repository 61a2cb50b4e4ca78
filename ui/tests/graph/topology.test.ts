import type { AssistantGraph } from "@langchain/langgraph-sdk";
import { describe, expect, it } from "vitest";
import { drawingOf, subgraphsOf } from "@/pages/graph/topology";

const graphOf = (edges: string[], conditional: string[] = []): AssistantGraph => {
  const pairs = [...edges, ...conditional].map((edge) => edge.split(" ") as [string, string]);
  const ids = [...new Set(pairs.flat())];
  return {
    nodes: ids.map((id) => ({ id, type: "runnable", data: { name: id } })),
    edges: pairs.map(([source, target]) => ({
      source,
      target,
      ...(conditional.includes(`${source} ${target}`) ? { conditional: true } : {}),
    })),
  };
};

const nested = graphOf(
  [
    "__start__ research:__start__",
    "research:__start__ research:look",
    "research:look research:deep:__start__",
    "research:deep:__start__ research:deep:dig",
    "research:deep:dig research:deep:__end__",
    "research:deep:__end__ research:__end__",
    "research:__end__ book",
    "book __end__",
  ],
  ["research:look research:__end__"],
);

const told = (graph: AssistantGraph, open: string[]) => {
  const drawing = drawingOf(graph, new Set(open));
  return {
    nodes: drawing.nodes.map((node) => `${node.kind} ${node.id}`).sort(),
    edges: drawing.edges.map((edge) => `${edge.source} > ${edge.target}`).sort(),
  };
};

describe("a drawing of a graph", () => {
  it("knows its subgraphs, those within others too", () => {
    expect(subgraphsOf(nested)).toEqual(["research", "research:deep"]);
    expect(subgraphsOf(graphOf(["__start__ a", "a __end__"]))).toEqual([]);
  });

  it("has a closed subgraph as one node", () => {
    expect(told(nested, [])).toEqual({
      nodes: ["closed research", "end __end__", "node book", "start __start__"],
      edges: ["__start__ > research", "book > __end__", "research > book"],
    });
  });

  it("has what an open subgraph holds, and ways from outside end at its frame", () => {
    const { nodes, edges } = told(nested, ["research"]);
    expect(nodes).toContain("open research");
    expect(nodes).toContain("closed research:deep");
    expect(edges).toEqual([
      "__start__ > research",
      "book > __end__",
      "research > book",
      "research:__start__ > research:look",
      "research:deep > research:__end__",
      "research:look > research:__end__",
      "research:look > research:deep",
    ]);
  });

  it("opens a subgraph in a subgraph, but not through a closed one", () => {
    expect(told(nested, ["research", "research:deep"]).nodes).toContain("node research:deep:dig");
    expect(told(nested, ["research:deep"])).toEqual(told(nested, []));
  });

  it("keeps the ways of a node and of a subgraph to themselves", () => {
    const loops = graphOf(["a a", "s:__end__ s:__start__", "s:x s:y", "a s:__start__"]);
    expect(told(loops, []).edges).toEqual(["a > a", "a > s", "s > s"]);
  });

  it("says which ways are taken by choice", () => {
    const edges = drawingOf(nested, new Set(["research"])).edges;
    const choice = edges.filter((edge) => edge.conditional).map((edge) => edge.target);
    expect(choice).toEqual(["research:__end__"]);
  });
});
