import type { Span } from "./span";

/** A stretch of a run in which nothing happened, such as a wait for a person; drawn short. */
export interface Pause {
  from: number;
  until: number;
}

/** The time axis of a run: where in its width, 0 to 1, a moment lies. Long pauses take little room. */
export interface Axis {
  end: number;
  pauses: Pause[];
  at: (ms: number) => number;
}

/** A pause is cut short when it is at least this long, and longer than this share of all work. */
const LONG_MS = 1_000;
const SHARE = 0.3;
/** The room of a pause that is cut short, of all work. */
const ROOM = 0.05;

function busyStretches(spans: Span[]): [number, number][] {
  const sorted = spans
    .map((span): [number, number] => [span.started_ms, span.started_ms + span.seconds * 1_000])
    .sort((one, other) => one[0] - other[0]);
  const merged: [number, number][] = [];
  for (const [from, until] of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], until);
    else merged.push([from, until]);
  }
  return merged;
}

/** The axis of the spans of one run. */
export function axisOf(spans: Span[]): Axis {
  const busy = busyStretches(spans.filter((span) => span.kind !== "run"));
  const end = busy.at(-1)?.[1] ?? 0;
  const work = busy.reduce((sum, [from, until]) => sum + until - from, 0);
  const pauses: Pause[] = [];
  let before = 0;
  for (const [from, until] of busy) {
    const length = from - before;
    if (length >= LONG_MS && length > work * SHARE) pauses.push({ from: before, until: from });
    before = Math.max(before, until);
  }
  const room = Math.max(work * ROOM, 1);
  const saved = (ms: number) =>
    pauses.reduce((sum, pause) => {
      const inside = Math.min(Math.max(ms - pause.from, 0), pause.until - pause.from);
      return sum + inside * (1 - room / (pause.until - pause.from));
    }, 0);
  const width = Math.max(end - saved(end), 1);
  return { end, pauses, at: (ms) => Math.min(Math.max((ms - saved(ms)) / width, 0), 1) };
}
