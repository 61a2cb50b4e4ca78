import type { Confidence, EffectClass } from "@/judging/types";

export const LEVELS = [
  "answer",
  "gather",
  "abstain",
  "read",
  "reversible",
  "compensable",
  "irreversible",
  "clarify",
] as const;

/** A threshold of the policy. */
export type Level = (typeof LEVELS)[number];

export interface Facts {
  suggestion: string;
  effects: {
    tool: string;
    effect: EffectClass;
    needs_person: boolean;
    denied: boolean;
    threshold: number | null;
  }[];
  verdicts: { rule: string; outcome: string }[];
  loops: Record<string, number>;
  untrusted: boolean;
  thresholds: Record<Level, number>;
  bounds: Record<string, number>;
}

/** A decision of a turn, as it is on record. */
export interface Decision {
  seq: number;
  at: string;
  thread_id: string;
  run_id: string;
  turn_id: string;
  node: string;
  kind: "route" | "review" | "refusal" | "budget" | "grant";
  checkpoint_id: string;
  step: number | null;
  route: string;
  rule: string;
  threshold: number | null;
  confidence: Confidence | null;
  reasons: string[];
  policy: { version: string; file: string; current: boolean } | null;
  facts: Facts | null;
  who: string;
}

/** The decisions of one turn, oldest first. */
export interface Turn {
  turnId: string;
  runIds: string[];
  at: string;
  decisions: Decision[];
}

/** Decisions by turn, the latest turn first. */
export function turnsOf(decisions: readonly Decision[]): Turn[] {
  const turns = new Map<string, Turn>();
  for (const decision of decisions) {
    const id = decision.turn_id || decision.run_id;
    const turn = turns.get(id) ?? { turnId: id, runIds: [], at: decision.at, decisions: [] };
    turn.decisions.push(decision);
    if (!turn.runIds.includes(decision.run_id)) turn.runIds.push(decision.run_id);
    turns.set(id, turn);
  }
  return [...turns.values()].reverse();
}
