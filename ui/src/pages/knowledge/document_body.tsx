import { memo, useEffect, useMemo, useRef } from "react";
import styles from "./knowledge.module.css";
import { type Segment, type Span, segmentsOf } from "./segments";
import type { Chunk } from "./types";

interface DocumentBodyProps {
  text: string;
  chunks: Chunk[];
  chosen: Span | undefined;
  onChoose: (chunk: Chunk) => void;
}

/** A document's text, shaded by turns where one passage ends and the next begins, with the chosen span marked. */
export const DocumentBody = memo(function DocumentBody({
  text,
  chunks,
  chosen,
  onChoose,
}: DocumentBodyProps) {
  const start = chosen?.start;
  const end = chosen?.end;
  const segments = useMemo(
    () => segmentsOf(text, 0, chunks, start === undefined || end === undefined ? undefined : { start, end }),
    [text, chunks, start, end],
  );
  const mark = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another span is scrolled to, also when its text comes later.
  useEffect(() => {
    void mark.current?.scrollIntoView({ block: "center" });
  }, [start, end, segments]);
  const first = segments.findIndex((one) => one.chosen);
  const choose = (segment: Segment) => {
    const chunk = chunks[segment.chunks[0] ?? -1];
    if (chunk !== undefined && window.getSelection()?.isCollapsed !== false) onChoose(chunk);
  };
  return (
    <div className={styles.text} dir="auto">
      {segments.map((segment, place) =>
        segment.chosen ? (
          <mark key={segment.start} ref={place === first ? mark : undefined}>
            {segment.text}
          </mark>
        ) : (
          // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useKeyWithClickEvents: the list of passages does the same by keyboard.
          <span key={segment.start} className={shade(segment)} onClick={() => choose(segment)}>
            {segment.text}
          </span>
        ),
      )}
    </div>
  );
});

function shade(segment: Segment): string | undefined {
  const first = segment.chunks[0];
  if (first === undefined) return styles.outside;
  if (segment.chunks.length > 1) return styles.shared;
  return first % 2 === 0 ? styles.even : styles.odd;
}
