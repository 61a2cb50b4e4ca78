import { levelWords } from "@/judging/rules";
import { named } from "@/judging/words";
import { percent } from "@/lib/numbers";
import type { Decision, Facts, Level } from "./model";

/** What would have led elsewhere, in words, and where that can be tried on past runs. */
interface Alternative {
  words: string;
  /** A threshold to try: which, and the value at which it turns. */
  try?: { level: Level; value: number };
}

const down = (score: number) => Math.floor(score * 100) / 100;
const up = (score: number) => Math.min(1, Math.floor(score * 100) / 100 + 0.01);

const list = (names: readonly string[]) => names.map((name) => `“${named(name)}”`).join(" and ");

const asked = (facts: Facts | null) =>
  (facts?.effects ?? []).filter((one) => one.needs_person && one.effect !== "read").map((one) => one.tool);

function left(facts: Facts | null, loop: string): number {
  return Math.max(0, (facts?.bounds[loop] ?? 0) - (facts?.loops[loop] ?? 0));
}

/** What happens to an action that is sure enough. */
function afterThreshold(facts: Facts | null): string {
  const people = asked(facts);
  return people.length > 0
    ? `a person would still have been asked, because the policy wants one for ${list(people)}`
    : "it would have acted without asking";
}

function ofThreshold(decision: Decision, level: Level, score: number): Alternative[] {
  const { route, facts } = decision;
  const reach = { level, value: down(score) };
  const words = levelWords(level);
  switch (route) {
    case "act":
      return [
        {
          words: `With a threshold above ${percent(score)} for ${words}, a person would have been asked.`,
          try: { level, value: up(score) },
        },
      ];
    case "answer":
      return [
        {
          words: `With a threshold above ${percent(score)} for answers, this would not have gone out: ${left(facts, "gather") > 0 ? "more would have been looked for" : "a person would have been asked"}.`,
          try: { level: "answer", value: up(score) },
        },
      ];
    case "gather":
      return [
        {
          words: `With a threshold of ${percent(down(score))} or less for answers, this answer would have gone out at once.`,
          try: { level: "answer", value: down(score) },
        },
      ];
    case "abstain":
      return [
        {
          words: `With a threshold of ${percent(down(score))} or less for saying nothing, a person would have been asked.`,
          try: { level: "abstain", value: down(score) },
        },
      ];
    case "clarify":
      return [
        {
          words: `With a threshold of ${percent(down(score))} or less for asking back, a person would have been asked instead of the user.`,
          try: { level: "clarify", value: down(score) },
        },
        {
          words: `With one of ${percent(down(score))} or less for ${words}, ${afterThreshold(facts)}.`,
          try: reach,
        },
      ];
    default:
      return level === "answer"
        ? [
            {
              words: `With a threshold of ${percent(down(score))} or less for answers, this answer would have gone out.`,
              try: reach,
            },
          ]
        : [
            {
              words: `With a threshold of ${percent(down(score))} or less for ${words}, ${afterThreshold(facts)}.`,
              try: reach,
            },
          ];
  }
}

function ofCritic({ route, facts }: Decision): Alternative[] {
  if (route === "gather" || route === "replan") {
    const tried = (facts?.loops[route] ?? 0) + 1;
    const bound = facts?.bounds[route] ?? 0;
    return [
      {
        words: `The critic may do so ${bound} times in a turn; this was number ${tried}. After that, thresholds decide.`,
      },
    ];
  }
  return [
    {
      words:
        "Thresholds decide only over what the critic accepts: better sources or clearer words would have changed this.",
    },
  ];
}

/** What would have led this decision elsewhere. */
export function alternatives(decision: Decision): Alternative[] {
  const { rule, confidence, facts, kind } = decision;
  if (kind === "review") return [{ words: "This was a person's word, not a rule's." }];
  if (kind === "budget") return [{ words: "A larger budget of the turn would have let it go on." }];
  if (rule.startsWith("threshold.") && confidence !== null) {
    return ofThreshold(
      decision,
      (rule === "threshold.gather" ? "answer" : rule.slice(10)) as Level,
      confidence.score,
    );
  }
  switch (rule) {
    case "approval": {
      const enough =
        confidence !== null && decision.threshold !== null && confidence.score >= decision.threshold;
      return [
        {
          words: `No threshold: the policy asks a person for ${list(asked(facts)) || "this"}.${enough ? ` If it said approval: automatic there, ${percent(confidence.score)} would have been enough to act alone.` : ""}`,
        },
      ];
    }
    case "trust":
      return [
        {
          words:
            "If every value came from what the user said, or from a source that the policy trusts for this, no person would have been needed for that reason.",
        },
      ];
    case "critic":
      return ofCritic(decision);
    case "grant":
      return [{ words: "If nothing had changed since the approval, it would have held." }];
    default:
      return [{ words: `Without this rule's word, the confidence and its threshold would have decided.` }];
  }
}
