import type { EffectClass } from "@/judging/types";

/** What undoing does, or did, about one effect. */
export interface Undo {
  digest: string;
  tool: string;
  target: string;
  effect: EffectClass;
  before: string;
  after: string;
  undoable: boolean;
  message: string;
}

/** What undoing would do, or did. */
export interface Report {
  thread_id: string;
  to: string;
  dry_run: boolean;
  undone: Undo[];
  checkpoint_id: string;
  complete: boolean;
  note: string;
}

/** The word that has to be typed before anything is undone. */
export const WORD = "undo";

/** What is sent: nothing where all is to be undone, else the digests that are. */
export function onlyOf(plan: readonly Undo[], kept: ReadonlySet<string>): string[] {
  const chosen = plan.filter((one) => !kept.has(one.digest));
  return chosen.length === plan.length ? [] : chosen.map((one) => one.digest);
}

/** What a person can do about an effect that was not undone. */
export function wayOut(one: Undo): string {
  switch (one.after) {
    case "compensated":
      return "";
    case "compensation_in_doubt":
    case "compensating":
      return "It may or may not have been undone. Look at the system itself, then say below what you found.";
    case "in_doubt":
    case "started":
      return "It may or may not have happened. Look at the system itself, then say below what you found.";
    case "compensation_failed":
      return "The counter-action failed. Try to undo once more; if it fails again, put it right in the system itself.";
    default:
      return one.undoable
        ? "Try to undo once more; if it does not work, put it right in the system itself."
        : "It cannot be undone from here. Put it right in the system itself, and tell those whom it concerns.";
  }
}

/** Whether a person has to say what became of it. */
export const needsWord = (status: string) =>
  ["in_doubt", "compensation_in_doubt", "compensation_failed", "unverified"].includes(status);
