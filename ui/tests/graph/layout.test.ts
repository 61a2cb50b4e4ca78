import { describe, expect, it } from "vitest";
import { place, smooth } from "@/pages/graph/layout";
import type { Drawing, DrawnNode } from "@/pages/graph/topology";

const node = (id: string, kind: DrawnNode["kind"] = "node", parent = ""): DrawnNode => ({
  id,
  name: id,
  parent,
  kind,
});
const edge = (source: string, target: string) => ({ source, target, conditional: false, label: "" });

const drawing: Drawing = {
  nodes: [node("a"), node("s", "open"), node("s:x", "node", "s"), node("s:y", "node", "s"), node("b")],
  edges: [edge("a", "s"), edge("s:x", "s:y"), edge("s", "b"), edge("b", "a"), edge("b", "b")],
};

describe("the layout", () => {
  const placed = place(drawing);
  const at = new Map(placed.nodes.map((one) => [one.id, one]));
  const nodeAt = (id: string) => {
    const found = at.get(id);
    if (found === undefined) throw new Error(id);
    return found;
  };

  it("places every node and every way", () => {
    expect(placed.nodes).toHaveLength(5);
    expect(placed.edges).toHaveLength(5);
    for (const one of placed.edges) expect(one.points.length).toBeGreaterThan(1);
  });

  it("goes from top to bottom", () => {
    expect(nodeAt("a").y).toBeLessThan(nodeAt("s").y);
    expect(nodeAt("s").y).toBeLessThan(nodeAt("b").y);
  });

  it("makes the frame of an open subgraph as large as what it holds", () => {
    const frame = nodeAt("s");
    for (const id of ["s:x", "s:y"]) {
      const inner = nodeAt(id);
      expect(inner.x).toBeGreaterThan(0);
      expect(inner.y).toBeGreaterThan(30);
      expect(inner.x + inner.width).toBeLessThan(frame.width);
      expect(inner.y + inner.height).toBeLessThan(frame.height);
    }
    const way = placed.edges.find((one) => one.source === "s:x");
    for (const point of way?.points ?? []) {
      expect(point.x).toBeGreaterThan(frame.x);
      expect(point.y).toBeGreaterThan(frame.y);
      expect(point.y).toBeLessThan(frame.y + frame.height);
    }
  });

  it("tells frames before what they hold, as the canvas needs it", () => {
    const order = placed.nodes.map((one) => one.id);
    expect(order.indexOf("s")).toBeLessThan(order.indexOf("s:x"));
  });

  it("draws ways as paths", () => {
    expect(
      smooth([
        { x: 0, y: 0 },
        { x: 1, y: 2 },
      ]),
    ).toBe("M 0 0 L 1 2");
    expect(
      smooth([
        { x: 0, y: 0 },
        { x: 4, y: 0 },
        { x: 4, y: 4 },
      ]),
    ).toBe("M 0 0 Q 4 0 4 4");
    expect(smooth([])).toBe("");
  });
});
