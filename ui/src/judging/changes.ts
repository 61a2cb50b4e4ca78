/** One named value before and after. */
export interface Change {
  name: string;
  before: unknown;
  after: unknown;
  changed: boolean;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value);

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function flat(value: unknown, prefix: string, into: Map<string, unknown>): void {
  if (isObject(value) && Object.keys(value).length > 0) {
    for (const [name, inner] of Object.entries(value))
      flat(inner, prefix ? `${prefix} › ${name}` : name, into);
  } else if (value !== undefined) {
    into.set(prefix || "value", value);
  }
}

/** Two objects side by side, nested values by their path; what differs is marked. */
export function changes(before: unknown, after: unknown): Change[] {
  const old = new Map<string, unknown>();
  const now = new Map<string, unknown>();
  flat(before, "", old);
  flat(after, "", now);
  return [...new Set([...old.keys(), ...now.keys()])].map((name) => ({
    name,
    before: old.get(name),
    after: now.get(name),
    changed: !same(old.get(name), now.get(name)),
  }));
}
