import { type Axis, axisOf } from "./axis";
import type { LoadedTrace } from "./load";
import type { Span, SpanKind, TraceRun } from "./span";

/** A run with its spans in the order in which they are drawn. */
export interface RunGroup {
  run: TraceRun | null;
  runId: string;
  /** Each span after the one it happened in. */
  spans: { span: Span; depth: number; parent: number | null; text: string }[];
  axis: Axis;
  seconds: number;
  tokens: number;
  cost: number | null;
  errors: number;
}

export type Row =
  | { kind: "run"; key: string; group: RunGroup; place: number; shown: number }
  | { kind: "span"; key: string; group: RunGroup; span: Span; depth: number; dimmed: boolean };

/** The key of a span's row. */
export const spanKey = (seq: number) => String(seq);

type Told = { span: Span; text: string };

/** Children after their parents, by time; a parent that is nowhere is the run itself. */
function ordered(told: Told[]): RunGroup["spans"] {
  const ids = new Set(told.map(({ span }) => span.span_id));
  const under = new Map<string, Told[]>();
  for (const one of told) {
    const parent = ids.has(one.span.parent_id) ? one.span.parent_id : "";
    const list = under.get(parent);
    if (list === undefined) under.set(parent, [one]);
    else list.push(one);
  }
  for (const list of under.values()) {
    list.sort((one, other) => one.span.started_ms - other.span.started_ms || one.span.seq - other.span.seq);
  }
  const rows: RunGroup["spans"] = [];
  const seen = new Set<string>();
  const walk = (parent: string, depth: number, place: number | null) => {
    for (const { span, text } of under.get(parent) ?? []) {
      rows.push({ span, depth, parent: place, text });
      if (seen.has(span.span_id)) continue;
      seen.add(span.span_id);
      walk(span.span_id, depth + 1, rows.length - 1);
    }
  };
  walk("", 0, null);
  return rows;
}

function groupOf(runId: string, run: TraceRun | null, told: Told[]): RunGroup {
  const spans = told.map((one) => one.span);
  const calls = spans.flatMap((span) => (span.model ? [span.model] : []));
  const priced = calls.filter((call) => typeof call.cost === "number");
  const ends = spans.map((span) => span.started_ms / 1_000 + span.seconds);
  return {
    run,
    runId,
    spans: ordered(told),
    axis: axisOf(spans),
    seconds: ends.reduce((latest, end) => Math.max(latest, end), 0),
    tokens: calls.reduce((sum, call) => sum + (call.input_tokens ?? 0) + (call.output_tokens ?? 0), 0),
    cost: priced.length === 0 ? null : priced.reduce((sum, call) => sum + (call.cost ?? 0), 0),
    errors: spans.filter((span) => span.status === "error").length,
  };
}

/** The runs of a trace, the latest first. Groups whose spans are as before are kept. */
export function groupRuns(trace: LoadedTrace, before: readonly RunGroup[] = []): RunGroup[] {
  const byRun = new Map<string, Told[]>();
  trace.spans.forEach((span, at) => {
    const told = { span, text: trace.texts[at] ?? "" };
    const list = byRun.get(span.run_id);
    if (list === undefined) byRun.set(span.run_id, [told]);
    else list.push(told);
  });
  const known = new Map(before.map((group) => [group.runId, group]));
  const groups = [...byRun].map(([runId, told]) => {
    const run = trace.runs.get(runId) ?? null;
    const old = known.get(runId);
    const same = old !== undefined && old.run === run && old.spans.length === told.length;
    return same ? old : groupOf(runId, run, told);
  });
  return groups.reverse();
}

export interface Filter {
  kinds: ReadonlySet<SpanKind>;
  words: string;
  run: string | null;
  errors: boolean;
}

/** Which spans of a run fit, and which only stand there because something in them does. */
function fitting(group: RunGroup, filter: Filter, words: string[]): Uint8Array {
  const fits = new Uint8Array(group.spans.length);
  const isWanted = ({ span, text }: RunGroup["spans"][number]) =>
    (filter.kinds.size === 0 || filter.kinds.has(span.kind)) &&
    (!filter.errors || span.status === "error") &&
    words.every((word) => text.includes(word));
  group.spans.forEach((row, at) => {
    if (!isWanted(row)) return;
    fits[at] = 2;
    for (let up = row.parent; up !== null && fits[up] === 0; up = group.spans[up]?.parent ?? null)
      fits[up] = 1;
  });
  return fits;
}

/** The rows that are drawn: each run, and below it what fits, unless it is folded. */
export function rowsOf(groups: readonly RunGroup[], filter: Filter, folded: ReadonlySet<string>): Row[] {
  const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
  const isFiltered = words.length > 0 || filter.kinds.size > 0 || filter.errors;
  const rows: Row[] = [];
  groups.forEach((group, at) => {
    if (filter.run !== null && filter.run !== group.runId) return;
    const fits = isFiltered ? fitting(group, filter, words) : null;
    const shown =
      fits === null ? group.spans.length : fits.reduce((sum, one) => sum + (one === 2 ? 1 : 0), 0);
    if (isFiltered && shown === 0) return;
    rows.push({ kind: "run", key: `run ${group.runId}`, group, place: groups.length - at, shown });
    if (folded.has(group.runId)) return;
    group.spans.forEach(({ span, depth }, place) => {
      if (fits !== null && fits[place] === 0) return;
      rows.push({ kind: "span", key: spanKey(span.seq), group, span, depth, dimmed: fits?.[place] === 1 });
    });
  });
  return rows;
}
