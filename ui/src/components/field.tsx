import { type ReactNode, useId } from "react";
import styles from "./field.module.css";

interface FieldProps {
  label: string;
  hint?: ReactNode;
  error?: string;
  /** Draws the control with the given id and descriptions. */
  children: (props: { id: string; "aria-describedby"?: string; "aria-invalid"?: boolean }) => ReactNode;
}

/** A labelled control, with its hint and what is wrong with its value. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const described = hint === undefined && error === undefined ? undefined : `${id}-told`;
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        "aria-describedby": described,
        "aria-invalid": error === undefined ? undefined : true,
      })}
      {described === undefined ? null : (
        <div id={described} className={styles.told}>
          {hint === undefined ? null : <span>{hint}</span>}
          {error === undefined ? null : <span className={styles.error}>{error}</span>}
        </div>
      )}
    </div>
  );
}
