/** A turn of a thread, as `GET /podium/v1/runs` lists it. */
export interface Turn {
  run_id: string;
  thread_id: string;
  owner: string;
  kind: string;
  status: string;
  graph: string;
  started_at: string;
  ended_at: string | null;
  models: Record<string, string> | null;
  usage: Usage | null;
  error: { code?: string; message?: string; hint?: string } | null;
}

export interface Usage {
  steps?: number;
  model_calls?: number;
  input_tokens?: number;
  output_tokens?: number;
  cost?: number;
  unpriced?: number;
  seconds?: number;
}

/** How long a turn took, in seconds; null while it runs. */
export function secondsOf(turn: Turn): number | null {
  if (turn.usage?.seconds) return turn.usage.seconds;
  if (turn.ended_at === null) return null;
  return Math.max(0, (Date.parse(turn.ended_at) - Date.parse(turn.started_at)) / 1_000);
}

/** The tokens that a turn read and wrote; null where no model was asked. */
export function tokensOf(usage: Usage | null): number | null {
  if (!usage?.model_calls) return null;
  return (usage.input_tokens ?? 0) + (usage.output_tokens ?? 0);
}

/** What a turn cost; null where that is not known, or nothing was asked. */
export function costOf(usage: Usage | null): number | null {
  return usage?.model_calls ? (usage.cost ?? null) : null;
}

/** The models that answered, each once: "offline", "gpt-4.1, offline". */
export function modelsOf(turn: Turn): string {
  return [...new Set(Object.values(turn.models ?? {}))].join(", ");
}
