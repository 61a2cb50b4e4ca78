import type { Consent } from "@/judging/consents";
import type { Action, Confidence, EffectClass, Provenance, Trust } from "@/judging/types";
import { effectWords } from "@/judging/words";

/** Something that waits for a person, as `GET /interrupts` tells it. */
export interface Waiting {
  interrupt_id: string;
  thread_id: string;
  graph_id: string;
  owner: string;
  created_at: string;
  age_seconds: number;
  expires_at: string | null;
  assignee: string | null;
  question: string;
  actions: Action[];
  digests: string[];
  reasons: string[];
  confidence: number | null;
  draft: string;
  value: unknown;
  /** How many different people have to approve. */
  people: number;
  /** Who has, while others have to. */
  consents: Consent[];
}

export interface ActionDetail extends Action {
  description: string;
  args_schema: Record<string, unknown>;
  provenance: Record<string, Provenance>;
  untrusted: string[];
  trust_needed: Trust;
  approvers: string[];
  may_approve: boolean;
  people: number;
  consents: Consent[];
  /** Whether whoever looks is among them. */
  has_approved: boolean;
  policy_version: string;
  estimated_cost: number | null;
  expires_at: string;
}

export interface Evidence {
  id: string;
  source: string;
  title: string;
  text: string;
  start: number;
  end: number;
  date: string;
  score: number;
  trust: Trust;
  collection: string;
  superseded_by: string;
}

export interface Verdict {
  rule: string;
  stage: string;
  outcome: string;
  reason: string;
  target: string;
}

export interface ReviewDetail {
  confidence: Confidence | null;
  evidence: Evidence[];
  verdicts: Verdict[];
  request: string;
  error: string;
  policy_version: string;
  actions: ActionDetail[];
}

/** Something that waits, with what stands behind it. */
export interface WaitingDetail extends Waiting {
  detail: ReviewDetail | null;
  may_decide: boolean;
  why_not: string;
}

/** What came of a decision. */
export interface Outcome {
  thread_id: string;
  interrupt_id: string;
  run_id: string;
  status: string;
  reply: {
    answer: string;
    actions: Action[];
    interrupts: { id: string; people: number; consents: Consent[] }[];
    error: { message: string } | null;
  } | null;
}

export const idOf = (one: { thread_id: string; interrupt_id: string }) =>
  `${one.thread_id}/${one.interrupt_id}`;

export const pathOf = (one: { thread_id: string; interrupt_id: string }) =>
  `/approvals/${encodeURIComponent(one.thread_id)}/${encodeURIComponent(one.interrupt_id)}`;

/** The worst that the actions reach; null for an answer that is to be checked. */
export function riskOf(one: Pick<Waiting, "actions">): EffectClass | null {
  const worst = [...one.actions].sort((a, b) => effectWords(b.effect).risk - effectWords(a.effect).risk)[0];
  return worst?.effect ?? null;
}

export const isExpired = (one: Pick<Waiting, "expires_at">, now: number) =>
  one.expires_at !== null && Date.parse(one.expires_at) <= now;

/** Whether an action is too old to be approved, whatever time is given. */
export const isLapsed = (one: Pick<WaitingDetail, "detail">, now: number) =>
  one.detail?.actions.some((action) => action.expires_at !== "" && Date.parse(action.expires_at) <= now) ??
  false;

/** What is asked, on one line. */
export function titleOf(one: Waiting): string {
  const [first, ...others] = one.actions;
  if (first === undefined) return one.draft === "" ? one.question || "A question" : "An answer to check";
  const words = first.tool.replaceAll("_", " ");
  const title = words.charAt(0).toUpperCase() + words.slice(1);
  return others.length === 0 ? title : `${title} and ${others.length} more`;
}

export interface Filters {
  words: string;
  who: string;
  risk: string;
  state: string;
  sort: string;
}

const ORDERS: Record<string, (one: Waiting, other: Waiting) => number> = {
  "": (one, other) => other.age_seconds - one.age_seconds,
  newest: (one, other) => one.age_seconds - other.age_seconds,
  expiry: (one, other) => expiry(one) - expiry(other),
  risk: (one, other) => riskRank(other) - riskRank(one) || other.age_seconds - one.age_seconds,
};

const expiry = (one: Waiting) =>
  one.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(one.expires_at);
