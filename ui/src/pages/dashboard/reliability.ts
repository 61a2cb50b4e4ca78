import type { ReliabilityBin } from "./types";

/** A point of the reliability diagram: how sure, how often right, and how far that may be off below and above. */
export interface Point {
  confidence: number;
  right: number;
  error: [below: number, above: number];
  n: number;
}

/** The bins of which something is known, as points. */
export function points(bins: readonly ReliabilityBin[]): Point[] {
  return bins.flatMap(({ confidence, right, right_low, right_high, n }) =>
    confidence === null || right === null
      ? []
      : [{ confidence, right, n, error: [right - (right_low ?? right), (right_high ?? right) - right] }],
  );
}
