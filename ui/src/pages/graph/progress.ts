import type { Step, StepTask } from "@/steps/step";
import type { Measure } from "./measures";

export type Standing = "idle" | "done" | "running" | "next" | "waiting" | "failed";

/** What became of a node so far. */
export interface NodeProgress {
  standing: Standing;
  visits: number;
  /** How long its visits took together: as measured, or else its super-steps; null where none has ended. */
  seconds: number | null;
  /** Null where nothing is told. */
  tokens: number | null;
  cost: number | null;
}

/** What became of a graph up to one of its steps. */
export interface Progress {
  nodes: Map<string, NodeProgress>;
  /** How often each way was taken, by "from to". */
  ways: Map<string, number>;
}

export const wayKey = (from: string, to: string) => `${from} ${to}`;

const secondsBetween = (one: Step, other: Step) => (Date.parse(other.at) - Date.parse(one.at)) / 1_000;

function standingNow(task: StepTask, isLive: boolean): Standing {
  switch (task.status) {
    case "waiting":
    case "failed":
      return task.status;
    case "open":
      return isLive ? "running" : "next";
    case "done":
      return isLive ? "done" : "next";
  }
}

const UNSEEN: NodeProgress = { standing: "idle", visits: 0, seconds: null, tokens: null, cost: null };

function visitOf(step: Step, after: Step, task: StepTask, measures: ReadonlyMap<string, Measure>): Measure {
  const measured = measures.get(`${step.id} ${task.node}`);
  return measured ?? { seconds: secondsBetween(step, after), tokens: task.tokens, cost: null };
}

function addMeasure(node: NodeProgress, { seconds, tokens, cost }: Measure): void {
  node.seconds = (node.seconds ?? 0) + seconds;
  if (tokens !== null) node.tokens = (node.tokens ?? 0) + tokens;
  if (cost !== null) node.cost = (node.cost ?? 0) + cost;
}

/** Reads the progress from steps of one path.
 *
 * @param steps The oldest first; the last one known is where the graph stands.
 * @param at The place of the step that is looked at: what runs from it has not run yet, unless it is the last.
 * @param isBusy Whether the graph is running now.
 * @param measures What was measured of visits, by `stepId node`.
 */
export function progressOf(
  steps: Step[],
  at: number,
  isBusy: boolean,
  measures: ReadonlyMap<string, Measure> = new Map(),
): Progress {
  const nodes = new Map<string, NodeProgress>();
  const ways = new Map<string, number>();
  const told = (name: string): NodeProgress => {
    const node = nodes.get(name) ?? { ...UNSEEN };
    nodes.set(name, node);
    return node;
  };
  for (let place = 0; place < Math.min(at, steps.length); place += 1) {
    const [step, after] = [steps[place] as Step, steps[place + 1]];
    if (after === undefined || after.source === "fork") continue;
    for (const task of step.tasks) {
      const node = told(task.node);
      node.standing = "done";
      node.visits += 1;
      addMeasure(node, visitOf(step, after, task, measures));
      const targets = after.tasks.length > 0 ? new Set(after.tasks.map((next) => next.node)) : ["__end__"];
      for (const next of targets) {
        const key = wayKey(task.node, next);
        ways.set(key, (ways.get(key) ?? 0) + 1);
      }
    }
  }
  const now = steps[at];
  const isLast = at === steps.length - 1;
  for (const task of now?.tasks ?? []) {
    const node = told(task.node);
    const seen = isLast ? task : { ...task, status: "open" as const };
    node.standing = standingNow(seen, isLast && isBusy);
  }
  if (now !== undefined && isLast && now.tasks.length === 0 && steps.length > 1)
    told("__end__").standing = "done";
  return { nodes, ways };
}

export const STANDINGS: Record<Standing, string> = {
  idle: "not reached",
  done: "done",
  running: "running",
  next: "next",
  waiting: "waits for somebody",
  failed: "failed",
};
