import type { Metric } from "./types";

/** "0.92": a score, or seconds and other figures with two places. */
export function figure(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}

/** "+0.05", "−0.10". */
export function signed(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const told = figure(Math.abs(value));
  if (Number(told) === 0) return "0";
  return `${value > 0 ? "+" : "−"}${told}`;
}

/** Where a value lies between two ends, as a share; inside them whatever it is. */
export function place(value: number, least: number, most: number): number {
  if (most <= least) return 0.5;
  return Math.min(1, Math.max(0, (value - least) / (most - least)));
}

/** The ends of the line that a metric is drawn on: 0 and 1 for scores, more for what is measured otherwise. */
export function endsOf({ range, least, most }: Metric): [number, number] {
  const values = [least, most, range?.low, range?.high].filter((one) => one !== null && one !== undefined);
  return [Math.min(0, ...values), Math.max(1, ...values)];
}

/** A run's name without its suite: "20261121T134500-ab12". */
export const shortName = (name: string) => name.slice(name.lastIndexOf("/") + 1);

/** The address of a run. */
export const runAddress = (name: string, search = "") => `/evaluations/${encodeURIComponent(name)}${search}`;

/** Where a run is compared with an earlier one of its suite. */
export const compareAddress = (suite: string, after: string) =>
  `/evaluations?view=compare&suite=${encodeURIComponent(suite)}&after=${encodeURIComponent(after)}`;
