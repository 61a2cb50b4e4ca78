/** A piece of work of a run, as `GET /podium/v1/threads/{id}/trace` tells it. */
export interface Span {
  seq: number;
  span_id: string;
  parent_id: string;
  trace_id: string;
  run_id: string;
  kind: SpanKind;
  name: string;
  started_at: string;
  /** Since the run began. */
  started_ms: number;
  seconds: number;
  status: "ok" | "error";
  error: string;
  attributes: Record<string, unknown>;
  /** Whether a text was shortened; asked for alone, the span is whole. */
  cut: boolean;
  model?: ModelCall | null;
  tool?: ToolCall | null;
  retrieval?: Retrieval | null;
  guardrail?: Guardrail | null;
}

export const SPAN_KINDS = [
  "run",
  "node",
  "model",
  "tool",
  "retrieval",
  "guardrail",
  "request",
  "event",
] as const;
export type SpanKind = (typeof SPAN_KINDS)[number];

export const KIND_NAMES: Record<SpanKind, string> = {
  run: "Runs",
  node: "Nodes",
  model: "Model calls",
  tool: "Tools",
  retrieval: "Searches",
  guardrail: "Guardrails",
  request: "Requests",
  event: "Events",
};

interface SentMessage {
  role: string;
  text: string;
}

export interface ModelCall {
  model: string;
  role: string;
  prompt: string;
  prompt_hash: string;
  messages: SentMessage[];
  reply: string;
  input_tokens: number;
  output_tokens: number;
  cost: number | null;
  cached: boolean;
  attempt: number;
  window?: number | null;
  context_tokens?: number | null;
  included: [string, number][];
  left_out: [string, string][];
}

export interface ToolCall {
  tool: string;
  args: unknown;
  result: unknown;
  ok: boolean;
  code?: string;
  effect: string;
  digest?: string;
  status?: string;
}

export interface Hit {
  id: string;
  source: string;
  collection: string;
  /** Null where nobody tells it, as graphs of others may not. */
  score: number | null;
  similarity?: number | null;
}

export interface Retrieval {
  step: string;
  query: string;
  hits: Hit[];
  failed?: string;
}

export interface Guardrail {
  stage: string;
  verdict?: { rule: string; stage: string; outcome: string; target?: string } | null;
}

/** A run that spans belong to. */
export interface TraceRun {
  run_id: string;
  kind: string;
  status: string;
  graph: string;
  started_at: string;
  ended_at: string | null;
  turn_id: string;
}

/** What is searched of a span: everything it tells. */
export function textOfSpan(span: Span): string {
  const { seq: _seq, started_at: _at, ...told } = span;
  return JSON.stringify(told).toLowerCase();
}
