export interface UsageRow {
  /** The thread, the model, or the day. */
  key: string;
  runs: number;
  steps: number;
  model_calls: number;
  input_tokens: number;
  output_tokens: number;
  cost: number;
  /** Calls whose price is not known. */
  unpriced: number;
  seconds: number;
}

export interface UsageReport {
  by: "thread" | "model" | "day";
  since: string | null;
  until: string | null;
  rows: UsageRow[];
}
