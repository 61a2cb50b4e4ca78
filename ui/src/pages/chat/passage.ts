import type { Citation, Evidence } from "./types";

/** A piece of a passage, cited or not. */
export interface Span {
  text: string;
  cited: boolean;
  /** Whether it belongs to the citation that was asked for. */
  chosen: boolean;
}

interface Range {
  start: number;
  end: number;
  chosen: boolean;
}

/** Cuts a passage into what is cited of it and what is not. */
export function spansOf(evidence: Evidence, citations: readonly Citation[], chosen?: Citation): Span[] {
  const ranges = citations
    .filter((one) => one.source === evidence.source)
    .map((one) => ({ ...place(evidence, one), chosen: one === chosen }))
    .filter((one) => one.end > one.start);
  const edges = new Set([0, evidence.text.length]);
  for (const { start, end } of ranges) edges.add(start).add(end);
  const cuts = [...edges].sort((a, b) => a - b);
  return cuts.slice(1).flatMap((end, index) => {
    const start = cuts[index] ?? 0;
    const over = ranges.filter((one) => one.start <= start && end <= one.end);
    const span = {
      text: evidence.text.slice(start, end),
      cited: over.length > 0,
      chosen: over.some((one) => one.chosen),
    };
    return span.text === "" ? [] : [span];
  });
}

/** Where a citation stands in a passage: by its offsets, and where these do not fit its quote, by the quote. */
function place(evidence: Evidence, citation: Citation): Omit<Range, "chosen"> {
  const start = citation.start - evidence.start;
  const end = citation.end - evidence.start;
  const inside = start >= 0 && end <= evidence.text.length;
  if (inside && evidence.text.slice(start, end) === citation.quote) return { start, end };
  const found = citation.quote === "" ? -1 : evidence.text.indexOf(citation.quote);
  if (found >= 0) return { start: found, end: found + citation.quote.length };
  return citation.evidence_id === evidence.id && inside ? { start, end } : { start: 0, end: 0 };
}
