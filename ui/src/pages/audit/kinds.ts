import type { Tone } from "@/components/badge";
import { named } from "@/judging/words";

interface KindWords {
  name: string;
  /** What records of this kind tell. */
  means: string;
  tone: Tone;
}

const kind = (name: string, means: string, tone: Tone = "neutral"): KindWords => ({ name, means, tone });

/** What the kinds of records are called, by their codes. */
export const KINDS: Record<string, KindWords> = {
  run: kind("Run began", "A run was asked for and began"),
  turn: kind("Turn taken", "A message was admitted"),
  plan: kind("Plan", "What was planned"),
  read: kind("Read", "What was read to answer it"),
  verdict: kind("Guardrail", "What a guardrail said", "bad"),
  confidence: kind("Judged", "How sure the agents were, and where it went"),
  review: kind("Decided", "What a person decided", "accent"),
  consent: kind("Consent", "That one of several people approved", "accent"),
  effect: kind("Action", "An action moved on in the ledger", "warn"),
  rollback: kind("Undone", "Somebody went back to an earlier point", "warn"),
  live: kind("Copy acts", "A copied thread was let act", "warn"),
  outcome: kind("Turn ended", "How a turn ended"),
  end: kind("Run ended", "How a run ended"),
  erased: kind("Erased", "What was erased for good", "bad"),
  segment: kind("Put away", "Records were put away into a file"),
  restored: kind("Restored", "All was brought back from a backup", "warn"),
  deleted: kind("Deleted", "A thread was deleted", "bad"),
  knowledge: kind("Knowledge", "What was changed in the knowledge base", "warn"),
};

/** The words for a kind; one that is not known is told by its code. */
export const kindWords = (code: string): KindWords => KINDS[code] ?? kind(named(code), "");

/** For developers: the code beside what it tells. */
export const kindCode = (code: string): string => [code, kindWords(code).means].filter(Boolean).join(": ");
