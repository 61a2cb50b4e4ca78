import { type JsonSchema, resolved } from "./simplify";

/** A fault as `@cfworker/json-schema` tells it. */
export interface Fault {
  keyword: string;
  keywordLocation: string;
  instanceLocation: string;
  error: string;
}

/** What is wrong with a value, in words, and where. */
export interface Wrong {
  path: string[];
  message: string;
  keyword: string;
}

/** The steps of a JSON pointer like `#/a/b~1c`. */
export function steps(pointer: string): string[] {
  return pointer
    .replace(/^#?\/?/, "")
    .split("/")
    .filter((step) => step !== "")
    .map((step) => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

function keywordValue(schema: JsonSchema, location: string): unknown {
  let found: unknown = schema;
  for (const step of steps(location)) {
    if (found === null || typeof found !== "object") return undefined;
    if (step === "$ref") found = resolved(found as JsonSchema, schema);
    else found = (found as Record<string, unknown>)[step];
  }
  return found;
}

const TYPES: Record<string, string> = {
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "yes or no",
  object: "an object",
  array: "a list",
  null: "nothing",
};

const FORMATS: Record<string, string> = {
  date: "a date like 2026-05-01",
  time: "a time like 14:30:00",
  "date-time": "a date with a time and a zone, like 2026-05-01T14:30:00Z",
  email: "an e-mail address",
  uri: "a web address",
  uuid: "a UUID",
  ipv4: "an IPv4 address",
  ipv6: "an IPv6 address",
};

const list = (values: unknown[]) => values.map((value) => JSON.stringify(value)).join(", ");
const many = (count: unknown, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

const WORDS: Record<string, (bound: unknown) => string> = {
  type: (bound) =>
    `This has to be ${[bound]
      .flat()
      .map((type) => TYPES[String(type)] ?? type)
      .join(" or ")}.`,
  enum: (bound) => `This has to be one of ${list([bound].flat())}.`,
  const: (bound) => `This has to be ${JSON.stringify(bound)}.`,
  minLength: (bound) => `At least ${many(bound, "character")}.`,
  maxLength: (bound) => `At most ${many(bound, "character")}.`,
  minimum: (bound) => `At least ${bound}.`,
  maximum: (bound) => `At most ${bound}.`,
  exclusiveMinimum: (bound) => `More than ${bound}.`,
  exclusiveMaximum: (bound) => `Less than ${bound}.`,
  multipleOf: (bound) => `A multiple of ${bound}.`,
  minItems: (bound) => `At least ${many(bound, "entry").replace("entrys", "entries")}.`,
  maxItems: (bound) => `At most ${many(bound, "entry").replace("entrys", "entries")}.`,
  uniqueItems: () => "No entry may come twice.",
  pattern: (bound) => `This does not look as it has to: ${bound}`,
  format: (bound) => `This has to be ${FORMATS[String(bound)] ?? `of the form ${bound}`}.`,
  anyOf: () => "This fits none of the forms it may have.",
  oneOf: () => "This has to fit exactly one of the forms it may have.",
  not: () => "This may not be so.",
};

/** Keywords whose faults only say that something inside is wrong. */
const OUTER = new Set(["properties", "items", "prefixItems", "$ref", "allOf", "patternProperties", "if"]);

const UNION = /^(.*)\/(anyOf|oneOf)\/(\d+)(\/|$)/;

/** Of each union only the faults of the way that comes closest: the others are not what was meant. */
function closest(faults: readonly Fault[]): Fault[] {
  const ways = new Map<string, Map<string, Fault[]>>();
  const kept: Fault[] = [];
  for (const fault of faults) {
    const [, before, keyword, way] = UNION.exec(fault.keywordLocation) ?? [];
    if (before === undefined || way === undefined) {
      kept.push(fault);
      continue;
    }
    const union = `${before}/${keyword}`;
    const found = ways.get(union) ?? new Map<string, Fault[]>();
    found.set(way, [...(found.get(way) ?? []), fault]);
    ways.set(union, found);
  }
  for (const [union, found] of ways) {
    const at = faults.find((fault) => fault.keywordLocation === union)?.instanceLocation ?? "";
    const best = [...found.values()].sort((one, other) => weight(one, at) - weight(other, at))[0] ?? [];
    const inside = best.filter((fault) => fault.instanceLocation !== at && !OUTER.has(fault.keyword));
    const missing = best.filter((fault) => fault.keyword === "required");
    if (inside.length + missing.length === 0) continue;
    const outer = kept.findIndex((fault) => fault.keywordLocation === union);
    if (outer >= 0) kept.splice(outer, 1);
    kept.push(...inside, ...missing);
  }
  return kept;
}

const weight = (faults: readonly Fault[], at: string) =>
  faults.filter((fault) => !OUTER.has(fault.keyword)).length +
  (faults.some((fault) => fault.keyword === "type" && fault.instanceLocation === at) ? 1_000 : 0);

/** What is wrong, in words, each at the field that has to change. */
export function inWords(faults: readonly Fault[], schema: JsonSchema): Wrong[] {
  const told = closest(faults)
    .filter((fault) => !OUTER.has(fault.keyword))
    .map((fault): Wrong => {
      const path = steps(fault.instanceLocation);
      if (fault.keyword === "required") {
        const name = /"(.*)"/.exec(fault.error)?.[1] ?? "";
        return { path: [...path, name], message: "This is needed.", keyword: "required" };
      }
      if (fault.keyword === "additionalProperties" || fault.keyword === "false") {
        return { path, message: "This field is not known here.", keyword: "additionalProperties" };
      }
      const word = WORDS[fault.keyword];
      const bound = keywordValue(schema, fault.keywordLocation);
      return { path, message: word?.(bound) ?? fault.error, keyword: fault.keyword };
    });
  const seen = new Set<string>();
  return told.filter(({ path, message }) => {
    const key = JSON.stringify([path, message]);
    return !seen.has(key) && seen.add(key);
  });
}
