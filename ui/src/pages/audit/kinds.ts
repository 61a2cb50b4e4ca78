import type { AuditRecord } from "./types";

/** What the kinds of records tell. */
export const KINDS: Record<string, string> = {
  run: "a run began",
  turn: "a turn was admitted",
  plan: "what was planned",
  read: "what was read",
  verdict: "what a guardrail said",
  confidence: "how sure, and where it went",
  review: "what a person decided",
  effect: "something done outside",
  rollback: "an undo",
  live: "a copy was let act",
  outcome: "how a turn ended",
  end: "how a run ended",
  erased: "what was erased",
  segment: "records were put away",
  restored: "brought back from a backup",
  deleted: "a thread was deleted",
};

export const kindWords = (kind: string): string => KINDS[kind] ?? kind;

const SHOWN = 140;

/** What a record says, in one line. */
export function gist({ kind, data }: AuditRecord): string {
  const said = (name: string) => (typeof data[name] === "string" ? (data[name] as string) : "");
  switch (kind) {
    case "confidence":
      return joined([
        said("route"),
        typeof data.score === "number" ? data.score.toFixed(2) : "",
        said("rule"),
      ]);
    case "verdict":
      return joined([said("rule"), said("outcome"), said("stage")]);
    case "plan": {
      const steps = Array.isArray(data.steps) ? (data.steps as Record<string, unknown>[]) : [];
      return steps.map((step) => String(step.id ?? step.kind ?? "")).join(", ");
    }
    case "run":
      return joined([said("graph"), said("started_by") === "" ? "" : `begun by ${said("started_by")}`]);
    case "turn":
      return "";
    case "effect":
      return joined([said("step"), said("to"), said("class")]);
    case "review":
      return joined([said("decision"), said("reason")]);
    case "read": {
      const passages = Array.isArray(data.passages) ? data.passages.length : 0;
      return joined([said("from"), passages === 0 ? "" : `${passages} passages`]);
    }
    case "outcome":
    case "end":
      return joined([said("status"), said("fault") || said("error")]);
    default:
      return plain(data);
  }
}

const joined = (parts: string[]) => parts.filter((part) => part !== "").join(" · ");

function plain(data: Record<string, unknown>): string {
  const parts = Object.entries(data).flatMap(([name, value]) =>
    typeof value === "string" && value !== "" ? [`${name}: ${value}`] : [],
  );
  const told = parts.join(" · ");
  return told.length > SHOWN ? `${told.slice(0, SHOWN)}…` : told;
}
