/** What the chat reads of threads, states and runs; all of it comes from servers, so every field may be missing. */

import type { Consent } from "@/judging/consents";

export interface Block {
  type: string;
  text?: string;
  [key: string]: unknown;
}

export interface ToolCall {
  id?: string;
  name: string;
  args: Record<string, unknown>;
}

export interface Message {
  id?: string;
  type: string;
  content: string | Block[];
  name?: string | null;
  tool_calls?: ToolCall[];
  tool_call_id?: string;
  status?: string;
  additional_kwargs?: { podium?: { status?: string; run_id?: string } };
}

export interface Citation {
  source: string;
  start: number;
  end: number;
  quote: string;
  evidence_id?: string;
  title?: string;
  date?: string;
}

export interface Evidence {
  id: string;
  source: string;
  title?: string;
  text: string;
  start: number;
  end: number;
  version?: string;
  date?: string;
  score: number;
  similarity?: number;
  collection?: string;
  trust?: "trusted" | "internal" | "untrusted";
  superseded_by?: string;
  metadata?: Record<string, unknown>;
}

export interface PlanStep {
  id?: string;
  kind: string;
  instruction: string;
  tool?: string;
}

export interface Factor {
  name: string;
  value: number;
  weight: number;
}

export interface Confidence {
  score: number;
  factors?: Factor[];
  reasons?: string[];
  uncalibrated?: number;
  calibrated?: boolean;
}

export interface Decision {
  route?: string;
  rule?: string;
  threshold?: number | null;
  reasons?: string[];
}

interface ToolOutput {
  tool: string;
  args?: Record<string, unknown>;
  result?: unknown;
  error?: string;
  [key: string]: unknown;
}

export interface StepResult {
  step: string;
  status: string;
  outputs?: ToolOutput[];
  reasons?: string[];
}

export interface Outcome {
  turn_id?: string;
  status?: string;
  answer?: string;
  citations?: Citation[];
  digests?: string[];
  notes?: string[];
  fault?: { code: string; message: string; hint?: string } | null;
}

export interface Review {
  kind?: string;
  message?: string;
  principal?: string;
}

/** The state of a thread of the project's own graph, as far as it is shown. */
export interface PodiumState {
  messages?: Message[];
  turn?: { id?: string; run_id?: string; text?: string };
  plan?: { steps?: PlanStep[]; goal?: string };
  evidence?: Evidence[];
  results?: Record<string, StepResult>;
  confidence?: Confidence;
  decision?: Decision;
  review?: Review;
  /** Why the turn is degraded: `ROLE:WHO:WHY` where the offline agents stood in for a model. */
  degraded?: string[];
  verdicts?: { rule: string; stage?: string; outcome: string; reason?: string }[];
  loops?: Record<string, number>;
  stopped?: string;
  outcome?: Outcome;
  usage?: Record<string, number>;
}

/** An outside effect, as the ledger tells it. */
export interface Effect {
  digest: string;
  tool: string;
  args: Record<string, unknown>;
  effect: string;
  status: string;
  target: string;
  preview: { before?: unknown; after?: unknown } | null;
  result: unknown;
  error: string;
  turn_id: string;
  proposed_at?: string;
  undoable?: boolean;
}

/** What an interrupt of LangGraph's form asks; Podium's adds to it. */
export interface InterruptValue {
  action_requests?: { name: string; args: Record<string, unknown>; description?: string }[];
  review_configs?: { action_name: string; allowed_decisions?: string[] }[];
  digests?: string[];
  previews?: ({ before?: unknown; after?: unknown } | null)[];
  question?: string;
  draft?: string;
  confidence?: Confidence | null;
  reasons?: string[];
  expires_at?: string;
  error?: string;
  people?: number;
  consents?: Consent[];
}

export interface Interrupt {
  id?: string;
  value?: unknown;
}

export interface Run {
  run_id: string;
  thread_id: string;
  assistant_id: string;
  created_at: string;
  status: "pending" | "running" | "error" | "success" | "timeout" | "interrupted";
  kwargs?: { input?: unknown; [key: string]: unknown };
  error?: unknown;
}

export interface ThreadSummary {
  thread_id: string;
  title: string;
  status: string;
  graph_id: string | null;
  created_at: string;
  updated_at: string;
  waiting: number;
  metadata?: Record<string, unknown> | null;
}
