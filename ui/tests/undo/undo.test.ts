import { describe, expect, it } from "vitest";
import type { Effect } from "@/judging/types";
import { onlyOf, type Undo, wayOut } from "@/pages/undo/model";
import { likely, pointsOf, saidIn, trunk } from "@/pages/undo/points";
import type { Step } from "@/steps/step";

const step = (id: string, parentId: string | null, source = "loop"): Step => ({
  id,
  parentId,
  step: 0,
  source,
  wentBack: false,
  runId: null,
  at: `2026-05-01T12:00:0${id.length}Z`,
  tasks: [],
});

const effect = (digest: string, checkpoint: string, status = "verified") =>
  ({ digest, checkpoint_id: checkpoint, status }) as Effect;

/** Two turns, and a branch that was left at c. */
const STEPS = [
  step("a", null, "input"),
  step("b", "a"),
  step("c", "b"),
  step("left", "b"),
  step("d", "c", "input"),
  step("e", "d"),
];

describe("the points to go back to", () => {
  it("are before each turn of the branch that the thread stands on, the latest first", () => {
    expect(trunk(STEPS, "e").map((one) => one.id)).toEqual(["a", "b", "c", "d", "e"]);
    const points = pointsOf(
      STEPS,
      "e",
      ["first", "second"],
      [effect("x", "b"), effect("gone", "b", "compensated")],
    );
    expect(
      points.map(({ checkpointId, said, turns, effects }) => [checkpointId, said, turns, effects]),
    ).toEqual([
      ["c", "second", 1, 0],
      ["a", "first", 2, 1],
    ]);
    expect(likely(points)?.checkpointId).toBe("a");
  });

  it("do not put words to turns where they do not fit", () => {
    expect(pointsOf(STEPS, "e", ["only one"], []).map((point) => point.said)).toEqual(["", ""]);
  });

  it("are none where nothing is known, and end where parents go in a circle", () => {
    expect(pointsOf([], null, [], [])).toEqual([]);
    expect(likely([])).toBeUndefined();
    expect(trunk([step("x", "y"), step("y", "x")], "x")).toHaveLength(2);
  });
});

describe("undoing", () => {
  const one = (digest: string, over: Partial<Undo> = {}): Undo => ({
    digest,
    tool: "t",
    target: "",
    effect: "compensable",
    before: "verified",
    after: "verified",
    undoable: true,
    message: "",
    ...over,
  });

  it("names digests only where something is kept", () => {
    expect(onlyOf([one("a"), one("b")], new Set())).toEqual([]);
    expect(onlyOf([one("a"), one("b")], new Set(["a"]))).toEqual(["b"]);
  });

  it("says what to do about what was not undone", () => {
    expect(wayOut(one("a", { after: "compensated" }))).toBe("");
    expect(wayOut(one("a", { undoable: false }))).toMatch(/cannot be undone/);
    expect(wayOut(one("a", { after: "in_doubt" }))).toMatch(/happened/);
    expect(wayOut(one("a", { after: "compensation_failed" }))).toMatch(/failed/);
  });
});

it("finds what the user said in a state, whatever it holds", () => {
  const messages = [
    { type: "human", content: "Hello" },
    { type: "ai", content: "Hi" },
    { role: "user", content: [{ type: "text", text: "x" }] },
  ];
  expect(saidIn({ messages })).toEqual(["Hello", '[{"type":"text","text":"x"}]']);
  expect(saidIn({ messages: "none" })).toEqual([]);
  expect(saidIn(null)).toEqual([]);
});
