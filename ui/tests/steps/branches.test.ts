import { describe, expect, it } from "vitest";
import { commonStep, drawTree, nameOf, numberOf, pathTo, resultOf, treeOf, turnsOf } from "@/steps/branches";
import type { Step } from "@/steps/step";
import { makeStep } from "./make";

const forked = treeOf([
  makeStep("a", null, { source: "input" }),
  makeStep("b", "a"),
  makeStep("c", "b"),
  makeStep("d", "b", { source: "fork" }),
  makeStep("e", "d"),
]);

describe("a tree of checkpoints", () => {
  it("ends where nothing goes on, the latest end first", () => {
    expect(forked.ends).toEqual(["e", "c"]);
  });

  it("tells the path to a checkpoint from its root", () => {
    expect(pathTo(forked, "e").map((step) => step.id)).toEqual(["a", "b", "d", "e"]);
    expect(pathTo(forked, "nowhere")).toEqual([]);
  });

  it("finds the last checkpoint that two branches have in common", () => {
    expect(commonStep(forked, "c", "e")?.id).toBe("b");
    expect(commonStep(forked, "b", "e")?.id).toBe("b");
    const two = treeOf([makeStep("x", null), makeStep("y", null)]);
    expect(commonStep(two, "x", "y")).toBeNull();
  });

  it("numbers checkpoints from 1 in the order in which they were written, over all branches", () => {
    expect(forked.steps.map((step) => numberOf(forked, step.id))).toEqual([1, 2, 3, 4, 5]);
    expect(nameOf(forked, forked.steps[0] as Step)).toBe("step 1, New input");
  });

  it("goes on counting where older checkpoints are not loaded", () => {
    const late = treeOf([makeStep("x", "w", { step: 7 }), makeStep("y", "x", { step: 8 })], true);
    expect(late.steps.map((step) => numberOf(late, step.id))).toEqual([9, 10]);
  });

  it("tells what a node led to, and the checkpoint itself while it has led to nothing", () => {
    const at = (second: number) => ({ at: `2026-01-01T00:00:0${second}Z` });
    const tree = treeOf([
      makeStep("a", null, { source: "input", ...at(0) }),
      makeStep("b", "a", at(1)),
      makeStep("c", "a", at(5)),
    ]);
    expect(resultOf(tree, "a", at(0).at)?.id).toBe("b");
    expect(resultOf(tree, "a", at(3).at)?.id).toBe("c");
    expect(resultOf(tree, "c", at(6).at)?.id).toBe("c");
    expect(resultOf(tree, "gone", at(0).at)).toBeUndefined();
  });

  it("ends a path at a checkpoint whose parent is not loaded, or is itself", () => {
    const cut = treeOf([makeStep("m", "older"), makeStep("n", "n")]);
    expect(pathTo(cut, "m").map((step) => step.id)).toEqual(["m"]);
    expect(pathTo(cut, "n").length).toBeLessThan(4);
  });
});

describe("the drawing of a tree", () => {
  it("has the branch that counts in the first lane and the others beside it", () => {
    const drawing = drawTree(forked, "e");
    expect(drawing.width).toBe(2);
    expect([...drawing.laneOf].sort()).toEqual([
      ["a", 0],
      ["b", 0],
      ["c", 1],
      ["d", 0],
      ["e", 0],
    ]);
    expect(drawing.lanes).toEqual([
      { lane: 0, top: 0, bottom: 4, from: null, end: "e" },
      { lane: 1, top: 2, bottom: 2, from: { row: 3, lane: 0 }, end: "c" },
    ]);
  });

  it("takes a lane again for branches that are not beside each other", () => {
    const tree = treeOf([
      makeStep("a", null),
      makeStep("b", "a"),
      makeStep("old", "a"),
      makeStep("c", "b"),
      makeStep("d", "c"),
      makeStep("new", "c"),
      makeStep("e", "d"),
    ]);
    const drawing = drawTree(tree, "e");
    expect(drawing.laneOf.get("old")).toBe(1);
    expect(drawing.laneOf.get("new")).toBe(1);
    expect(drawing.width).toBe(2);
  });

  it("draws ten thousand checkpoints with a thousand branches in little time", () => {
    const steps = Array.from({ length: 10_000 }, (_, at) => {
      const parent = at === 0 ? null : at % 10 === 0 ? `${Math.max(0, at - 12)}` : `${at - 1}`;
      return makeStep(`${at}`, parent);
    });
    const began = performance.now();
    const drawing = drawTree(treeOf(steps), "9999");
    expect(drawing.laneOf.size).toBe(10_000);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe("turns", () => {
  it("begin at inputs", () => {
    const path = [
      makeStep("a", null, { source: "input" }),
      makeStep("b", "a"),
      makeStep("c", "b", { source: "input" }),
      makeStep("d", "c"),
    ];
    expect(turnsOf(path).map((turn) => turn.steps.map((step) => step.id))).toEqual([
      ["a", "b"],
      ["c", "d"],
    ]);
  });

  it("begin with what is known where the input is not loaded", () => {
    expect(turnsOf([makeStep("b", "a"), makeStep("c", "b")])).toHaveLength(1);
    expect(turnsOf([])).toEqual([]);
  });
});
