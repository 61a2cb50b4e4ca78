import { memo, useCallback, useMemo } from "react";
import { Markdown, type TextPart } from "@/components/markdown";
import styles from "./answer.module.css";
import { blocksOf, marksOf } from "./messages";
import type { Citation } from "./types";

interface AnswerTextProps {
  text: string;
  /** More may come, so that what has been drawn is kept. */
  live: boolean;
  /** What the marks in the text stand for; null while it is not known. */
  citations: readonly Citation[] | null;
  onCite: (number: number) => void;
}

const UNKNOWN = 99;

/** The words of an answer; its citation marks open the cited passage. */
export const AnswerText = memo(function AnswerText({ text, live, citations, onCite }: AnswerTextProps) {
  const count = citations?.length ?? UNKNOWN;
  const split = useCallback(
    (words: string) =>
      marksOf(words, count).map<TextPart>((part) =>
        "text" in part ? part.text : { key: String(part.citation) },
      ),
    [count],
  );
  const draw = useCallback(
    (key: string) => {
      const number = Number(key);
      const citation = citations?.[number - 1];
      const source = citation?.title || citation?.source;
      return (
        <button
          type="button"
          className={styles.cite}
          aria-label={`Source ${number}${source ? `: ${source}` : ""}`}
          title={source}
          onClick={() => onCite(number)}
        >
          {number}
        </button>
      );
    },
    [citations, onCite],
  );
  const blocks = useMemo(() => (live ? blocksOf(text) : [text]), [text, live]);
  return (
    <div className={styles.text}>
      {blocks.map((block, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks are only ever added at the end.
        <Markdown key={place} text={block} split={split} draw={draw} />
      ))}
    </div>
  );
});
