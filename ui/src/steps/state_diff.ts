import { diffLines } from "diff";

/** A key of the state that is not as before. */
export interface KeyChange {
  key: string;
  kind: "added" | "removed" | "changed";
  before: unknown;
  after: unknown;
}

/** A line of a text comparison. */
export interface DiffLine {
  kind: "same" | "added" | "removed" | "left_out";
  text: string;
}

/** Longer texts are told by their beginnings and sizes: a comparison by lines would hang the page. */
const COMPARED = 60_000;
/** How many unchanged lines stay around a change. */
const AROUND = 3;
const LINE = 2_000;
/** Texts with more changed lines than this are told by their beginnings too. */
const EDITS = 400;

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** Equal as JSON, whatever the order of keys. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (Array.isArray(one)) {
    return (
      Array.isArray(other) &&
      one.length === other.length &&
      one.every((item, at) => sameJson(item, other[at]))
    );
  }
  if (!isObject(one) || !isObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => key in other && sameJson(one[key], other[key]))
  );
}

/** The keys in which two states differ, in the order of the later one. */
export function diffStates(before: unknown, after: unknown): KeyChange[] {
  const old = isObject(before) ? before : {};
  const now = isObject(after) ? after : {};
  const changes: KeyChange[] = [];
  for (const key of new Set([...Object.keys(now), ...Object.keys(old)])) {
    if (!(key in old)) changes.push({ key, kind: "added", before: undefined, after: now[key] });
    else if (!(key in now)) changes.push({ key, kind: "removed", before: old[key], after: undefined });
    else if (!sameJson(old[key], now[key])) {
      changes.push({ key, kind: "changed", before: old[key], after: now[key] });
    }
  }
  return changes;
}

/** A list that grew at its end: only the new items are news. */
export function appended(before: unknown, after: unknown): unknown[] | null {
  if (!Array.isArray(before) || !Array.isArray(after) || after.length <= before.length) return null;
  return before.every((item, at) => sameJson(item, after[at])) ? after.slice(before.length) : null;
}

export const asText = (value: unknown): string =>
  value === undefined ? "" : typeof value === "string" ? value : (JSON.stringify(value, null, 2) ?? "");

const cut = (line: string) =>
  line.length > LINE ? `${line.slice(0, LINE)}… (${line.length} characters)` : line;

const linesOf = (text: string) => text.replace(/\n$/, "").split("\n").map(cut);

/** Two values compared by lines, with long unchanged stretches left out. */
export function diffTexts(before: unknown, after: unknown): DiffLine[] {
  const [old, now] = [asText(before), asText(after)];
  if (old.length + now.length > COMPARED) return beginnings(old, now);
  const parts = diffLines(old, now, { maxEditLength: EDITS });
  if (parts === undefined) return beginnings(old, now);
  const lines = parts.flatMap((part) =>
    linesOf(part.value).map(
      (text): DiffLine => ({
        kind: part.added ? "added" : part.removed ? "removed" : "same",
        text,
      }),
    ),
  );
  return folded(lines);
}

function beginnings(old: string, now: string): DiffLine[] {
  const begin = (text: string, kind: "added" | "removed"): DiffLine[] =>
    text === "" ? [] : [{ kind, text: cut(text.slice(0, LINE + 1)) }];
  return [
    ...begin(old, "removed"),
    ...begin(now, "added"),
    { kind: "left_out", text: "Too long to be compared line by line" },
  ];
}

function folded(lines: DiffLine[]): DiffLine[] {
  const near = new Uint8Array(lines.length);
  lines.forEach((line, at) => {
    if (line.kind !== "same") near.fill(1, Math.max(0, at - AROUND), at + AROUND + 1);
  });
  const told: DiffLine[] = [];
  let skipped = 0;
  const tellSkipped = () => {
    if (skipped > 0)
      told.push({ kind: "left_out", text: `${skipped} unchanged ${skipped === 1 ? "line" : "lines"}` });
    skipped = 0;
  };
  lines.forEach((line, at) => {
    if (near[at] === 1) {
      tellSkipped();
      told.push(line);
    } else skipped += 1;
  });
  tellSkipped();
  return told;
}
