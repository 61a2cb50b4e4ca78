import { useMemo, useState } from "react";
import { Button } from "./button";
import styles from "./long_text.module.css";

const SHOWN = 8_000;
const PIECE = 20_000;

/** A text as it is, cut until it is asked for whole; in pieces, so that no length of it hangs the page. */
export function LongText({ text, label }: { text: string; label: string }) {
  const [whole, setWhole] = useState(false);
  const pieces = useMemo(() => {
    const shown = whole ? text : text.slice(0, SHOWN);
    const count = Math.ceil(shown.length / PIECE);
    return Array.from({ length: count }, (_, at) => shown.slice(at * PIECE, (at + 1) * PIECE));
  }, [text, whole]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <section className={styles.box} aria-label={label} tabIndex={0} dir="auto">
      {pieces.map((piece, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no identity but their place.
        <pre key={at} className={styles.piece}>
          {piece}
        </pre>
      ))}
      {!whole && text.length > SHOWN ? (
        <Button small onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString("en")} characters
        </Button>
      ) : null}
    </section>
  );
}
