import { describe, expect, it } from "vitest";
import { costOf, modelsOf, secondsOf, type Turn, tokensOf } from "@/pages/runs/run";

const TURN: Turn = {
  run_id: "r",
  thread_id: "t",
  owner: "local:ada",
  kind: "graph",
  status: "completed",
  graph: "desk",
  started_at: "2026-05-01T10:00:00Z",
  ended_at: "2026-05-01T10:00:02.500Z",
  models: { planner: "gpt", critic: "gpt", executor: "offline" },
  usage: null,
  error: null,
};

describe("a turn", () => {
  it("took what was measured, else the time between its ends, and nothing is known while it runs", () => {
    expect(secondsOf({ ...TURN, usage: { seconds: 1.5 } })).toBe(1.5);
    expect(secondsOf(TURN)).toBe(2.5);
    expect(secondsOf({ ...TURN, ended_at: null })).toBeNull();
  });

  it("has tokens and a cost only where a model was asked", () => {
    expect(tokensOf({ model_calls: 0, input_tokens: 5 })).toBeNull();
    expect(tokensOf({ model_calls: 2, input_tokens: 5, output_tokens: 7 })).toBe(12);
    expect(costOf({ model_calls: 0, cost: 0 })).toBeNull();
    expect(costOf({ model_calls: 1, cost: 0.25 })).toBe(0.25);
  });

  it("names each model once", () => {
    expect(modelsOf(TURN)).toBe("gpt, offline");
  });
});
