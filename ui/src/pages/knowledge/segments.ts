/** A piece of a document: over it lie the same passages from its beginning to its end. */
export interface Segment {
  text: string;
  start: number;
  end: number;
  /** The places, in the list of passages, of those that cover it. */
  chunks: number[];
  /** Inside the span that was asked for. */
  chosen: boolean;
}

export interface Span {
  start: number;
  end: number;
}

/**
 * Cuts a text by offsets as the server counts them: in code points, of which some are two units of a
 * JavaScript string.
 */
function slicer(text: string): (start: number, end: number) => string {
  if (!/[\ud800-\udbff]/.test(text)) return (start, end) => text.slice(start, end);
  const points = Array.from(text);
  return (start, end) => points.slice(start, end).join("");
}

/** How many code points a text has. */
const lengthOf = (text: string): number =>
  /[\ud800-\udbff]/.test(text) ? Array.from(text).length : text.length;

/**
 * Cuts a part of a document where passages begin and end.
 *
 * @param text The part.
 * @param start Where in the document it begins.
 * @param chunks All passages that are known, in order.
 * @param chosen The span to mark.
 */
export function segmentsOf(text: string, start: number, chunks: readonly Span[], chosen?: Span): Segment[] {
  const end = start + lengthOf(text);
  const edges = new Set([start, end]);
  for (const span of chosen === undefined ? chunks : [...chunks, chosen]) {
    for (const edge of [span.start, span.end]) if (edge > start && edge < end) edges.add(edge);
  }
  const cuts = [...edges].sort((a, b) => a - b);
  const slice = slicer(text);
  return cuts.slice(1).map((to, index) => {
    const from = cuts[index] ?? start;
    return {
      text: slice(from - start, to - start),
      start: from,
      end: to,
      chunks: covering(chunks, from, to),
      chosen: chosen !== undefined && chosen.start <= from && to <= chosen.end,
    };
  });
}

function covering(chunks: readonly Span[], from: number, to: number): number[] {
  return chunks.flatMap((chunk, place) => (chunk.start <= from && to <= chunk.end ? [place] : []));
}
