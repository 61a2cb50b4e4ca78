/** What LangChain's human-in-the-loop form asks to be decided. */
export interface Request {
  name: string;
  args: Record<string, unknown>;
  description: string;
  /** How it may be decided. */
  allowed: string[];
}

const EVERY_WAY = ["approve", "edit", "reject"];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The requests of LangChain's form; null where a graph asks in words of its own, or holds the form only in part. */
export function requestsOf(value: unknown): Request[] | null {
  if (!isObject(value) || !Array.isArray(value.action_requests)) return null;
  const configs = Array.isArray(value.review_configs) ? value.review_configs.filter(isObject) : [];
  const requests = value.action_requests.map((asked: unknown, place) => requestOf(asked, place, configs));
  const whole = requests.filter((one) => one !== null);
  return whole.length === requests.length && whole.length > 0 ? whole : null;
}

function requestOf(asked: unknown, place: number, configs: Record<string, unknown>[]): Request | null {
  if (!isObject(asked) || typeof asked.name !== "string") return null;
  const args = asked.args ?? {};
  if (!isObject(args)) return null;
  const { name, description } = asked;
  const config = configs.find((one) => one.action_name === name) ?? configs[place];
  const allowed = config?.allowed_decisions;
  return {
    name,
    args,
    description: typeof description === "string" ? description : "",
    allowed: Array.isArray(allowed) ? allowed.filter((one) => typeof one === "string") : EVERY_WAY,
  };
}
