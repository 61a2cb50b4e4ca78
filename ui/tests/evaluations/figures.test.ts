import { describe, expect, it } from "vitest";
import { endsOf, figure, place, runAddress, shortName, signed } from "@/pages/evaluations/figures";

const METRIC = { name: "m", primary: true, missing: 0, errors: 0, least: 0, most: 1, range: null };

describe("figures of an evaluation", () => {
  it("are told with two places, and large ones whole", () => {
    expect(figure(0.916666)).toBe("0.92");
    expect(figure(1234.5)).toBe("1235");
    expect(figure(null)).toBe("–");
  });

  it("say which way they went", () => {
    expect(signed(0.05)).toBe("+0.05");
    expect(signed(-0.1)).toBe("−0.10");
    expect(signed(-0.001)).toBe("0");
  });

  it("lie on a line from 0 to 1, or on a longer one where they need it", () => {
    expect(endsOf(METRIC)).toEqual([0, 1]);
    const range = { mean: 16, low: 8, high: 66, n: 12, clusters: 8, reliable: true };
    expect(endsOf({ ...METRIC, most: 31, range })).toEqual([0, 66]);
  });

  it("stay on the line whatever they are", () => {
    expect(place(5, 0, 10)).toBe(0.5);
    expect(place(-1, 0, 10)).toBe(0);
    expect(place(11, 0, 10)).toBe(1);
    expect(place(3, 3, 3)).toBe(0.5);
  });
});

describe("a run", () => {
  it("has one segment in the address, whatever its name holds", () => {
    expect(runAddress("answers/2026-ab", "?case=1")).toBe("/evaluations/answers%2F2026-ab?case=1");
    expect(shortName("answers/2026-ab")).toBe("2026-ab");
  });
});
