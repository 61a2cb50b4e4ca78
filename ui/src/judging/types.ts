/** How far an action reaches, as the ledger says it. */
export type EffectClass = "read" | "reversible" | "compensable" | "irreversible";

export type Trust = "untrusted" | "internal" | "trusted";

export interface Provenance {
  origin: "user" | "tool" | "document" | "model" | "default" | "person";
  source: string;
  trust: Trust;
}

export interface Preview {
  before?: unknown;
  after?: unknown;
  [name: string]: unknown;
}

export interface Action {
  digest: string;
  tool: string;
  args: Record<string, unknown>;
  effect: EffectClass;
  status: string;
  target: string;
  preview: Preview;
  result: unknown;
  error: string;
}

/** An effect of a thread's ledger. */
export interface Effect extends Action {
  effect_id: string;
  thread_id: string;
  run_id: string;
  turn_id: string;
  checkpoint_id: string;
  principal: string;
  proposed_at: string;
  ended_at: string;
  undoable: boolean;
  outcome: string;
}

export interface Factor {
  name: string;
  value: number;
  weight: number;
}

export interface Confidence {
  score: number;
  factors: Factor[];
  reasons: string[];
  uncalibrated: number | null;
  calibrated: boolean;
}
