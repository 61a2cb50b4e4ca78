import { ruleWords } from "@/judging/rules";
import { effectWords, graphName, named, reasonWords, routeWords, statusWords } from "@/judging/words";
import { percent } from "@/lib/numbers";
import { kindWords } from "./kinds";
import type { AuditRecord } from "./types";

type Data = Record<string, unknown>;

const SHOWN = 140;

const STARTED: Record<string, string> = {
  ask: "a question",
  graph: "a question",
  run: "a question",
  resume: "a decision, to go on with it",
  retry: "another try",
  recover: "a restart, to go on with it",
};

const STEPS: Record<string, string> = {
  retrieve: "look it up",
  answer: "answer",
  clarify: "ask back",
};

const VERDICTS: Record<string, string> = {
  pass: "found nothing wrong",
  fix: "mended something",
  filter: "took something out",
  retry: "asked for another try",
  escalate: "asked for a person",
  refuse: "refused",
};

const ENDS: Record<string, string> = {
  completed: "went well",
  interrupted: "asked a person",
  escalated: "asked a person",
  refused: "was refused",
  abstained: "no answer was given",
  clarify: "asked back",
  error: "failed",
  failed: "failed",
  cancelled: "was stopped",
};

const textOf = (data: Data, name: string) => (typeof data[name] === "string" ? (data[name] as string) : "");
const listOf = (data: Data, name: string): Data[] =>
  Array.isArray(data[name]) ? (data[name] as unknown[]).filter(isData) : [];
const isData = (value: unknown): value is Data => value !== null && typeof value === "object";
const lower = (words: string) => words.charAt(0).toLowerCase() + words.slice(1);
const joined = (parts: string[]) => parts.filter((part) => part !== "").join(" · ");
const wordsOf = (table: Record<string, string>, code: string) => table[code] ?? lower(named(code));
const counted = (count: number, one: string, many: string) =>
  count === 0 ? "" : count === 1 ? `1 ${one}` : `${count} ${many}`;
const distinct = (words: string[]) => [...new Set(words.filter((word) => word !== ""))].join(", ");

const GISTS: Record<string, (data: Data) => string> = {
  run: (data) => joined([named(graphName(textOf(data, "graph"))), begun(textOf(data, "started_by"))]),
  turn: () => "",
  plan: (data) => distinct(listOf(data, "steps").map(stepWords)),
  read: readWords,
  verdict: (data) => {
    const verdicts = listOf(data, "verdicts");
    return distinct((verdicts.length === 0 ? [data] : verdicts).map(verdictWords));
  },
  confidence: (data) =>
    joined([
      typeof data.score === "number" ? `${percent(data.score)} sure` : "",
      textOf(data, "route") === "" ? "" : routeWords(textOf(data, "route")).words,
      textOf(data, "rule") === "" ? "" : lower(ruleWords(textOf(data, "rule"))),
    ]),
  review: (data) =>
    joined([
      routeWords(textOf(data, "kind")).words,
      Array.isArray(data.approved) ? counted(data.approved.length, "action", "actions") : "",
    ]),
  consent: (data) =>
    joined([
      named(textOf(data, "tool")),
      typeof data.number === "number" && typeof data.people === "number"
        ? `approval ${data.number} of ${data.people}`
        : "",
    ]),
  effect: (data) =>
    joined([
      named(textOf(data, "tool")),
      textOf(data, "to") === "" ? "" : statusWords(textOf(data, "to")).words,
      textOf(data, "class") === "" ? "" : effectWords(textOf(data, "class")).words,
    ]),
  rollback: (data) =>
    counted(listOf(data, "effects").length, "action", "actions") || "nothing was done since",
  live: () => "",
  outcome: endWords,
  end: endWords,
  deleted: () => "",
  knowledge: knowledgeWords,
};

/** What a record says, in one line of plain words; empty where its kind says all. */
export function gist({ kind, data }: AuditRecord): string {
  return cut((GISTS[kind] ?? plain)(data));
}

/** The same, with the words for the kind where there is nothing else to say. */
export const gistOrKind = (record: AuditRecord): string => gist(record) || kindWords(record.kind).means;

const begun = (by: string) => (by === "" ? "" : `begun by ${wordsOf(STARTED, by)}`);

function stepWords(step: Data): string {
  const tool = textOf(step, "tool");
  if (tool !== "") return named(tool);
  const kind = textOf(step, "kind") || textOf(step, "id");
  return kind === "" ? "" : wordsOf(STEPS, kind);
}

function readWords(data: Data): string {
  const passages = listOf(data, "passages");
  const tools = listOf(data, "tools").map((call) => named(textOf(call, "tool")));
  const sources = distinct(passages.map((passage) => textOf(passage, "source")));
  return joined([counted(passages.length, "passage", "passages"), sources, distinct(tools)]);
}

function verdictWords(verdict: Data): string {
  const rule = textOf(verdict, "rule");
  const outcome = textOf(verdict, "outcome");
  return `${named(rule)}${outcome === "" ? "" : ` ${wordsOf(VERDICTS, outcome)}`}`;
}

function endWords(data: Data): string {
  const fault = textOf(data, "fault") || textOf(data, "error");
  return joined([
    textOf(data, "status") === "" ? "" : wordsOf(ENDS, textOf(data, "status")),
    fault === "" ? "" : reasonWords(fault),
  ]);
}

function knowledgeWords(data: Data): string {
  if (data.change === "found") return "changed without a record";
  if (data.change === "collections") return distinct(listOf(data, "collections").map(collectionWords));
  const count = (name: string) =>
    typeof data[name] === "number" && data[name] !== 0 ? `${data[name]} ${name}` : "";
  return joined([textOf(data, "collection"), count("added"), count("updated"), count("removed")]);
}

function collectionWords(item: Data): string {
  const name = textOf(item, "collection");
  if (!isData(item.to)) return `${name} declared no more`;
  return `${name} ${isData(item.from) ? "now" : "declared"} for ${textOf(item.to, "access")}`;
}

/** Whatever else is told, name by name. */
function plain(data: Data): string {
  const parts = Object.entries(data).flatMap(([name, value]) =>
    (typeof value === "string" && value !== "") || typeof value === "number"
      ? [`${lower(named(name))}: ${value}`]
      : [],
  );
  return parts.join(" · ");
}

const cut = (text: string) => (text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text);
