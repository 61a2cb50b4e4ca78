import { useState } from "react";
import { classes } from "@/lib/classes";
import styles from "./form.module.css";

/** The text of a value, and what is wrong with it as JSON. */
function readJson(text: string): { value: unknown; wrong: string } {
  if (text.trim() === "") return { value: undefined, wrong: "" };
  try {
    return { value: JSON.parse(text), wrong: "" };
  } catch (error) {
    return { value: undefined, wrong: `This is not JSON yet: ${(error as Error).message}` };
  }
}

const asText = (value: unknown) => (value === undefined ? "" : JSON.stringify(value, null, 2));
const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

interface JsonTextProps {
  id: string;
  label: string;
  value: unknown;
  disabled?: boolean;
  tall?: boolean;
  describedBy?: string;
  invalid?: boolean;
  onChange: (value: unknown, wrong: string) => void;
}

/** A text field that holds a JSON value; what is written in it stays as it was typed. */
export function JsonText(props: JsonTextProps) {
  const { id, label, value, disabled, tall, describedBy, invalid, onChange } = props;
  const [text, setText] = useState(() => asText(value));
  const read = readJson(text);
  const shown = read.wrong === "" && !same(read.value, value) ? asText(value) : text;
  const told = [describedBy, read.wrong === "" ? "" : `${id}-json`].filter(Boolean).join(" ");
  return (
    <>
      <textarea
        id={id}
        aria-label={label}
        aria-describedby={told || undefined}
        aria-invalid={read.wrong !== "" || invalid || undefined}
        className={classes(styles.json, tall && styles.raw)}
        value={shown}
        disabled={disabled}
        spellCheck={false}
        dir="ltr"
        onChange={(event) => {
          const next = readJson(event.target.value);
          setText(event.target.value);
          onChange(next.value, next.wrong);
        }}
      />
      {read.wrong === "" ? null : (
        <p id={`${id}-json`} className={styles.wrong}>
          {read.wrong}
        </p>
      )}
    </>
  );
}
