import { describe, expect, it } from "vitest";
import { ruleWords } from "@/judging/rules";
import { alternatives } from "@/pages/why/alternatives";
import { type Decision, type Facts, turnsOf } from "@/pages/why/model";

const FACTS: Facts = {
  suggestion: "accept",
  effects: [],
  verdicts: [],
  loops: {},
  untrusted: false,
  thresholds: {
    answer: 0.55,
    gather: 0.3,
    abstain: 0.3,
    read: 0.3,
    reversible: 0.7,
    compensable: 0.8,
    irreversible: 0.9,
    clarify: 0.5,
  },
  bounds: { gather: 2, replan: 2, retry: 2 },
};

const decision = (over: Partial<Decision>): Decision => ({
  seq: 1,
  at: "2026-05-01T12:00:00Z",
  thread_id: "t",
  run_id: "r",
  turn_id: "u",
  node: "critique",
  kind: "route",
  checkpoint_id: "c",
  step: 3,
  route: "answer",
  rule: "threshold.answer",
  threshold: 0.55,
  confidence: { score: 0.617, factors: [], reasons: [], uncalibrated: 0.6, calibrated: true },
  reasons: [],
  policy: { version: "v1", file: "policy.yaml", current: true },
  facts: FACTS,
  who: "ada",
  ...over,
});

const refund = {
  tool: "issue_refund",
  effect: "compensable" as const,
  needs_person: true,
  denied: false,
  threshold: null,
};

describe("what would have changed a decision", () => {
  it("names the threshold at which it turns, on the right side of the score", () => {
    const [answered] = alternatives(decision({}));
    expect(answered?.try).toEqual({ level: "answer", value: 0.62 });
    expect(answered?.words).toMatch(/more would have been looked for/);
    const [searched] = alternatives(decision({ route: "gather", rule: "threshold.gather" }));
    expect(searched?.try).toEqual({ level: "answer", value: 0.61 });
    const spent = { ...FACTS, loops: { gather: 2 } };
    expect(alternatives(decision({ facts: spent }))[0]?.words).toMatch(/a person would have been asked/);
  });

  it("says that a person would have been asked all the same where the policy wants one", () => {
    const facts = { ...FACTS, effects: [refund] };
    const held = decision({ route: "escalate", rule: "threshold.compensable", threshold: 0.8, facts });
    expect(alternatives(held)[0]?.words).toMatch(/still have been asked.*Issue refund/);
    const free = { ...FACTS, effects: [{ ...refund, needs_person: false }] };
    expect(alternatives({ ...held, facts: free })[0]?.words).toMatch(/acted without asking/);
  });

  it("does not blame a threshold for what the policy or a person decided", () => {
    const facts = { ...FACTS, effects: [refund] };
    const [asked] = alternatives(decision({ route: "escalate", rule: "approval", threshold: 0.6, facts }));
    expect(asked?.words).toMatch(/No threshold.*approval: automatic/);
    expect(asked?.try).toBeUndefined();
    expect(alternatives(decision({ kind: "review", rule: "person", route: "reject" }))[0]?.words).toMatch(
      /person's word/,
    );
    expect(alternatives(decision({ rule: "trust", route: "escalate" }))[0]?.words).toMatch(/trusts/);
    expect(alternatives(decision({ rule: "grounding", route: "replan" }))[0]?.try).toBeUndefined();
  });

  it("counts how often the critic may try again", () => {
    const facts = { ...FACTS, loops: { gather: 1 } };
    expect(alternatives(decision({ rule: "critic", route: "gather", facts }))[0]?.words).toMatch(
      /2 times.*number 2/,
    );
  });

  it("offers both ways out of asking back", () => {
    const both = alternatives(decision({ rule: "threshold.compensable", route: "clarify", threshold: 0.8 }));
    expect(both.map((one) => one.try?.level)).toEqual(["clarify", "compensable"]);
  });
});

it("puts rules into words", () => {
  expect(ruleWords("threshold.irreversible")).toMatch(/cannot be undone/);
  expect(ruleWords("tools.wipe")).toMatch(/wipe/);
  expect(ruleWords("payment-data")).toMatch(/Payment data/);
});

it("groups decisions by turn, the latest turn first", () => {
  const turns = turnsOf([
    decision({ seq: 1, turn_id: "one" }),
    decision({ seq: 2, turn_id: "two", run_id: "r2" }),
    decision({ seq: 3, turn_id: "two", run_id: "r3" }),
  ]);
  expect(turns.map((turn) => [turn.turnId, turn.decisions.length])).toEqual([
    ["two", 2],
    ["one", 1],
  ]);
  expect(turns[0]?.runIds).toEqual(["r2", "r3"]);
});
