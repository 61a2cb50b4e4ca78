import getDefaultRegistry from "@rjsf/core/lib/getDefaultRegistry.js";
import {
  ADDITIONAL_PROPERTY_FLAG,
  type FieldProps,
  type RegistryFieldsType,
  type RJSFSchema,
} from "@rjsf/utils";
import type { ComponentType } from "react";
import { useState } from "react";
import { useBroken } from "./broken";
import styles from "./form.module.css";
import { JsonText } from "./json_text";

type Props = FieldProps<unknown, RJSFSchema>;
type Field = ComponentType<Props>;

/** More ways than these are nothing to choose from a list: such a value is written as JSON. */
const MOST_WAYS = 6;

const usual = getDefaultRegistry<unknown, RJSFSchema>().fields as unknown as Record<string, Field>;
const ways = (schema: RJSFSchema) => [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].length;
const isSchema = (value: unknown): value is RJSFSchema =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** A field that no schema names: the library adds them to the schema as they come. */
const isFreeKey = (schema: unknown) => !isSchema(schema) || ADDITIONAL_PROPERTY_FLAG in schema;

/** A field of any shape, written as JSON. */
function JsonField({ fieldPathId, formData, onChange, disabled, readonly, name, schema, rawErrors }: Props) {
  const [broken, setBroken] = useState(false);
  const id = fieldPathId.$id;
  useBroken(id, broken);
  const title = String(schema.title ?? name ?? "Value");
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={`${id}-any`}>
        {title} <span className={styles.needed}>as JSON</span>
      </label>
      <JsonText
        id={`${id}-any`}
        label={`${title} as JSON`}
        value={formData}
        disabled={disabled || readonly}
        invalid={(rawErrors?.length ?? 0) > 0}
        onChange={(value, wrong) => {
          setBroken(wrong !== "");
          if (wrong === "") onChange(value, fieldPathId.path);
        }}
      />
    </div>
  );
}

const choose = (name: string, asJson: (props: Props) => boolean): Field => {
  const Usual = usual[name] as Field;
  return (props: Props) => (asJson(props) ? <JsonField {...props} /> : <Usual {...props} />);
};

const union = (props: Props) => ways(props.schema) > MOST_WAYS;

/** The library's fields; where its own way of editing is no help (any value, free keys, many ways), JSON. */
export const fields = {
  ...usual,
  FallbackField: JsonField,
  ObjectField: choose(
    "ObjectField",
    ({ schema }) => ways(schema) === 0 && Object.values(schema.properties ?? {}).every(isFreeKey),
  ),
  ArrayField: choose("ArrayField", ({ schema, registry, formData }) => {
    if (!isSchema(schema.items) || Object.keys(schema.items).length === 0) return true;
    return ways(registry.schemaUtils.retrieveSchema(schema.items, formData)) > MOST_WAYS;
  }),
  AnyOfField: choose("AnyOfField", union),
  OneOfField: choose("OneOfField", union),
} as unknown as RegistryFieldsType<unknown, RJSFSchema>;
