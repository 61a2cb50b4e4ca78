import type {
  ArrayFieldItemButtonsTemplateProps,
  ArrayFieldItemTemplateProps,
  ArrayFieldTemplateProps,
  DescriptionFieldProps,
  FieldErrorProps,
  FieldTemplateProps,
  IconButtonProps,
  MultiSchemaFieldTemplateProps,
  ObjectFieldTemplateProps,
  RJSFSchema,
  TemplatesType,
  UnsupportedFieldProps,
} from "@rjsf/utils";
import { ArrowDown, ArrowUp, Plus, Trash2 } from "lucide-react";
import { Button } from "../button";
import styles from "./form.module.css";

type Any = unknown;

/** Fields that draw their name themselves. */
const namesItself = (schema: RJSFSchema) =>
  schema.type === "object" || schema.type === "array" || schema.type === "boolean";

export const errorId = (id: string) => `${id}__error`;

function FieldTemplate(props: FieldTemplateProps<Any, RJSFSchema>) {
  const { id, label, children, description, rawDescription, errors, hidden, required, displayLabel, schema } =
    props;
  if (hidden) return <div hidden>{children}</div>;
  const select = schema.oneOf === undefined ? "anyof" : "oneof";
  const union =
    (schema.anyOf !== undefined || schema.oneOf !== undefined) &&
    !props.registry.schemaUtils.isSelect(schema);
  const named = union
    ? label !== "" && schema.properties === undefined
    : displayLabel && !namesItself(schema);
  const entry = typeof props.fieldPathId.path.at(-1) === "number";
  return (
    <div className={styles.field}>
      {named ? (
        <label
          className={entry ? "visually-hidden" : styles.label}
          htmlFor={union ? `${id}__${select}_select` : id}
        >
          {label} {required ? <span className={styles.needed}>needed</span> : null}
        </label>
      ) : null}
      {children}
      {rawDescription && !namesItself(schema) ? description : null}
      {errors}
    </div>
  );
}

function ObjectFieldTemplate(props: ObjectFieldTemplateProps<Any, RJSFSchema>) {
  const { title, description, properties, fieldPathId, schema } = props;
  if (properties.length === 0 && (schema.anyOf || schema.oneOf)) return null;
  const root = fieldPathId.path.length === 0;
  return (
    <fieldset id={fieldPathId.$id} className={root ? styles.root : styles.group}>
      {title ? <legend className={root ? "visually-hidden" : undefined}>{title}</legend> : null}
      {description && !root ? <p className={styles.hint}>{description}</p> : null}
      {properties.map((property) => property.content)}
    </fieldset>
  );
}

function ArrayFieldTemplate(props: ArrayFieldTemplateProps<Any, RJSFSchema>) {
  const { title, schema, items, canAdd, onAddClick, disabled, readonly, fieldPathId } = props;
  return (
    <fieldset id={fieldPathId.$id} className={styles.group}>
      <legend>{title}</legend>
      {schema.description ? <p className={styles.hint}>{schema.description}</p> : null}
      <div className={styles.items}>{items}</div>
      {items.length === 0 ? <p className={styles.hint}>No entries yet.</p> : null}
      {canAdd ? (
        <div>
          <Button small onClick={onAddClick} disabled={disabled || readonly}>
            <Plus size={14} aria-hidden /> Add to {title || "the list"}
          </Button>
        </div>
      ) : null}
    </fieldset>
  );
}

function ArrayFieldItemTemplate({
  children,
  hasToolbar,
  buttonsProps,
}: ArrayFieldItemTemplateProps<Any, RJSFSchema>) {
  return (
    <div className={styles.item}>
      <div>{children}</div>
      {hasToolbar ? <ItemButtons {...buttonsProps} /> : null}
    </div>
  );
}

function ItemButtons(props: ArrayFieldItemButtonsTemplateProps<Any, RJSFSchema>) {
  const { index, totalItems, disabled, readonly, hasMoveUp, hasMoveDown, hasRemove } = props;
  const off = disabled || readonly;
  const entry = `entry ${index + 1}`;
  return (
    <div className={styles.itemButtons}>
      {hasMoveUp && totalItems > 1 ? (
        <Button
          small
          look="quiet"
          label={`Move ${entry} up`}
          disabled={off || index === 0}
          onClick={props.onMoveUpItem}
        >
          <ArrowUp size={14} aria-hidden />
        </Button>
      ) : null}
      {hasMoveDown && totalItems > 1 ? (
        <Button
          small
          look="quiet"
          label={`Move ${entry} down`}
          disabled={off || index === totalItems - 1}
          onClick={props.onMoveDownItem}
        >
          <ArrowDown size={14} aria-hidden />
        </Button>
      ) : null}
      {hasRemove ? (
        <Button small look="quiet" label={`Remove ${entry}`} disabled={off} onClick={props.onRemoveItem}>
          <Trash2 size={14} aria-hidden />
        </Button>
      ) : null}
    </div>
  );
}

function DescriptionFieldTemplate({ id, description }: DescriptionFieldProps<Any, RJSFSchema>) {
  return description ? (
    <p id={id} className={styles.hint} dir="auto">
      {description}
    </p>
  ) : null;
}

function FieldErrorTemplate({ errors = [], fieldPathId }: FieldErrorProps<Any, RJSFSchema>) {
  if (errors.length === 0) return null;
  return (
    <div id={errorId(fieldPathId.$id)} className={styles.wrong}>
      {errors.map((error) => (
        <p key={String(error)}>{error}</p>
      ))}
    </div>
  );
}

function MultiSchemaFieldTemplate(props: MultiSchemaFieldTemplateProps<Any, RJSFSchema>) {
  return (
    <div className={styles.items}>
      {props.selector}
      {props.optionSchemaField}
    </div>
  );
}

function UnsupportedFieldTemplate({ reason }: UnsupportedFieldProps<Any, RJSFSchema>) {
  return (
    <p className={styles.hint}>
      No field can be drawn for this part{reason ? ` (${reason})` : ""}: write it as JSON, see the switch
      above.
    </p>
  );
}

function AddButton({ onClick, disabled }: IconButtonProps<Any, RJSFSchema>) {
  return (
    <Button small onClick={onClick} disabled={disabled}>
      <Plus size={14} aria-hidden /> Add
    </Button>
  );
}

export const templates = {
  FieldTemplate,
  ObjectFieldTemplate,
  ArrayFieldTemplate,
  ArrayFieldItemTemplate,
  DescriptionFieldTemplate,
  FieldErrorTemplate,
  MultiSchemaFieldTemplate,
  UnsupportedFieldTemplate,
  ButtonTemplates: { AddButton },
} as Partial<Omit<TemplatesType<Any, RJSFSchema>, "ButtonTemplates">>;
