import type { Tone } from "@/components/badge";
import { named } from "@/judging/words";
import type { Effect, PodiumState } from "./types";

export interface Standing {
  words: string;
  tone: Tone;
  /** What it means, for whoever wonders. */
  means: string;
}

const STANDINGS: Record<string, Standing> = {
  completed: { words: "Answered", tone: "good", means: "The answer was good enough to be sent." },
  clarify: { words: "Asks you", tone: "accent", means: "Something is missing. Answer below to go on." },
  abstained: {
    words: "Did not answer",
    tone: "warn",
    means: "What was found does not support an answer well enough, so none was made up.",
  },
  partial: { words: "Stopped early", tone: "warn", means: "A limit of the turn was reached." },
  refused: { words: "Refused", tone: "bad", means: "A rule does not allow it." },
  failed: { words: "Failed", tone: "bad", means: "It could not be done." },
};

const REJECTED: Standing = {
  words: "Rejected",
  tone: "warn",
  means: "A person said no, and nothing was done.",
};
const RESPONDED: Standing = {
  words: "Answered by a person",
  tone: "good",
  means: "A person wrote the answer.",
};

/** How a turn stands, in words. */
export function standingOf(status: string, effects: readonly Effect[], state?: PodiumState): Standing {
  const rejected =
    effects.length > 0 && effects.every((one) => ["rejected", "superseded"].includes(one.status));
  if (status === "completed" && (state?.review?.kind === "reject" || rejected)) return REJECTED;
  if (status === "completed" && state?.review?.kind === "respond" && effects.length === 0) return RESPONDED;
  return STANDINGS[status] ?? { words: named(status), tone: "neutral", means: "" };
}

/** Why those may not ask who may only read. */
export const MAY_NOT_ASK = "Your role may read, but not ask.";
const MAY_NOT_RATE = "Your role may read, but not rate.";

/** Why something may not be asked; undefined where it may. */
export const whyNotAsk = (mayRun: boolean) => (mayRun ? undefined : MAY_NOT_ASK);
export const whyNotRate = (mayRun: boolean) => (mayRun ? undefined : MAY_NOT_RATE);

const AT_WORK: Record<string, string> = {
  admit: "Checking the request",
  plan: "The planner makes a plan",
  retrieve: "The retriever looks for passages",
  execute: "The executor works on it",
  critique: "The critic checks the result",
  human: "Waiting for a person",
  commit: "Carrying out what was approved",
  respond: "Writing the answer",
};

/** What a node does, as a sentence. */
export const atWork = (node: string) => AT_WORK[node] ?? `${named(node)} is at work`;

const HAPPENED = ["succeeded", "verified", "unverified", "compensation_failed", "in_doubt"];

/** Whether an effect has changed, or may have changed, something outside that still stands. */
export const happened = (status: string) => HAPPENED.includes(status);

const STEP_KINDS: Record<string, string> = {
  retrieve: "Look up",
  act: "Do",
  answer: "Answer",
  clarify: "Ask you",
};

export const stepWords = (kind: string) => STEP_KINDS[kind] ?? named(kind);
