import { describe, expect, it } from "vitest";
import { shareName, shareOf, summed } from "@/pages/usage/sums";
import type { UsageRow } from "@/pages/usage/types";

const row = (key: string, figures: Partial<UsageRow>): UsageRow => ({
  key,
  runs: 1,
  steps: 0,
  model_calls: 0,
  input_tokens: 0,
  output_tokens: 0,
  cost: 0,
  unpriced: 0,
  seconds: 0,
  ...figures,
});

describe("the share of a row", () => {
  it("is one of the cost where something had a price", () => {
    const rows = [row("a", { cost: 3, seconds: 1 }), row("b", { cost: 1, seconds: 9 })];
    const all = summed(rows);
    expect(rows.map((one) => shareOf(one, all))).toEqual([0.75, 0.25]);
    expect(shareName(all)).toBe("Share of the cost");
  });

  it("is one of the tokens, or else of the time, and of nothing none", () => {
    const tokens = [row("a", { input_tokens: 30, output_tokens: 10 }), row("b", { input_tokens: 60 })];
    expect(tokens.map((one) => shareOf(one, summed(tokens)))).toEqual([0.4, 0.6]);
    const time = [row("a", { seconds: 1 }), row("b", { seconds: 3 })];
    expect(shareOf(time[1] as UsageRow, summed(time))).toBe(0.75);
    expect(shareOf(row("a", {}), summed([]))).toBe(0);
  });
});
