export interface Bucket {
  at: string;
  runs: number;
  succeeded: number;
  failed: number;
  interrupted: number;
  /** Seconds. */
  p50: number | null;
  p95: number | null;
  p99: number | null;
  cost: number;
  escalated: number;
}

export interface ReliabilityBin {
  low: number;
  high: number;
  n: number;
  confidence: number | null;
  right: number | null;
  right_low: number | null;
  right_high: number | null;
}

export interface Objective {
  name: string;
  target: number;
  value: number | null;
  met: boolean;
  /** The part of the error budget that is left; below 0 it is overdrawn. */
  budget_left: number;
  burn_rate: number;
  of: number;
}

export interface Activation {
  rule: string;
  stage: string;
  outcome: string;
  n: number;
}

export interface Figures {
  since: string;
  until: string;
  bucket_seconds: number;
  runs: {
    total: number;
    succeeded: number;
    failed: number;
    cancelled: number;
    interrupted: number;
    open: number;
    success_rate: number | null;
  };
  buckets: Bucket[];
  latency: {
    n: number;
    p50: number | null;
    p90: number | null;
    p95: number | null;
    p99: number | null;
    max: number | null;
  };
  confidence: { n: number; mean: number | null; bins: { low: number; high: number; n: number }[] };
  reliability: {
    n: number;
    brier: number | null;
    ece: number | null;
    bins: ReliabilityBin[];
    labels: { feedback: number; reviews: number };
  };
  guardrails: Activation[];
  cost: {
    total: number;
    turns: number;
    unpriced_turns: number;
    per_turn: number | null;
    per_success: number | null;
    model_calls: number;
    input_tokens: number;
    output_tokens: number;
  };
  people: {
    escalated: number;
    escalation_rate: number | null;
    reviews: number;
    approved: number;
    edited: number;
    rejected: number;
    responded: number;
    override_rate: number | null;
  };
  objectives: { window_days: number; measured: Objective[] } | null;
}
