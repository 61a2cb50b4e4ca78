import { describe, expect, it } from "vitest";
import { points } from "@/pages/dashboard/reliability";
import { budgetWords, objectiveWords } from "@/pages/dashboard/words";

const OBJECTIVE = { met: true, budget_left: 1, burn_rate: 0 };

describe("an objective", () => {
  it("is told with its units", () => {
    const told = objectiveWords({ ...OBJECTIVE, name: "latency_p95", target: 20, value: 8.49, of: 12 });
    expect(told).toEqual({
      name: "Latency",
      aim: "95 of 100 runs end within 20.0 s",
      value: "8.5 s",
      of: "12 runs",
    });
  });

  it("says so where nothing was measured, and keeps a name that it does not know", () => {
    const told = objectiveWords({ ...OBJECTIVE, name: "kindness", target: 3, value: null, of: 0 });
    expect(told).toMatchObject({ name: "kindness", value: "nothing to measure yet" });
  });
});

describe("an error budget", () => {
  it.each([
    [1, "100 % left"],
    [0, "0 % left"],
    [-0.5, "overdrawn by 50 %"],
    [-32.3, "overdrawn 32 times"],
  ])("of %d is told as %s", (left, words) => {
    expect(budgetWords(left)).toBe(words);
  });
});

describe("the points of the reliability diagram", () => {
  it("are those of which something is known, with how far they may be off", () => {
    const known = {
      low: 0.8,
      high: 0.9,
      n: 4,
      confidence: 0.85,
      right: 0.75,
      right_low: 0.25,
      right_high: 1,
    };
    const unknown = { ...known, n: 0, confidence: null, right: null, right_low: null, right_high: null };
    expect(points([unknown, known])).toEqual([{ confidence: 0.85, right: 0.75, n: 4, error: [0.5, 0.25] }]);
  });
});
