import type { Step } from "@/steps/step";

/** A span of a trace, as far as the graph needs it. */
export interface Span {
  span_id: string;
  parent_id: string;
  kind: string;
  name: string;
  started_at: string;
  seconds: number;
  model?: { input_tokens?: number | null; output_tokens?: number | null; cost?: number | null } | null;
}

/** What one visit of a node took. */
export interface Measure {
  seconds: number;
  tokens: number | null;
  cost: number | null;
}

const sumOf = (one: number | null, other: number | null | undefined) =>
  one === null ? (other ?? null) : one + (other ?? 0);

/** What the model calls under each span used. */
function usedUnder(spans: Span[]): Map<string, { tokens: number | null; cost: number | null }> {
  const parents = new Map(spans.map((span) => [span.span_id, span.parent_id]));
  const used = new Map<string, { tokens: number | null; cost: number | null }>();
  for (const span of spans) {
    if (!span.model) continue;
    const tokens = sumOf(span.model.input_tokens ?? null, span.model.output_tokens);
    let at: string | undefined = span.parent_id;
    for (let depth = 0; at && depth < 50; depth += 1) {
      const before = used.get(at) ?? { tokens: null, cost: null };
      used.set(at, { tokens: sumOf(before.tokens, tokens), cost: sumOf(before.cost, span.model.cost) });
      at = parents.get(at);
    }
  }
  return used;
}

/** The measures of what ran from each step, by `stepId node`: a node's span begins between its step and the next. */
export function measuresOf(steps: Step[], spans: Span[]): Map<string, Measure> {
  const used = usedUnder(spans);
  const nodes = spans
    .filter((span) => span.kind === "node")
    .map((span) => ({ span, at: Date.parse(span.started_at) }));
  const measures = new Map<string, Measure>();
  steps.forEach((step, place) => {
    const from = Date.parse(step.at);
    const after = steps[place + 1];
    const until = after === undefined ? Number.POSITIVE_INFINITY : Date.parse(after.at);
    const names = new Set(step.tasks.map((task) => task.node));
    for (const { span, at } of nodes) {
      if (at < from || at >= until || !names.has(span.name)) continue;
      const key = `${step.id} ${span.name}`;
      const before = measures.get(key) ?? { seconds: 0, tokens: null, cost: null };
      const spent = used.get(span.span_id) ?? { tokens: null, cost: null };
      measures.set(key, {
        seconds: before.seconds + span.seconds,
        tokens: sumOf(before.tokens, spent.tokens),
        cost: sumOf(before.cost, spent.cost),
      });
    }
  });
  return measures;
}
