import { useState } from "react";
import { Button } from "@/components/button";
import { whole } from "@/lib/numbers";
import { visible } from "@/lib/visible";
import styles from "./judging.module.css";

const SHORT = 600;
const MORE = 50_000;

/** A value as one reads it: texts as they are, what is unseen made visible, nothing as a dash, all else as JSON. */
function asText(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "string") return visible(value);
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return visible(JSON.stringify(value, null, 1) ?? "–");
}

/** A value that nobody vouches for, as plain text; long ones are cut until more is asked for. */
export function Value({ value }: { value: unknown }) {
  const [shown, setShown] = useState(SHORT);
  const text = asText(value);
  return (
    <span className={styles.value}>
      <bdi>{text.slice(0, shown)}</bdi>
      {text.length > shown ? (
        <Button small look="quiet" onClick={() => setShown(shown + MORE)}>
          …{whole(text.length - shown)} more characters
        </Button>
      ) : null}
    </span>
  );
}
