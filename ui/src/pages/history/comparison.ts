import { commonStep, pathTo, type StepTree } from "@/steps/branches";
import { sameJson } from "@/steps/state_diff";
import { type Step, titleOf, writersOf } from "@/steps/step";

/** A message of a state, as far as it is shown. */
export interface ShownMessage {
  id: string;
  who: string;
  text: string;
  calls: { name: string; args: unknown }[];
}

type Values = Record<string, unknown>;

const record = (value: unknown): Values =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Values) : {};

const WHO: Record<string, string> = {
  human: "You",
  user: "You",
  ai: "Answer",
  assistant: "Answer",
  tool: "Tool",
  system: "System",
};

export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content))
    return content === undefined || content === null ? "" : JSON.stringify(content);
  return content
    .map((part) => String(record(part).text ?? ""))
    .filter(Boolean)
    .join("\n");
}

/** The messages of a state, wherever it has them; none for graphs without. */
export function messagesOf(values: unknown): ShownMessage[] {
  const { messages } = record(values);
  if (!Array.isArray(messages)) return [];
  return messages.map((told, at) => {
    const message = record(told);
    const kind = String(message.type ?? message.role ?? "");
    const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
    return {
      id: String(message.id ?? at),
      who: WHO[kind] ?? kind,
      text: textOf(message.content),
      calls: calls.map((call) => ({ name: String(record(call).name ?? ""), args: record(call).args })),
    };
  });
}

/** Messages that two states do not have in common, from the first on that differs. */
export function messagesApart(
  one: unknown,
  other: unknown,
): { common: number; one: ShownMessage[]; other: ShownMessage[] } {
  const [left, right] = [messagesOf(one), messagesOf(other)];
  let common = 0;
  while (common < left.length && common < right.length && sameJson(left[common], right[common])) common += 1;
  return { common, one: left.slice(common), other: right.slice(common) };
}

/** A branch since it left the other. */
export interface BranchPath {
  end: Step;
  /** Its own checkpoints, the oldest first. */
  own: Step[];
  /** Who was at work, in order. */
  path: string[];
  runs: string[];
  seconds: number | null;
}

function branchOf(tree: StepTree, end: Step, common: Step | null): BranchPath {
  const whole = pathTo(tree, end.id);
  const own = common === null ? whole : whole.slice(whole.findIndex((step) => step.id === common.id) + 1);
  const path = own.flatMap((step) => {
    const parent = step.parentId === null ? undefined : tree.byId.get(step.parentId);
    const writers = writersOf(step, parent);
    return writers.length > 0 ? writers : step.source === "loop" ? [] : [titleOf(step, parent)];
  });
  const runs = [...new Set(own.map((step) => step.runId).filter((id) => id !== null))];
  const [first, last] = [own[0], own.at(-1)];
  const seconds =
    first === undefined || last === undefined ? null : (Date.parse(last.at) - Date.parse(first.at)) / 1_000;
  return { end, own, path, runs, seconds };
}

/** Two checkpoints with what led to each since they parted. */
export function compareBranches(tree: StepTree, one: Step, other: Step) {
  const common = commonStep(tree, one.id, other.id);
  return { common, one: branchOf(tree, one, common), other: branchOf(tree, other, common) };
}

/** What the actions of a state are, on Podium, or the calls in its messages. */
export function callsOf(values: unknown, own: ShownMessage[]): { name: string; detail: string }[] {
  const { actions } = record(values);
  const told = Array.isArray(actions) ? actions.map(record) : [];
  const ofActions = told.map((action) => ({
    name: String(action.tool ?? action.name ?? action.digest ?? "action"),
    detail: String(action.status ?? ""),
  }));
  const ofMessages = own.flatMap((message) =>
    message.calls.map((call) => ({ name: call.name, detail: JSON.stringify(call.args) ?? "" })),
  );
  return [...ofActions, ...ofMessages];
}