const riskRank = (one: Waiting) => effectWords(riskOf(one) ?? "read").risk;

function fits(one: Waiting, filters: Filters, me: string, now: number): boolean {
  if (filters.who === "mine" && one.assignee !== me) return false;
  if (filters.who === "nobody" && one.assignee !== null) return false;
  if (filters.who === "others" && (one.assignee === null || one.assignee === me)) return false;
  if (filters.risk === "answer" ? one.actions.length > 0 : filters.risk && riskOf(one) !== filters.risk)
    return false;
  if (filters.state === "expired" && !isExpired(one, now)) return false;
  if (filters.state === "open" && isExpired(one, now)) return false;
  const words = filters.words.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return true;
  const text = JSON.stringify([
    titleOf(one),
    one.actions,
    one.question,
    one.draft,
    one.owner,
    one.value,
  ]).toLowerCase();
  return words.every((word) => text.includes(word));
}

/** What the filters leave, in their order: the oldest first unless said otherwise. */
export function chosen(all: readonly Waiting[], filters: Filters, me: string, now: number): Waiting[] {
  const order = ORDERS[filters.sort] ?? ORDERS[""];
  return all.filter((one) => fits(one, filters, me, now)).sort(order);
}

const PLAIN_REASONS = new Set(["read_effect", "reversible_effect", "compensable_effect"]);

/**
 * Whether it may be approved together with others: everything can be undone or made good, and nothing else speaks
 * against it than that the policy wants a person. What it is not safe for is told in words.
 */
export function unsafe(one: Waiting, me: string, now: number): string {
  if (one.actions.length === 0) return "An answer has to be read by itself.";
  if (riskOf(one) === "irreversible") return "What cannot be undone has to be looked at by itself.";
  if (one.reasons.some((reason) => !PLAIN_REASONS.has(reason)))
    return "Something speaks against it: look at it by itself.";
  if (one.people > 1) return "More than one person has to approve it: look at it by itself.";
  if (isExpired(one, now)) return "It has expired.";
  if (one.assignee !== null && one.assignee !== me) return `${one.assignee} is to decide it.`;
  return "";
}

/** Whether whoever looks has approved everything here that several people have to approve. */
export function isApprovedByMe(actions: readonly ActionDetail[]): boolean {
  const shared = actions.filter((action) => action.people > 1);
  return shared.length > 0 && shared.every((action) => action.has_approved);
}

/** A person's word on one action, before it is sent. */
export type Choice =
  | { kind: "approve" }
  | { kind: "reject"; message: string }
  | { kind: "edit"; args: Record<string, unknown>; result: ActionDetail };

/** What is sent for the choices: one word for one action, else one for each. */
export function decisionOf(
  actions: readonly Action[],
  choices: ReadonlyMap<string, Choice>,
): Record<string, unknown> {
  const decisions = actions.map(({ digest }) => {
    const choice = choices.get(digest) ?? { kind: "approve" as const };
    return {
      digest,
      kind: choice.kind,
      ...(choice.kind === "reject" ? { message: choice.message } : {}),
      ...(choice.kind === "edit" ? { args: choice.args } : {}),
    };
  });
  return { decisions };
}

/**
 * The arguments that an edit sends: all of them, so that a field which was emptied takes its default again instead of
 * keeping what was proposed.
 */
export function editedArgs(
  proposed: Record<string, unknown>,
  value: Record<string, unknown>,
  schema: Record<string, unknown>,
): Record<string, unknown> {
  const properties = (schema.properties ?? {}) as Record<string, { default?: unknown }>;
  const emptied = Object.keys(proposed).filter((name) => value[name] === undefined);
  const filled = emptied.map((name) => [name, properties[name]?.default ?? null] as const);
  return { ...Object.fromEntries(filled), ...value };
}

/** The arguments of an action, each with where it came from and whether that is trusted enough. */
interface Argument {
  name: string;
  title: string;
  value: unknown;
  provenance: Provenance | null;
  trusted: boolean;
}

export function argumentsOf(action: ActionDetail): Argument[] {
  const properties = (action.args_schema.properties ?? {}) as Record<string, { title?: string }>;
  return Object.entries(action.args).map(([name, value]) => ({
    name,
    title: properties[name]?.title ?? name,
    value,
    provenance: action.provenance[name] ?? null,
    trusted: !action.untrusted.includes(name),
  }));
}
