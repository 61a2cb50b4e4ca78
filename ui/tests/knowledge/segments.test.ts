import { describe, expect, it } from "vitest";
import { segmentsOf } from "@/pages/knowledge/segments";

const told = (text: string, start: number, chunks: [number, number][], chosen?: [number, number]) =>
  segmentsOf(
    text,
    start,
    chunks.map(([from, to]) => ({ start: from, end: to })),
    chosen === undefined ? undefined : { start: chosen[0], end: chosen[1] },
  );

describe("the segments of a document", () => {
  it("lie side by side and hold the whole text", () => {
    const found = told("abcdefghij", 0, [
      [0, 4],
      [3, 8],
    ]);
    expect(found.map((one) => one.text).join("")).toBe("abcdefghij");
    expect(found.map((one) => [one.text, one.chunks])).toEqual([
      ["abc", [0]],
      ["d", [0, 1]],
      ["efgh", [1]],
      ["ij", []],
    ]);
  });

  it("mark the span that was asked for, over passages too", () => {
    const found = told(
      "abcdefghij",
      0,
      [
        [0, 5],
        [5, 10],
      ],
      [3, 7],
    );
    expect(found.filter((one) => one.chosen).map((one) => one.text)).toEqual(["de", "fg"]);
  });

  it("keep the document's offsets in a later part of it", () => {
    const found = told("fghij", 5, [[0, 7]], [8, 9]);
    expect(found.map((one) => [one.start, one.end, one.text])).toEqual([
      [5, 7, "fg"],
      [7, 8, "h"],
      [8, 9, "i"],
      [9, 10, "j"],
    ]);
  });

  it("count as the server does where characters take two units", () => {
    const found = told("a😀b😀c", 0, [[0, 2]], [2, 4]);
    expect(found.map((one) => one.text)).toEqual(["a😀", "b😀", "c"]);
  });
});
