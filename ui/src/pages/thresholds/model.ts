import { LEVELS, type Level } from "../why/model";

export { LEVELS, type Level } from "../why/model";

/** What other thresholds would have done on past decisions. */
export interface WhatIf {
  policy_version: string;
  in_force: Record<Level, number>;
  tried: Record<Level, number>;
  decisions: number;
  skipped: number;
  now: Record<string, number>;
  then: Record<string, number>;
  recorded: Record<string, number>;
  changed: number;
  right_lost: number;
  wrong_caught: number;
  runs: ChangedRun[];
}

export interface ChangedRun {
  thread_id: string;
  run_id: string;
  at: string;
  score: number;
  recorded: string;
  now: string;
  then: string;
  rule: string;
  right: boolean | null;
}

export interface Policy {
  version: string;
  file: string;
  thresholds: Record<Level, number>;
}

/** What each threshold is for, in words. */
export const MEANINGS: Record<Level, { title: string; means: string }> = {
  answer: { title: "Answers", means: "An answer that is at least so sure goes out." },
  gather: {
    title: "Another search",
    means: "An answer from here up to the one above is worth another search.",
  },
  abstain: { title: "Saying nothing", means: "An answer below this is not given." },
  read: { title: "Actions that only read", means: "Sure enough to look something up." },
  reversible: {
    title: "Actions that can be undone",
    means: "Sure enough to do them without asking, where the policy allows it.",
  },
  compensable: { title: "Actions that a counter-action undoes", means: "Below this a person is asked." },
  irreversible: { title: "Actions that cannot be undone", means: "Below this a person is asked." },
  clarify: {
    title: "Asking the user back",
    means: "An action below this is asked about instead of put before a person.",
  },
};

const RISING: Level[] = ["read", "reversible", "compensable", "irreversible"];

/** Why thresholds do not fit together; empty when they do. */
export function misfit(values: Record<Level, number>): string {
  for (let place = 1; place < RISING.length; place += 1) {
    const lower = RISING[place - 1] as Level;
    const higher = RISING[place] as Level;
    if (values[lower] > values[higher]) {
      return `“${MEANINGS[higher].title}” must not be below “${MEANINGS[lower].title}”: what is riskier has to be surer.`;
    }
  }
  if (values.abstain > values.answer) return "“Saying nothing” must not be above “Answers”.";
  return "";
}

/** The thresholds that the address names; those it does not name stay as they are in force. */
export function triedOf(
  said: (name: string) => string,
  inForce: Record<Level, number>,
): Record<Level, number> {
  return Object.fromEntries(
    LEVELS.map((level) => {
      const value = Number(said(level));
      const fits = said(level) !== "" && Number.isFinite(value) && value >= 0 && value <= 1;
      return [level, fits ? value : inForce[level]];
    }),
  ) as Record<Level, number>;
}

/** Those that differ from what is in force. */
export function changedLevels(
  tried: Record<Level, number>,
  inForce: Record<Level, number>,
): Partial<Record<Level, number>> {
  return Object.fromEntries(
    LEVELS.filter((level) => tried[level] !== inForce[level]).map((level) => [level, tried[level]]),
  );
}

export interface Shift {
  route: string;
  inForce: number;
  tried: number;
}

const ORDER = ["answer", "act", "gather", "replan", "clarify", "escalate", "abstain", "refuse", "stop"];

/** How many decisions go where, now and with the thresholds that are tried. */
export function shifts(one: Pick<WhatIf, "now" | "then">): Shift[] {
  const routes = new Set([...Object.keys(one.now), ...Object.keys(one.then)]);
  const rank = (route: string) => (ORDER.includes(route) ? ORDER.indexOf(route) : ORDER.length);
  return [...routes]
    .sort((a, b) => rank(a) - rank(b))
    .map((route) => ({ route, inForce: one.now[route] ?? 0, tried: one.then[route] ?? 0 }));
}

/** The lines for the policy file that put the tried thresholds into force. */
export function policyLines(changed: Partial<Record<Level, number>>): string {
  return ["thresholds:", ...Object.entries(changed).map(([level, value]) => `  ${level}: ${value}`)].join(
    "\n",
  );
}
