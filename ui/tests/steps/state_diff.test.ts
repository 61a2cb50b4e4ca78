import { describe, expect, it } from "vitest";
import { appended, diffStates, diffTexts, sameJson } from "@/steps/state_diff";

describe("the difference of two states", () => {
  it("names keys that came, went and changed, and no others", () => {
    const changes = diffStates({ a: 1, b: { x: [1] }, c: 3 }, { a: 2, b: { x: [1] }, d: 4 });
    expect(changes.map(({ key, kind }) => [key, kind])).toEqual([
      ["a", "changed"],
      ["d", "added"],
      ["c", "removed"],
    ]);
  });

  it("takes what is no object for empty", () => {
    expect(diffStates(null, { a: 1 })).toHaveLength(1);
    expect(diffStates([1], undefined)).toEqual([]);
  });

  it("does not mind the order of keys, but that of lists", () => {
    expect(sameJson({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(sameJson([1, 2], [2, 1])).toBe(false);
    expect(sameJson({ a: undefined }, { b: undefined })).toBe(false);
    expect(sameJson(null, {})).toBe(false);
  });
});

describe("a list that grew", () => {
  it("tells only what is new at its end", () => {
    expect(appended([{ a: 1 }], [{ a: 1 }, 2, 3])).toEqual([2, 3]);
  });

  it("is compared as a whole where its beginning is another", () => {
    expect(appended([1], [2, 3])).toBeNull();
    expect(appended([1, 2], [1])).toBeNull();
    expect(appended("a", ["a", "b"])).toBeNull();
  });
});

describe("a comparison by lines", () => {
  it("says what came and went", () => {
    expect(diffTexts("one\ntwo", "one\nthree")).toEqual([
      { kind: "same", text: "one" },
      { kind: "removed", text: "two" },
      { kind: "added", text: "three" },
    ]);
  });

  it("leaves long unchanged stretches out", () => {
    const lines = Array.from({ length: 40 }, (_, at) => `line ${at}`);
    const told = diffTexts(lines.join("\n"), [...lines.slice(0, 39), "changed"].join("\n"));
    expect(told[0]).toEqual({ kind: "left_out", text: "36 unchanged lines" });
    expect(told).toHaveLength(1 + 3 + 2);
  });

  it("of a megabyte is told by beginnings, at once", () => {
    const began = performance.now();
    const told = diffTexts("a".repeat(1_000_000), "b".repeat(1_000_000));
    expect(performance.now() - began).toBeLessThan(500);
    expect(told.map((line) => line.kind)).toEqual(["removed", "added", "left_out"]);
    expect(Math.max(...told.map((line) => line.text.length))).toBeLessThan(3_000);
  });

  it("of two texts without a line in common ends in time", () => {
    const lines = (word: string) => Array.from({ length: 2_500 }, (_, at) => `${word} ${at}`).join("\n");
    const began = performance.now();
    expect(diffTexts(lines("x"), lines("y")).length).toBeGreaterThan(0);
    expect(performance.now() - began).toBeLessThan(500);
  });
});
