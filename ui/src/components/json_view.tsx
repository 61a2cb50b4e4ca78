import { useMemo, useState } from "react";
import { visible } from "@/lib/visible";
import { Button } from "./button";
import styles from "./json_view.module.css";

const SHOWN = 20_000;

/** A value as indented JSON, with what is unseen made visible; long ones are cut until they are asked for whole. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  const [whole, setWhole] = useState(false);
  const text = useMemo(() => visible(JSON.stringify(value, null, 2) ?? "undefined"), [value]);
  const cut = !whole && text.length > SHOWN;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <section className={styles.view} aria-label={label} tabIndex={0}>
      <pre>{cut ? text.slice(0, SHOWN) : text}</pre>
      {cut ? (
        <Button small onClick={() => setWhole(true)}>
          Show all {text.length.toLocaleString("en")} characters
        </Button>
      ) : null}
    </section>
  );
}
