import { expect, test } from "vitest";
import { type Point, treeOf } from "@/pages/chat/branches";

const point = (id: string, parent: string | null, source = "loop"): Point => ({ id, parent, source });

/** A first turn (a0 a1 a2) and a second one (b0 b1). */
const STRAIGHT = [
  point("a0", null, "input"),
  point("a1", "a0"),
  point("a2", "a1"),
  point("b0", "a2", "input"),
  point("b1", "b0"),
];

test("a straight conversation has one version of each turn", () => {
  const turns = treeOf(STRAIGHT).turns("b1");
  expect(turns).toEqual([
    { before: "a0", opening: "a0", end: "a2", versions: ["a2"] },
    { before: "a2", opening: "b0", end: "b1", versions: ["b1"] },
  ]);
});

test("an edited question is another version, and both lead to their latest checkpoint", () => {
  const tree = treeOf([
    ...STRAIGHT,
    point("c0", "a2", "input"),
    point("c1", "c0"),
    point("d0", "c1", "input"),
  ]);
  const edited = tree.turns("d0");
  expect(edited.map((turn) => turn.versions)).toEqual([["a2"], ["b1", "c1"], ["d0"]]);
  expect(edited[1]?.end).toBe("c1");
  expect(tree.turns("b1")[1]?.end).toBe("b1");
  expect(tree.latest("c1")).toBe("d0");
  expect(tree.latest("b1")).toBe("b1");
});

test("the first question is edited from its own opening", () => {
  const tree = treeOf([...STRAIGHT, point("e0", "a0", "input"), point("e1", "e0")]);
  const [first, ...rest] = tree.turns("e1");
  expect(rest).toEqual([]);
  expect(first).toEqual({ before: "a0", opening: "e0", end: "e1", versions: ["a2", "e1"] });
  expect(tree.turns("b1").map((turn) => turn.versions)).toEqual([["a2", "e1"], ["b1"]]);
});

test("an answer that was asked for again is a version of the same turn", () => {
  const tree = treeOf([...STRAIGHT, point("f0", "b0", "fork"), point("f1", "f0")]);
  const turns = tree.turns("f1");
  expect(turns).toHaveLength(2);
  expect(turns[1]).toEqual({ before: "a2", opening: "f0", end: "f1", versions: ["b1", "f1"] });
});

test("a fork in the middle of a turn is a version of it", () => {
  const tree = treeOf([...STRAIGHT, point("g1", "a1", "update"), point("g2", "g1")]);
  expect(tree.turns("g2")).toEqual([{ before: "a0", opening: "a0", end: "g2", versions: ["a2", "g2"] }]);
});

test("a turn that others went on from and that was itself continued ends in both", () => {
  const tree = treeOf([...STRAIGHT, point("h2", "a2", "update")]);
  expect(tree.turns("h2")[0]?.versions).toEqual(["a2", "h2"]);
  expect(tree.turns("b1")[0]?.end).toBe("a2");
});

test("an unknown checkpoint has no turns, and parents that are not known begin a conversation", () => {
  const tree = treeOf([point("x1", "gone"), point("x2", "x1")]);
  expect(tree.turns("nowhere")).toEqual([]);
  expect(tree.turns("x2")).toEqual([{ before: "gone", opening: "x1", end: "x2", versions: ["x2"] }]);
  expect(tree.latest("nowhere")).toBe("nowhere");
});

test("ten thousand checkpoints are read in a moment", () => {
  const points = Array.from({ length: 10_000 }, (_, place) =>
    point(`p${place}`, place === 0 ? null : `p${place - 1}`, place % 8 === 0 ? "input" : "loop"),
  );
  const start = performance.now();
  const turns = treeOf(points).turns("p9999");
  expect(turns).toHaveLength(1_250);
  expect(performance.now() - start).toBeLessThan(1_000);
});
