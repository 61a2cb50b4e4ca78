import type { Tone } from "@/components/badge";
import type { EffectClass, Provenance } from "./types";

/** "issue_refund" as "Issue refund". */
export function named(name: string): string {
  const words = name.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A graph's name without the version of the code that was in force. */
export const graphName = (graph: string) => graph.split("@", 1)[0] ?? graph;

const EFFECTS: Record<EffectClass, { words: string; means: string; tone: Tone; risk: number }> = {
  read: { words: "only reads", means: "Nothing outside changes.", tone: "neutral", risk: 0 },
  reversible: { words: "can be undone", means: "It can be taken back completely.", tone: "good", risk: 1 },
  compensable: {
    words: "can be undone by a counter-action",
    means: "It cannot be unmade, but a counter-action makes it good.",
    tone: "warn",
    risk: 2,
  },
  irreversible: { words: "cannot be undone", means: "Once done, it stays done.", tone: "bad", risk: 3 },
};

/** How far an effect reaches, in words; what is not known counts as the worst. */
export const effectWords = (effect: string) => EFFECTS[effect as EffectClass] ?? EFFECTS.irreversible;

export const EFFECT_CLASSES: EffectClass[] = ["irreversible", "compensable", "reversible", "read"];

const ORIGINS: Record<Provenance["origin"], string> = {
  user: "what the user wrote",
  tool: "a tool's answer",
  document: "a document",
  model: "the model",
  default: "the tool's own default",
  person: "a person who decided",
};

/** Where a value came from, in words. */
export function originWords({ origin, source }: Provenance): string {
  const words = ORIGINS[origin] ?? origin;
  if (source === "") return words;
  return origin === "person" ? `edited by ${source}` : `${words} (${source})`;
}

const REASONS: Record<string, string> = {
  read_effect: "It reads from outside, and the policy wants a person for that.",
  reversible_effect: "It changes something outside, and the policy wants a person for that.",
  compensable_effect: "It changes something outside that only a counter-action makes good.",
  irreversible_effect: "It cannot be undone.",
  below_threshold: "The agents are less sure than the policy asks for.",
  untrusted_argument: "A value comes from a source that is not trusted for this.",
  suspicious_evidence: "A guardrail took out something suspicious from what was found.",
  retries_spent: "It was tried as often as the policy allows.",
  gather_spent: "It was looked for as often as the policy allows.",
  replan_spent: "It was planned anew as often as the policy allows.",
  thin_support: "The sources hardly support it.",
  low_relevance: "What was found is hardly about the question.",
  incomplete: "A part of the question is left open.",
  conflict: "Sources contradict each other.",
  stale: "The sources are old.",
  missing_argument: "Something that the action needs was not said.",
  criteria_unmet: "The plan's own criteria are not met.",
  unclear_intent: "It is not clear what is wanted.",
  action_refused: "The tool refused it.",
  ambiguous: "It may be understood in several ways.",
  tool_denied: "The policy does not allow the tool.",
  tool_not_open: "The plan did not open the tool.",
  no_critic: "There is no critic to judge it.",
  no_factors: "Nothing could be measured.",
};

/** A reason code as a sentence. */
export const reasonWords = (code: string) =>
  REASONS[code] ?? (/^[a-z0-9_]+$/.test(code) ? `${named(code)}.` : code);

const FACTORS: Record<string, string> = {
  support: "Support by the sources",
  relevance: "Relevance of what was found",
  coverage: "Parts of the question that are answered",
  agreement: "Agreement of the sources",
  freshness: "Freshness of the sources",
  slots: "Values that the action needs",
  success: "Criteria of the plan that are met",
  intent: "Clarity of what is wanted",
};

export const factorWords = (name: string) => FACTORS[name] ?? named(name);

const ROUTES: Record<string, { words: string; tone: Tone }> = {
  answer: { words: "answered", tone: "good" },
  act: { words: "acted without asking", tone: "good" },
  gather: { words: "looked for more", tone: "accent" },
  replan: { words: "planned anew", tone: "accent" },
  clarify: { words: "asked the user back", tone: "accent" },
  escalate: { words: "asked a person", tone: "warn" },
  abstain: { words: "gave no answer", tone: "warn" },
  refuse: { words: "refused", tone: "bad" },
  stop: { words: "stopped early", tone: "bad" },
  approve: { words: "approved by a person", tone: "good" },
  edit: { words: "approved with changes", tone: "good" },
  reject: { words: "rejected by a person", tone: "warn" },
  respond: { words: "answered by a person", tone: "accent" },
};

/** What a decision led to, in words. */
export const routeWords = (route: string) =>
  ROUTES[route] ?? { words: named(route), tone: "neutral" as Tone };

const STATUSES: Record<string, { words: string; tone: Tone }> = {
  proposed: { words: "not decided", tone: "warn" },
  approved: { words: "approved, not begun", tone: "accent" },
  rejected: { words: "rejected", tone: "neutral" },
  superseded: { words: "replaced by an edit", tone: "neutral" },
  expired: { words: "expired", tone: "neutral" },
  skipped: { words: "not done", tone: "neutral" },
  refused: { words: "refused", tone: "neutral" },
  started: { words: "begun", tone: "accent" },
  succeeded: { words: "done", tone: "good" },
  verified: { words: "done and checked", tone: "good" },
  unverified: { words: "done, not confirmed", tone: "warn" },
  failed: { words: "failed, nothing was done", tone: "neutral" },
  in_doubt: { words: "in doubt", tone: "bad" },
  compensating: { words: "being undone", tone: "accent" },
  compensated: { words: "undone", tone: "good" },
  compensation_failed: { words: "could not be undone", tone: "bad" },
  compensation_in_doubt: { words: "undoing is in doubt", tone: "bad" },
  simulated: { words: "simulated only", tone: "neutral" },
};

/** Where an effect stands, in words. */
export const statusWords = (status: string) =>
  STATUSES[status] ?? { words: named(status).toLowerCase(), tone: "neutral" as Tone };
