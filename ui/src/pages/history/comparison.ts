import { commonStep, pathTo, type StepTree } from "@/steps/branches";
import { messagesOf, type ShownMessage } from "@/steps/messages";
import { sameJson } from "@/steps/state_diff";
import { type Step, titleOf, writersOf } from "@/steps/step";

type Values = Record<string, unknown>;

const record = (value: unknown): Values =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Values) : {};

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

/** The tools that messages call, and how. */
export function callsOf(messages: ShownMessage[]): { name: string; detail: string }[] {
  return messages.flatMap((message) =>
    message.calls.map((call) => ({ name: call.name, detail: JSON.stringify(call.args) ?? "" })),
  );
}

/** What a turn has spent at a state: as Podium counts it, or else what messages tell of tokens. */
export function spentAt(
  values: unknown,
  messages: unknown[],
): { tokens: number | null; cost: number | null } {
  const { usage } = record(values);
  if (usage !== undefined && usage !== null) {
    const { input_tokens = 0, output_tokens = 0, cost = 0 } = record(usage);
    return { tokens: Number(input_tokens) + Number(output_tokens), cost: Number(cost) };
  }
  const told = messages.map((message) => record(record(message).usage_metadata).total_tokens);
  const counts = told.filter((count) => typeof count === "number");
  return { tokens: counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0), cost: null };
}
