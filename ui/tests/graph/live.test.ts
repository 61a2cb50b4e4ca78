import { describe, expect, it } from "vitest";
import { NOTHING, type Overlay, withEvent, withOverlay } from "@/pages/graph/live";
import { progressOf } from "@/pages/graph/progress";
import { eventOf } from "@/steps/live";

const overlayOf = (...events: [string, unknown][]): Overlay =>
  events.reduce((overlay, [name, data]) => withEvent(overlay, eventOf(name, data)), NOTHING);

describe("what a stream tells between checkpoints", () => {
  it("is who is at work and who is done", () => {
    expect(Object.fromEntries(overlayOf(["tasks", { name: "a", input: {} }]))).toEqual({ a: "running" });
    expect(
      Object.fromEntries(overlayOf(["tasks", { name: "a", input: {} }], ["updates", { a: {} }])),
    ).toEqual({
      a: "done",
    });
    expect(overlayOf(["tasks", { name: "a", error: "ValueError" }]).get("a")).toBe("failed");
    expect(overlayOf(["tasks", { name: "a", error: null, interrupts: [{}] }]).get("a")).toBe("waiting");
  });

  it("is told of Podium's own nodes by their own events", () => {
    const start = { kind: "node", node: "plan", data: { phase: "start" } };
    expect(overlayOf(["custom", start]).get("plan")).toBe("running");
    expect(overlayOf(["custom", start], ["custom", { ...start, data: { phase: "end" } }]).get("plan")).toBe(
      "done",
    );
  });

  it("is told of nodes in subgraphs under their paths", () => {
    const overlay = overlayOf(["updates|research:1|deep:2", { dig: {} }]);
    expect([...overlay.keys()]).toEqual(["research:deep:dig"]);
  });

  it("is over with the super-step, on its own level only", () => {
    const overlay = overlayOf(["updates|sub:1", { a: {} }], ["updates", { b: {} }], ["values", {}]);
    expect([...overlay.keys()]).toEqual(["sub:a"]);
    expect(overlayOf(["updates", { b: {} }], ["run_done", {}]).size).toBe(0);
  });

  it("does not change with tokens, interrupts or what is no object", () => {
    for (const [name, data] of [
      ["custom", { kind: "token", data: { text: "x" } }],
      ["updates", { __interrupt__: [] }],
      ["updates", null],
      ["messages", [{}]],
    ] as [string, unknown][]) {
      expect(withEvent(NOTHING, eventOf(name, data))).toBe(NOTHING);
    }
  });

  it("is laid over the progress without losing what was counted", () => {
    const progress = progressOf([], -1, true);
    progress.nodes.set("a", { standing: "done", visits: 2, seconds: 1, tokens: null, cost: null });
    const told = withOverlay(progress, overlayOf(["tasks", { name: "a", input: {} }]));
    expect(told.nodes.get("a")).toMatchObject({ standing: "running", visits: 2 });
    expect(withOverlay(progress, NOTHING)).toBe(progress);
  });
});
