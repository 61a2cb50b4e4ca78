// The index of the package imports a validator that needs `eval`, for its own tests.
import Form from "@rjsf/core/lib/components/Form.js";
import type { RJSFSchema } from "@rjsf/utils";
import { type FormEvent, type ReactNode, useCallback, useId, useMemo, useState } from "react";
import { Button } from "../button";
import { Notice } from "../notice";
import { BrokenContext } from "./broken";
import { fields } from "./fields";
import styles from "./form.module.css";
import { JsonText } from "./json_text";
import { hasFields, type JsonSchema, simplified, withNulls, withoutNulls } from "./simplify";
import { templates } from "./templates";
import { validator, wrongs } from "./validator";
import { BaseInputTemplate, widgets } from "./widgets";
import type { Wrong } from "./words";

export interface SchemaFormProps {
  schema: JsonSchema;
  value: unknown;
  onChange?: (value: unknown) => void;
  /** Called with a value that fits the schema. */
  onSubmit: (value: unknown) => void;
  submitLabel: string;
  disabled?: boolean;
  /** Buttons beside the one that sends. */
  actions?: ReactNode;
}

interface WayProps extends Omit<SchemaFormProps, "onChange"> {
  onChange: (value: unknown) => void;
  foot: ReactNode;
}

const STATE = { emptyObjectFields: "skipEmptyDefaults", allOf: "populateDefaults" } as const;
const ALL_TEMPLATES = { ...templates, BaseInputTemplate };

/** A fault that belongs to no field that is drawn. */
const atRoot = (errors: { property?: string; message?: string }[]) =>
  errors.filter((error) => error.property === "." || error.property === "");

function Fields({ schema, value, onChange, onSubmit, disabled, foot }: WayProps) {
  const id = useId();
  const shown = useMemo(() => simplified(schema), [schema]);
  const data = useMemo(() => withoutNulls(value, schema), [value, schema]);
  const [tried, setTried] = useState(false);
  const [whole, setWhole] = useState<string[]>([]);
  const [broken, setBroken] = useState<ReadonlySet<string>>(new Set());
  const report = useCallback((field: string, is: boolean) => {
    setBroken((before) => {
      if (before.has(field) === is) return before;
      const next = new Set(before);
      if (is) next.add(field);
      else next.delete(field);
      return next;
    });
  }, []);
  return (
    <BrokenContext value={report}>
      <Form<unknown, RJSFSchema>
        idPrefix={`f${id}`}
        schema={shown as RJSFSchema}
        formData={data}
        validator={validator}
        fields={fields}
        widgets={widgets}
        templates={ALL_TEMPLATES}
        disabled={disabled}
        noHtml5Validate
        showErrorList={false}
        focusOnFirstError
        liveValidate={tried ? "onChange" : undefined}
        experimental_defaultFormStateBehavior={STATE}
        onChange={(event) => onChange(withNulls(event.formData, schema))}
        onError={(errors) => {
          setTried(true);
          setWhole(atRoot(errors).map((error) => error.message ?? ""));
        }}
        onSubmit={(event) => {
          setTried(true);
          setWhole([]);
          if (broken.size === 0) onSubmit(withNulls(event.formData, schema));
        }}
      >
        {whole.length === 0 ? null : (
          <Notice tone="bad">
            {whole.map((message) => (
              <p key={message}>{message}</p>
            ))}
          </Notice>
        )}
        {foot}
      </Form>
    </BrokenContext>
  );
}

function Raw({ schema, value, onChange, onSubmit, disabled, foot }: WayProps) {
  const id = useId();
  const [broken, setBroken] = useState(false);
  const [found, setFound] = useState<Wrong[]>([]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    const wrong = broken ? [] : wrongs(schema, value);
    setFound(wrong);
    if (!broken && wrong.length === 0) onSubmit(value);
  };
  return (
    <form onSubmit={send} noValidate>
      <JsonText
        id={id}
        label="The value as JSON"
        tall
        value={value}
        disabled={disabled}
        invalid={found.length > 0}
        describedBy={found.length > 0 ? `${id}-found` : undefined}
        onChange={(next, wrong) => {
          setBroken(wrong !== "");
          setFound([]);
          if (wrong === "") onChange(next);
        }}
      />
      {found.length === 0 ? null : (
        <ul id={`${id}-found`} className={styles.wrong}>
          {found.map(({ path, message }) => (
            <li key={`${path.join(".")} ${message}`}>
              {path.length === 0 ? null : <code>{path.join(".")}</code>} {message}
            </li>
          ))}
        </ul>
      )}
      {foot}
    </form>
  );
}

/** A form for a JSON schema, and the same value as JSON. Loaded when it is needed: see `../schema_form`. */
export default function SchemaFormWhole(props: SchemaFormProps) {
  const drawable = useMemo(() => hasFields(props.schema), [props.schema]);
  const [raw, setRaw] = useState(!drawable);
  const [kept, setKept] = useState<{ from: unknown; value: unknown }>({
    from: props.value,
    value: props.value,
  });
  const value = JSON.stringify(kept.from) === JSON.stringify(props.value) ? kept.value : props.value;
  const onChange = (next: unknown) => {
    setKept({ from: props.value, value: next });
    props.onChange?.(next);
  };
  const foot = (
    <div className={styles.row}>
      <Button type="submit" look="main" disabled={props.disabled}>
        {props.submitLabel}
      </Button>
      {props.actions}
    </div>
  );
  const way = { ...props, value, onChange, foot };
  return (
    <div className={styles.form}>
      {drawable ? (
        // biome-ignore lint/a11y/useSemanticElements: two buttons that belong together are no fieldset.
        <div className={styles.ways} role="group" aria-label="How to fill it in">
          <button type="button" className={styles.way} aria-pressed={!raw} onClick={() => setRaw(false)}>
            Form
          </button>
          <button type="button" className={styles.way} aria-pressed={raw} onClick={() => setRaw(true)}>
            JSON
          </button>
        </div>
      ) : null}
      {raw ? <Raw {...way} /> : <Fields {...way} />}
    </div>
  );
}
