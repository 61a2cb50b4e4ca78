import { describe, expect, it } from "vitest";
import { measuresOf, type Span } from "@/pages/graph/measures";
import { progressOf } from "@/pages/graph/progress";
import { namespaceOf } from "@/pages/graph/use_progress";
import type { Step } from "@/steps/step";
import { makeStep } from "../steps/make";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

/** look → judge → look → judge → the end, a second each. */
const looped: Step[] = [
  makeStep("0", null, { source: "input", ran: ["__start__"], at: at(0) }),
  makeStep("1", "0", { ran: ["look"], at: at(0) }),
  makeStep("2", "1", { ran: ["judge"], at: at(1) }),
  makeStep("3", "2", { ran: ["look"], at: at(2) }),
  makeStep("4", "3", { ran: ["judge"], at: at(3) }),
  makeStep("5", "4", { at: at(4) }),
];

describe("the progress of a graph", () => {
  it("counts visits and ways, and adds the times up", () => {
    const { nodes, ways } = progressOf(looped, 5, false);
    expect(nodes.get("look")).toMatchObject({ standing: "done", visits: 2, seconds: 2 });
    expect(Object.fromEntries(ways)).toEqual({
      "__start__ look": 1,
      "look judge": 2,
      "judge look": 1,
      "judge __end__": 1,
    });
    expect(nodes.get("__end__")?.standing).toBe("done");
  });

  it("at an earlier step tells only what had happened by then", () => {
    const { nodes, ways } = progressOf(looped, 2, true);
    expect(nodes.get("look")).toMatchObject({ standing: "done", visits: 1 });
    expect(nodes.get("judge")).toMatchObject({ standing: "next", visits: 0 });
    expect(ways.get("judge look")).toBeUndefined();
  });

  it("tells what runs now, what waits and what failed where the graph stands", () => {
    const standing = (status: "open" | "waiting" | "failed", isBusy: boolean) => {
      const head = makeStep("h", null, { ran: ["work"] });
      for (const task of head.tasks) task.status = status;
      return progressOf([head], 0, isBusy).nodes.get("work")?.standing;
    };
    expect(standing("open", true)).toBe("running");
    expect(standing("open", false)).toBe("next");
    expect(standing("waiting", false)).toBe("waiting");
    expect(standing("failed", false)).toBe("failed");
  });

  it("does not count what was left for a branch", () => {
    const branched = [
      makeStep("0", null, { ran: ["look"], at: at(0) }),
      makeStep("1", "0", { source: "fork", ran: ["look"], at: at(9) }),
      makeStep("2", "1", { at: at(10) }),
    ];
    expect(progressOf(branched, 2, false).nodes.get("look")).toMatchObject({ visits: 1, seconds: 1 });
  });

  it("of nothing is nothing", () => {
    expect(progressOf([], -1, true).nodes.size).toBe(0);
  });
});

describe("measures", () => {
  const span = (given: Partial<Span>): Span => ({
    span_id: "n",
    parent_id: "",
    kind: "node",
    name: "look",
    started_at: at(0),
    seconds: 0.5,
    ...given,
  });

  it("belong to the visit in whose time the node began, with what its model calls used", () => {
    const model = { input_tokens: 10, output_tokens: 5, cost: 0.01 };
    const spans = [
      span({ span_id: "n1", started_at: at(0) }),
      span({ span_id: "r", parent_id: "n1", kind: "retrieval", name: "s" }),
      span({ span_id: "m", parent_id: "r", kind: "model", name: "x", model }),
      span({ span_id: "n2", started_at: at(2), seconds: 0.25 }),
    ];
    const measures = measuresOf(looped, spans);
    expect(measures.get("1 look")).toEqual({ seconds: 0.5, tokens: 15, cost: 0.01 });
    expect(measures.get("3 look")).toEqual({ seconds: 0.25, tokens: null, cost: null });
    expect(progressOf(looped, 5, false, measures).nodes.get("look")).toMatchObject({
      seconds: 0.75,
      tokens: 15,
    });
  });

  it("leave the wait for a person out", () => {
    const steps = [makeStep("0", null, { ran: ["human"], at: at(0) }), makeStep("1", "0", { at: at(50) })];
    const visits = [
      span({ span_id: "a", name: "human", started_at: at(0), seconds: 0.1 }),
      span({ span_id: "b", name: "human", started_at: at(40), seconds: 0.2 }),
    ];
    expect(measuresOf(steps, visits).get("0 human")?.seconds).toBeCloseTo(0.3);
  });
});

describe("where a subgraph keeps its checkpoints", () => {
  const steps = [
    makeStep("0", null, { ran: ["sub"] }),
    makeStep("1", "0", { ran: ["sub"] }),
    makeStep("2", "1"),
  ];

  it("is its last visit before the step that is looked at", () => {
    expect(namespaceOf(steps, 2, "sub", "")).toBe("sub:1-0");
    expect(namespaceOf(steps, 1, "sub", "")).toBe("sub:0-0");
    expect(namespaceOf(steps, 0, "sub", "")).toBeNull();
    expect(namespaceOf(steps, 2, "other", "")).toBeNull();
  });

  it("is the visit that goes on where the graph stands there", () => {
    expect(namespaceOf(steps.slice(0, 2), 1, "sub", "outer:1")).toBe("outer:1|sub:1-0");
  });
});
