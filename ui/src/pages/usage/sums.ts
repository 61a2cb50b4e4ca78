import type { UsageRow } from "./types";

const NONE: UsageRow = {
  key: "",
  runs: 0,
  steps: 0,
  model_calls: 0,
  input_tokens: 0,
  output_tokens: 0,
  cost: 0,
  unpriced: 0,
  seconds: 0,
};

/** All rows as one. */
export function summed(rows: readonly UsageRow[]): UsageRow {
  return rows.reduce(
    (sum, row) => ({
      key: "",
      runs: sum.runs + row.runs,
      steps: sum.steps + row.steps,
      model_calls: sum.model_calls + row.model_calls,
      input_tokens: sum.input_tokens + row.input_tokens,
      output_tokens: sum.output_tokens + row.output_tokens,
      cost: sum.cost + row.cost,
      unpriced: sum.unpriced + row.unpriced,
      seconds: sum.seconds + row.seconds,
    }),
    NONE,
  );
}

/** A row's part of what is compared: the cost, or where nothing has a price the tokens, or the time. */
export function shareOf(row: UsageRow, all: UsageRow): number {
  if (all.cost > 0) return row.cost / all.cost;
  const tokens = all.input_tokens + all.output_tokens;
  if (tokens > 0) return (row.input_tokens + row.output_tokens) / tokens;
  return all.seconds > 0 ? row.seconds / all.seconds : 0;
}

/** What `shareOf` compares. */
export function shareName(all: UsageRow): string {
  if (all.cost > 0) return "Share of the cost";
  return all.input_tokens + all.output_tokens > 0 ? "Share of the tokens" : "Share of the time";
}
