import type { Effect } from "@/judging/types";
import type { Step } from "@/steps/step";

/** A point that one can go back to: right before a turn. */
export interface Point {
  checkpointId: string;
  /** What the user said in the turn that would be taken back; empty where it is not known. */
  said: string;
  at: string;
  /** How many turns would be taken back. */
  turns: number;
  /** Effects of those turns that stand. */
  effects: number;
}

/** Statuses of effects that are done and not undone. */
const STANDING = new Set([
  "succeeded",
  "verified",
  "unverified",
  "started",
  "in_doubt",
  "compensating",
  "compensation_failed",
  "compensation_in_doubt",
]);

export const stands = (effect: Pick<Effect, "status">) => STANDING.has(effect.status);

/** The checkpoints from the first to the one that the thread stands at. */
export function trunk(steps: readonly Step[], head: string | null): Step[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const found: Step[] = [];
  for (let step = byId.get(head ?? ""); step !== undefined; step = byId.get(step.parentId ?? "")) {
    if (found.includes(step)) break;
    found.push(step);
  }
  return found.reverse();
}

/**
 * The points before each turn of the branch that the thread stands on, the latest first.
 *
 * @param steps All checkpoints that are known.
 * @param head The one that the thread stands at.
 * @param said What the user said in this branch, oldest first.
 * @param effects The ledger.
 */
export function pointsOf(
  steps: readonly Step[],
  head: string | null,
  said: readonly string[],
  effects: readonly Effect[],
): Point[] {
  const line = trunk(steps, head);
  const inputs = line.filter((step) => step.source === "input");
  const known = inputs.length === said.length;
  const standing = effects.filter(stands);
  return inputs
    .map((input, place): Point => {
      const later = new Set(line.slice(line.indexOf(input)).map((step) => step.id));
      return {
        checkpointId: input.parentId ?? input.id,
        said: known ? (said[place] ?? "") : "",
        at: input.at,
        turns: inputs.length - place,
        effects: standing.filter((effect) => later.has(effect.checkpoint_id)).length,
      };
    })
    .reverse();
}

/** The point that is most likely meant: before the latest turn that did something which stands. */
export function likely(points: readonly Point[]): Point | undefined {
  return points.find((point) => point.effects > 0) ?? points[0];
}

/** What the user said in a state's messages, oldest first. */
export function saidIn(values: unknown): string[] {
  const messages = (values as { messages?: unknown } | null)?.messages;
  if (!Array.isArray(messages)) return [];
  return messages
    .filter((message) => message?.type === "human" || message?.role === "user")
    .map((message) =>
      typeof message.content === "string" ? message.content : JSON.stringify(message.content),
    );
}
