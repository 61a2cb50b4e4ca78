export interface Evaluation {
  /** As "answers/20261121T134500-ab12". */
  name: string;
  header: {
    suite: string;
    description: string;
    target: string;
    planned: number;
    primary: string;
    created_at: string;
    seed: number;
    epochs: number;
    thresholds: Threshold[];
    versions: Record<string, string>;
  };
  /** Null while it runs, and where it was cut off. */
  end: { finished_at: string; seconds: number; stopped: string } | null;
  bytes: number;
}

export interface Threshold {
  metric: string;
  min: number | null;
  max: number | null;
  slice: string;
}

export interface Suite {
  name: string;
  description: string;
  target: string;
  primary: string;
  case_files: string[];
  cases?: number | null;
  runs: number;
  latest: Evaluation | null;
  problem: { detail: string; code: string; hint: string } | null;
}

export interface Metric {
  name: string;
  range: { mean: number; low: number; high: number; n: number; clusters: number; reliable: boolean } | null;
  primary: boolean;
  missing: number;
  errors: number;
  least: number | null;
  most: number | null;
}

export interface Report {
  suite: string;
  target: string;
  cases: number;
  runs: number;
  errors: number;
  /** Null where nothing was to hold. */
  passed: boolean | null;
  metrics: Metric[];
  gate: { rule: string; metric: string; slice: string; passed: boolean | null; reason: string }[];
  calibration: Calibration | null;
  versions: Record<string, string>;
  spent: { seconds: { p50: number; p95: number } | null; tokens: number; cost: number } | null;
}

export interface Calibration {
  n: number;
  ece_mass: number;
  brier: number;
  bins: { confidence: number; accuracy: number; n: number }[];
}

export interface CaseRow {
  case: string;
  epoch: number;
  tags: string[];
  score: number | null;
  scores: Record<string, number | null>;
  reason: string;
  error: string;
  seconds: number;
  input: string;
  /** The thread of this server that the case was made of. */
  thread_id: string | null;
  status: string;
}

export interface Trial {
  id: string;
  epoch: number;
  tags: string[];
  input: unknown;
  expected: unknown;
  output: unknown;
  error: string;
  scores: Record<string, number | null>;
  reasons: string[];
  observed: Record<string, unknown> | null;
  thread_id: string | null;
}

export interface Change {
  baseline: number;
  now: number;
  difference: number;
  low: number;
  high: number;
  p: number;
  verdict: "better" | "worse" | "cannot tell";
  pairs: number;
  needed: number | null;
}

export interface Comparison {
  suite: string;
  metric: string;
  before: Evaluation;
  after: Evaluation;
  metrics: { name: string; primary: boolean; change: Change | null }[];
  cases: {
    case: string;
    before: number | null;
    now: number | null;
    difference: number | null;
    tags: string[];
  }[];
}

/** A run that this server began. */
export interface RunProgress {
  name: string;
  state: "running" | "ended" | "failed" | "stopped";
  planned: number;
  done: number;
  case: string;
  verdict: string;
  problem: { detail: string; code: string; hint: string } | null;
}
