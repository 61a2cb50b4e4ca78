/** A span of time that a person chose: one that ends now, or one between two moments. */
export interface Range {
  /** A name of `RANGES`, "all", or "" for the two moments. */
  name: string;
  /** ISO 8601, or empty. */
  since: string;
  until: string;
}

export const RANGES: { name: string; label: string; seconds: number }[] = [
  { name: "1h", label: "Last hour", seconds: 3_600 },
  { name: "24h", label: "Last 24 hours", seconds: 86_400 },
  { name: "7d", label: "Last 7 days", seconds: 7 * 86_400 },
  { name: "30d", label: "Last 30 days", seconds: 30 * 86_400 },
];

const MINUTE = 60_000;

/**
 * The moments that a range means now, whole minutes so that what was asked stays asked; empty is open.
 *
 * The end of a range that ends now is left open: what happens while one looks belongs to it.
 */
export function momentsOf(range: Range, now: number): { since: string; until: string } {
  const known = RANGES.find((one) => one.name === range.name);
  if (known !== undefined) {
    const start = Math.floor(now / MINUTE) * MINUTE - known.seconds * 1_000;
    return { since: new Date(start).toISOString(), until: "" };
  }
  if (range.name === "all") return { since: "", until: "" };
  return { since: utcOf(range.since), until: utcOf(range.until) };
}

/** A moment as a date field gives it, in the reader's zone, told in UTC; "" where it is none. */
function utcOf(local: string): string {
  if (local === "") return "";
  const date = new Date(local);
  return Number.isNaN(date.getTime()) ? "" : date.toISOString();
}

/** The range that an address says; `fallback` where it says none. */
export function rangeOf(said: (name: string) => string, fallback: string): Range {
  const since = said("since");
  const until = said("until");
  const name = said("range");
  if (name === "" && (since !== "" || until !== "")) return { name: "", since, until };
  const known = name === "custom" || name === "all" || RANGES.some((one) => one.name === name);
  return { name: known ? name : fallback, since, until };
}
