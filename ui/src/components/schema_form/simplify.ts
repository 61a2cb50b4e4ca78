/** A JSON schema, or a part of one. */
export type JsonSchema = { [keyword: string]: unknown };

type Value = unknown;

const SIMPLE = new Set(["string", "number", "integer", "boolean"]);
const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

/** What `$ref` within the same document points to; anything else as it is. */
export function resolved(schema: JsonSchema, root: JsonSchema, depth = 0): JsonSchema {
  const { $ref: reference, ...beside } = schema;
  if (typeof reference !== "string" || !reference.startsWith("#/") || depth > 16) return schema;
  let found: unknown = root;
  for (const step of reference.slice(2).split("/")) {
    const name = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    found = isObject(found) ? found[name] : undefined;
  }
  return isObject(found) ? { ...resolved(found, root, depth + 1), ...beside } : schema;
}

/** The one other form of a value that may also be null ("Optional"), if that one is simple enough for a field. */
function beyondNull(schema: JsonSchema, root: JsonSchema): JsonSchema | null {
  const ways = schema.anyOf ?? schema.oneOf;
  if (!Array.isArray(ways)) {
    const { type } = schema;
    if (!Array.isArray(type) || !type.includes("null") || type.length !== 2) return null;
    return { ...schema, type: type.find((one) => one !== "null") };
  }
  const others = ways.filter((way) => isObject(way) && way.type !== "null");
  if (others.length !== ways.length - 1 || others.length !== 1) return null;
  const other = resolved(others[0] as JsonSchema, root);
  const simple = SIMPLE.has(String(other.type)) || Array.isArray(other.enum) || other.type === "array";
  const { anyOf: _any, oneOf: _one, default: preset, ...told } = schema;
  return simple ? { ...other, ...told, ...(preset === null ? {} : { default: preset }) } : null;
}

/** A name for each way of a union that has none. */
function named(way: JsonSchema, root: JsonSchema): JsonSchema {
  if (way.title !== undefined) return way;
  const target = resolved(way, root);
  if (target.title !== undefined) return way;
  const words: Record<string, string> = {
    null: "Nothing",
    string: "Text",
    number: "Number",
    integer: "Whole number",
    boolean: "Yes or no",
    array: "List",
    object: "Fields",
  };
  return { ...way, title: words[String(target.type)] ?? "Any value" };
}

function eachChild(schema: JsonSchema, change: (child: JsonSchema, place: string) => JsonSchema): JsonSchema {
  const changed: JsonSchema = { ...schema };
  for (const keyword of ["properties", "$defs", "definitions"]) {
    const parts = schema[keyword];
    if (!isObject(parts)) continue;
    changed[keyword] = Object.fromEntries(
      Object.entries(parts).map(([name, part]) => [name, isObject(part) ? change(part, keyword) : part]),
    );
  }
  for (const keyword of ["anyOf", "oneOf", "allOf"]) {
    const parts = schema[keyword];
    if (Array.isArray(parts)) {
      changed[keyword] = parts.map((part) => (isObject(part) ? change(part, keyword) : part));
    }
  }
  if (isObject(schema.items)) changed.items = change(schema.items, "items");
  return changed;
}

/**
 * The schema as a form shows it: a field that may be null is one that may stay empty, the ways of a union have names,
 * and what takes any value has a title, so that it is drawn at all.
 */
export function simplified(schema: JsonSchema, root: JsonSchema = schema): JsonSchema {
  const children = eachChild(schema, (child, place) => {
    const other = place === "properties" ? beyondNull(child, root) : null;
    const whole = simplified(other ?? child, root);
    if (place === "anyOf" || place === "oneOf") return named(whole, root);
    return Object.keys(whole).length === 0 ? { description: "Any JSON value." } : whole;
  });
  if (!Array.isArray(schema.required)) return children;
  const parts = properties(schema);
  const needed = schema.required.filter((name) => {
    const part = parts[name];
    return part === undefined || beyondNull(part, root) === null;
  });
  return { ...children, required: needed };
}

function properties(schema: JsonSchema): Record<string, JsonSchema> {
  return isObject(schema.properties) ? (schema.properties as Record<string, JsonSchema>) : {};
}

function walk(
  value: Value,
  schema: JsonSchema,
  root: JsonSchema,
  change: (object: Record<string, unknown>, schema: JsonSchema) => Record<string, unknown>,
): Value {
  const here = resolved(schema, root);
  if (Array.isArray(value)) {
    return isObject(here.items)
      ? value.map((one) => walk(one, here.items as JsonSchema, root, change))
      : value;
  }
  if (!isObject(value)) return value;
  const parts = properties(here);
  const inner = Object.entries(value).map(([name, one]) => {
    const part = parts[name];
    return [name, part === undefined ? one : walk(one, beyondNull(part, root) ?? part, root, change)];
  });
  return change(Object.fromEntries(inner), here);
}

/** The value as the simplified schema takes it: an optional field that is null is not there. */
export function withoutNulls(value: Value, schema: JsonSchema): Value {
  return walk(value, schema, schema, (object, here) => {
    const parts = properties(here);
    const kept = Object.entries(object).filter(([name, one]) => {
      const part = parts[name];
      return one !== null || part === undefined || beyondNull(part, schema) === null;
    });
    return Object.fromEntries(kept);
  });
}

/** The value as the schema itself takes it: a field that must be there and was left empty is null. */
export function withNulls(value: Value, schema: JsonSchema): Value {
  return walk(value, schema, schema, (object, here) => {
    const parts = properties(here);
    const needed = Array.isArray(here.required) ? (here.required as string[]) : [];
    const missing = needed.filter((name) => {
      const part = parts[name];
      return object[name] === undefined && part !== undefined && beyondNull(part, schema) !== null;
    });
    const said = Object.entries(object).filter(([, one]) => one !== undefined);
    return { ...Object.fromEntries(said), ...Object.fromEntries(missing.map((name) => [name, null])) };
  });
}

/** Whether fields can be drawn for it at all; else it is written as JSON. */
export function hasFields(schema: JsonSchema): boolean {
  const whole = resolved(schema, schema);
  if (Object.keys(properties(whole)).length > 0) return true;
  if (SIMPLE.has(String(whole.type)) || whole.type === "array" || Array.isArray(whole.enum)) return true;
  return [whole.anyOf, whole.oneOf, whole.allOf].some((ways) => Array.isArray(ways) && ways.length > 0);
}
