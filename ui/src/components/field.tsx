import { type ComponentProps, type ReactNode, useId } from "react";
import styles from "./field.module.css";

interface Said {
  label: string;
  hint?: ReactNode;
  error?: string;
}

interface FieldProps extends Said {
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

interface TextFieldProps extends Said, Omit<ComponentProps<"input">, "onChange"> {
  value: string;
  onText: (text: string) => void;
}

/** One line of text. */
export function TextField({ label, hint, error, onText, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(props) => <input {...props} {...input} onChange={(event) => onText(event.target.value)} />}
    </Field>
  );
}

interface TextAreaProps extends Said, Omit<ComponentProps<"textarea">, "onChange"> {
  value: string;
  onText: (text: string) => void;
}

/** Several lines of text. */
export function TextArea({ label, hint, error, onText, ...area }: TextAreaProps) {
  return (
    <Field label={label} hint={hint} error={error}>
      {(props) => <textarea {...props} {...area} onChange={(event) => onText(event.target.value)} />}
    </Field>
  );
}
