import { type Step, titleOf } from "./step";

/** The checkpoints of a thread as a tree. */
export interface StepTree {
  /** Oldest first, as they were written. */
  steps: Step[];
  byId: Map<string, Step>;
  /** Where in `steps` each checkpoint stands. */
  place: Map<string, number>;
  /** The number of the oldest one. */
  first: number;
  /** Checkpoints that nothing goes on from, the latest first: the ends of the branches. */
  ends: string[];
}

/**
 * The tree of checkpoints.
 *
 * @param steps Oldest first.
 * @param more Whether older ones are left out. What their number is then follows from the super-steps, which
 *   count from -1, as far as no branch is among them.
 */
export function treeOf(steps: Step[], more = false): StepTree {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const place = new Map(steps.map((step, index) => [step.id, index]));
  const inner = new Set(steps.map((step) => step.parentId));
  const ends = steps.filter((step) => !inner.has(step.id)).map((step) => step.id);
  const first = more ? Math.max(1, (steps[0]?.step ?? -1) + 2) : 1;
  return { steps, byId, place, first, ends: ends.reverse() };
}

/** The number of a checkpoint, the same on every page: they count from 1 as they were written, over all branches. */
export function numberOf(tree: StepTree, id: string): number {
  return tree.first + (tree.place.get(id) ?? 0);
}

/** A checkpoint in words: "step 3, plan". */
export function nameOf(tree: StepTree, step: Step): string {
  return `step ${numberOf(tree, step.id)}, ${titleOf(step, parentOf(tree, step))}`;
}

export function parentOf(tree: StepTree, step: Step): Step | undefined {
  return step.parentId === null ? undefined : tree.byId.get(step.parentId);
}

/** The checkpoint that what a node did led to, from the one that it began from; that one itself where there is none. */
export function resultOf(tree: StepTree, id: string, at: string): Step | undefined {
  const began = tree.byId.get(id);
  const results = tree.steps.filter((step) => step.parentId === id && step.source === "loop");
  return results.find((step) => Date.parse(step.at) >= Date.parse(at)) ?? results.at(-1) ?? began;
}

/** A checkpoint and those before it, the oldest first. */
export function pathTo(tree: StepTree, id: string | null | undefined): Step[] {
  const path: Step[] = [];
  let step = id ? tree.byId.get(id) : undefined;
  while (step !== undefined && path.length <= tree.steps.length) {
    path.push(step);
    step = step.parentId === null ? undefined : tree.byId.get(step.parentId);
  }
  return path.reverse();
}

/** The last checkpoint that two have in common; null where they have none. */
export function commonStep(tree: StepTree, one: string, other: string): Step | null {
  const seen = new Set(pathTo(tree, one).map((step) => step.id));
  return pathTo(tree, other).findLast((step) => seen.has(step.id)) ?? null;
}

/** A stretch of one lane, drawn from its newest checkpoint down to where it leaves its parent's lane. */
export interface Lane {
  lane: number;
  /** Rows count from the newest checkpoint, 0. */
  top: number;
  /** The row of its oldest checkpoint. */
  bottom: number;
  /** The row of the checkpoint that it goes on from, and that one's lane; null for a root. */
  from: { row: number; lane: number } | null;
  end: string;
}

/** Where each checkpoint of a tree is drawn, newest first, like a version history. */
export interface TreeDrawing {
  lanes: Lane[];
  laneOf: Map<string, number>;
  width: number;
}

/** Puts the branch of `head` into lane 0 and each other branch into the first lane that is free for its rows. */
export function drawTree(tree: StepTree, head: string | null): TreeDrawing {
  const rowOf = (id: string) => tree.steps.length - 1 - (tree.place.get(id) ?? 0);
  const laneOf = new Map<string, number>();
  const lanes: Lane[] = [];
  const taken: { top: number; bottom: number }[][] = [];
  const ends =
    head !== null && tree.byId.has(head) ? [head, ...tree.ends.filter((id) => id !== head)] : tree.ends;
  for (const end of ends) {
    if (laneOf.has(end)) continue;
    const own: Step[] = [];
    let step = tree.byId.get(end);
    while (step !== undefined && !laneOf.has(step.id)) {
      own.push(step);
      step = step.parentId === null ? undefined : tree.byId.get(step.parentId);
    }
    const top = rowOf(end);
    const bottom = rowOf((own.at(-1) as Step).id);
    const reach = step === undefined ? bottom : rowOf(step.id);
    const lane = firstFree(taken, top, reach);
    for (const one of own) laneOf.set(one.id, lane);
    const from = step === undefined ? null : { row: reach, lane: laneOf.get(step.id) ?? 0 };
    lanes.push({ lane, top, bottom, from, end });
  }
  return { lanes, laneOf, width: taken.length };
}

function firstFree(taken: { top: number; bottom: number }[][], top: number, bottom: number): number {
  const free = taken.findIndex((spans) => spans.every((span) => span.bottom < top || span.top > bottom));
  const lane = free === -1 ? taken.length : free;
  const spans = taken[lane];
  if (spans === undefined) taken[lane] = [{ top, bottom }];
  else spans.push({ top, bottom });
  return lane;
}

/** A turn: the checkpoints from one input to the next, on one path. */
export interface Turn {
  /** The checkpoint of its input. */
  start: Step;
  steps: Step[];
}

/** Cuts a path into turns; what is before the first input known is a turn of its own. */
export function turnsOf(path: Step[]): Turn[] {
  const turns: Turn[] = [];
  for (const step of path) {
    const last = turns.at(-1);
    if (last === undefined || step.source === "input") turns.push({ start: step, steps: [step] });
    else last.steps.push(step);
  }
  return turns;
}
