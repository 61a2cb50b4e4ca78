import { named } from "./words";

const ACTIONS: Record<string, string> = {
  read: "actions that only read",
  reversible: "actions that can be undone",
  compensable: "actions that a counter-action undoes",
  irreversible: "actions that cannot be undone",
};

/** "answers", "actions that can be undone": what a threshold is about. */
export const levelWords = (level: string) =>
  ACTIONS[level] ??
  { answer: "answers", gather: "another search", abstain: "saying nothing", clarify: "asking the user back" }[
    level
  ] ??
  named(level).toLowerCase();

/** The rule that decided, in words. */
export function ruleWords(rule: string): string {
  if (rule.startsWith("threshold.")) return `The threshold for ${levelWords(rule.slice(10))}`;
  if (rule.startsWith("tools.")) return `The policy's rule for the tool ${rule.slice(6)}`;
  switch (rule) {
    case "approval":
      return "The policy asks a person before this is done, however sure the agents are";
    case "trust":
      return "A value comes from a source that the policy does not trust for this";
    case "critic":
      return "The critic judged so, before any threshold was looked at";
    case "person":
      return "A person decided";
    case "grant":
      return "The approval did not hold any more";
    default:
      return `The guardrail “${named(rule)}”`;
  }
}
