import { numberOf, parentOf, type StepTree } from "@/steps/branches";
import { changedKeys, type Step, standingOf, titleOf } from "@/steps/step";

export const KINDS = ["all", "inputs", "edits", "waiting", "failed"] as const;
export type StepKind = (typeof KINDS)[number];

export const KIND_NAMES: Record<StepKind, string> = {
  all: "All steps",
  inputs: "Inputs",
  edits: "Edits and branches",
  waiting: "Waiting for somebody",
  failed: "Failed",
};

/** What is searched of each checkpoint, by its place in the tree: who wrote it, what, and its ids. */
export function searchTexts(tree: StepTree): string[] {
  return tree.steps.map((step) => {
    const parent = parentOf(tree, step);
    const keys = [...changedKeys(step, parent).keys()].join(" ");
    return `step ${numberOf(tree, step.id)} ${titleOf(step, parent)} ${keys} ${step.source} ${step.id} ${step.runId ?? ""}`.toLowerCase();
  });
}

function isKind(step: Step, kind: StepKind): boolean {
  switch (kind) {
    case "all":
      return true;
    case "inputs":
      return step.source === "input";
    case "edits":
      return step.source === "update" || step.source === "fork";
    case "waiting":
    case "failed":
      return standingOf(step) === kind;
  }
}

/** The checkpoints that fit, newest first. */
export function filterSteps(
  tree: StepTree,
  texts: string[],
  { words, kind, inside }: { words: string; kind: StepKind; inside?: ReadonlySet<string> },
): Step[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const found: Step[] = [];
  for (let at = tree.steps.length - 1; at >= 0; at -= 1) {
    const step = tree.steps[at] as Step;
    if (!isKind(step, kind)) continue;
    const text = texts[at] ?? "";
    if (wanted.every((word) => text.includes(word)) || inside?.has(step.id)) found.push(step);
  }
  return found;
}
