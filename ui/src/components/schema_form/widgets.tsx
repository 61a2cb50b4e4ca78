import {
  type BaseInputTemplateProps,
  enumOptionSelectedValue,
  enumOptionValueDecoder,
  enumOptionValueEncoder,
  getInputProps,
  type RegistryWidgetsType,
  type RJSFSchema,
  type WidgetProps,
} from "@rjsf/utils";
import { useState } from "react";
import { bytes } from "@/lib/numbers";
import { Button } from "../button";
import styles from "./form.module.css";
import { errorId } from "./templates";

type Props = WidgetProps<unknown, RJSFSchema>;

/** Texts that may be longer than this get a field of several lines. */
const LONG = 160;
const LARGEST_FILE = 5_000_000;

/** What tells a screen reader about a control: its description and what is wrong with it. */
function told({ id, schema, rawErrors }: Pick<Props, "id" | "schema" | "rawErrors">) {
  const wrong = rawErrors !== undefined && rawErrors.length > 0;
  const ids = [schema.description ? `${id}__description` : "", wrong ? errorId(id) : ""].filter(Boolean);
  return { "aria-describedby": ids.join(" ") || undefined, "aria-invalid": wrong || undefined };
}

/** What an emptied field stands for: nothing, or the empty text where nothing would mean the usual one. */
const emptied = ({ schema, required }: Pick<Props, "schema" | "required">) =>
  !required && schema.type === "string" && typeof schema.default === "string" ? "" : undefined;

export function BaseInputTemplate(props: BaseInputTemplateProps<unknown, RJSFSchema>) {
  const { id, value, disabled, readonly, schema, type, options, placeholder, onChange, onChangeOverride } =
    props;
  const { type: kind, step, min, max } = getInputProps(schema, type, options, false);
  const sample = Array.isArray(schema.examples) ? schema.examples[0] : undefined;
  return (
    <input
      id={id}
      name={id}
      type={kind}
      step={step}
      min={min}
      max={max}
      dir={kind === "text" ? "auto" : undefined}
      value={value === undefined || value === null ? "" : String(value)}
      placeholder={placeholder || (typeof sample === "string" ? `for example ${sample}` : undefined)}
      disabled={disabled || readonly}
      onChange={
        onChangeOverride ??
        (({ target }) =>
          onChange(target.value === "" ? emptied({ schema, required: props.required }) : target.value))
      }
      {...told(props)}
    />
  );
}

/** Reads a file into a value: its text, or a data URL where bytes are meant. */
function read(file: File, asText: boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("The file cannot be read."));
    if (asText) reader.readAsText(file);
    else reader.readAsDataURL(file);
  });
}

function FileChooser({
  id,
  label,
  asText,
  disabled,
  onRead,
}: {
  id: string;
  label: string;
  asText: boolean;
  disabled?: boolean;
  onRead: (content: string) => void;
}) {
  const [said, setSaid] = useState("");
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    if (file.size > LARGEST_FILE) {
      setSaid(`${file.name} has ${bytes(file.size)}; at most ${bytes(LARGEST_FILE)} can be sent here.`);
      return;
    }
    try {
      onRead(await read(file, asText));
      setSaid(`${file.name}, ${bytes(file.size)}`);
    } catch {
      setSaid(`${file.name} cannot be read.`);
    }
  };
  return (
    <div className={styles.row}>
      <input
        id={id}
        type="file"
        aria-label={label}
        disabled={disabled}
        onChange={(event) => void take(event.target.files?.[0])}
      />
      {said === "" ? null : (
        <span className={styles.hint} role="status">
          {said}
        </span>
      )}
    </div>
  );
}

function FileWidget(props: Props) {
  const { id, label, value, disabled, readonly, onChange } = props;
  const has = typeof value === "string" && value !== "";
  return (
    <div className={styles.row}>
      <FileChooser id={id} label={label} asText={false} disabled={disabled || readonly} onRead={onChange} />
      {has ? (
        <Button small look="quiet" onClick={() => onChange(undefined)}>
          Take it out
        </Button>
      ) : null}
    </div>
  );
}

function TextareaWidget(props: Props) {
  const { id, label, value, disabled, readonly, schema, required, onChange } = props;
  return (
    <>
      <textarea
        id={id}
        rows={4}
        dir="auto"
        value={value === undefined || value === null ? "" : String(value)}
        disabled={disabled || readonly}
        onChange={({ target }) =>
          onChange(target.value === "" ? emptied({ schema, required }) : target.value)
        }
        {...told(props)}
      />
      {typeof schema.contentMediaType === "string" ? (
        <FileChooser
          id={`${id}-file`}
          label={`${label}: read a text file`}
          asText
          disabled={disabled || readonly}
          onRead={onChange}
        />
      ) : null}
    </>
  );
}

function TextWidget(props: Props) {
  const { schema, value } = props;
  const isText = schema.type === "string" || schema.type === undefined;
  const [long] = useState(
    () =>
      isText &&
      ((schema.maxLength ?? 0) > LONG ||
        typeof schema.contentMediaType === "string" ||
        (typeof value === "string" && (value.length > LONG || value.includes("\n")))),
  );
  return long ? <TextareaWidget {...props} /> : <BaseInputTemplate {...props} />;
}

function SelectWidget(props: Props) {
  const {
    id,
    label,
    value,
    options,
    multiple = false,
    disabled,
    readonly,
    onChange,
    schema,
    hideLabel,
  } = props;
  const { enumOptions } = options;
  const chosen = enumOptionSelectedValue<RJSFSchema>(
    value,
    enumOptions,
    multiple,
    "indexed",
    multiple ? [] : "",
  );
  const decode = (picked: string | string[]) =>
    enumOptionValueDecoder<RJSFSchema>(picked, enumOptions, "indexed", undefined);
  return (
    <select
      id={id}
      aria-label={hideLabel ? label : undefined}
      multiple={multiple}
      value={chosen as string | string[]}
      disabled={disabled || readonly}
      onChange={({ target }) =>
        onChange(decode(multiple ? [...target.selectedOptions].map((option) => option.value) : target.value))
      }
      {...told(props)}
    >
      {multiple || schema.default !== undefined ? null : <option value="">Choose…</option>}
      {(enumOptions ?? []).map((option, index) => (
        <option key={String(option.value)} value={enumOptionValueEncoder(option.value, index, "indexed")}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function CheckboxWidget(props: Props) {
  const { id, label, value, disabled, readonly, onChange, schema } = props;
  return (
    <div className={styles.field}>
      <label className={styles.check}>
        <input
          id={id}
          type="checkbox"
          checked={value === true}
          disabled={disabled || readonly}
          onChange={(event) => onChange(event.target.checked)}
          {...told(props)}
        />
        <span className={styles.label}>{label}</span>
      </label>
      {schema.description ? (
        <p id={`${id}__description`} className={styles.hint}>
          {schema.description}
        </p>
      ) : null}
    </div>
  );
}

export const widgets: RegistryWidgetsType<unknown, RJSFSchema> = {
  TextWidget,
  TextareaWidget,
  SelectWidget,
  CheckboxWidget,
  FileWidget,
};
