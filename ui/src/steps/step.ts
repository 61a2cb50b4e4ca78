import type { ThreadState } from "@langchain/langgraph-sdk";

/** What ran from a checkpoint. */
export interface StepTask {
  id: string;
  node: string;
  /** The keys of the state that it wrote. */
  wrote: string[];
  status: "done" | "failed" | "waiting" | "open";
  /** What failed, where the server tells it. */
  error: string;
  /** What its messages tell of tokens; null where they tell nothing. */
  tokens: number | null;
}

/** A checkpoint of a thread: the state after a super-step, and what ran from it. */
export interface Step {
  id: string;
  parentId: string | null;
  /** LangGraph's number of the super-step, from -1 on along each branch; people are told `numberOf`. */
  step: number;
  source: string;
  /** Whether it is where an undo began anew. */
  wentBack: boolean;
  runId: string | null;
  at: string;
  tasks: StepTask[];
}

/** A checkpoint as `GET /podium/v1/threads/{id}/steps` tells it. */
export interface ToldStep {
  seq: number;
  checkpoint_id: string;
  parent_id: string | null;
  step: number;
  source: string;
  went_back: boolean;
  run_id: string | null;
  at: string;
  tasks: { task_id: string; node: string; wrote: string[]; error: boolean; interrupted: boolean }[];
}

export function stepOfTold(told: ToldStep): Step {
  return {
    id: told.checkpoint_id,
    parentId: told.parent_id,
    step: told.step,
    source: told.source,
    wentBack: told.went_back,
    runId: told.run_id,
    at: told.at,
    // What a person answered is told as a task without a node.
    tasks: told.tasks
      .filter((task) => task.node !== "")
      .map((task) => ({
        id: task.task_id,
        node: task.node,
        wrote: task.wrote,
        status: task.interrupted ? "waiting" : task.error ? "failed" : "done",
        error: "",
        tokens: null,
      })),
  };
}

const keysOf = (value: unknown): string[] =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? Object.keys(value) : [];

/** The tokens that the messages of a node's result tell. */
function tokensOf(result: unknown): number | null {
  const messages = (result as { messages?: unknown } | null)?.messages;
  const list = Array.isArray(messages) ? messages : messages === undefined ? [] : [messages];
  const told = list.map(
    (message) => (message as { usage_metadata?: { total_tokens?: number } } | null)?.usage_metadata,
  );
  const counts = told.map((usage) => usage?.total_tokens).filter((count) => typeof count === "number");
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}

function taskOfState(task: ThreadState["tasks"][number]): StepTask {
  const failed = task.error !== null && task.error !== undefined && task.error !== "";
  const waits = (task.interrupts ?? []).length > 0;
  const done = task.result !== null && task.result !== undefined;
  return {
    id: task.id,
    node: task.name,
    wrote: keysOf(task.result),
    status: failed ? "failed" : done ? "done" : waits ? "waiting" : "open",
    error: failed ? String(task.error) : "",
    tokens: tokensOf(task.result),
  };
}

/** A state of the stock protocol as a step. */
export function stepOfState(state: ThreadState): Step {
  const metadata = (state.metadata ?? {}) as Record<string, unknown>;
  return {
    id: state.checkpoint.checkpoint_id ?? "",
    parentId: state.parent_checkpoint?.checkpoint_id ?? null,
    step: typeof metadata.step === "number" ? metadata.step : 0,
    source: typeof metadata.source === "string" ? metadata.source : "loop",
    wentBack: "podium_rolled_back_to" in metadata,
    runId: typeof metadata.run_id === "string" ? metadata.run_id : null,
    at: state.created_at ?? "",
    tasks: state.tasks.map(taskOfState),
  };
}

/** `step` with what its state tells of what runs from it: that is told sooner than with the steps. */
export function withState(step: Step, state: ThreadState | undefined): Step {
  if (state === undefined || state.checkpoint.checkpoint_id !== step.id) return step;
  return { ...step, tasks: state.tasks.map(taskOfState) };
}

/** `known` with what `fresh` tells anew; both oldest first. */
export function mergeSteps(known: Step[], fresh: Step[]): Step[] {
  if (fresh.length === 0) return known;
  const told = new Map(fresh.map((step) => [step.id, step]));
  const kept = known.map((step) => {
    const again = told.get(step.id);
    told.delete(step.id);
    return again ?? step;
  });
  return [...kept, ...told.values()];
}

/** What led to a checkpoint, in words: who was at work, or what a person did. */
export function writersOf(step: Step, parent: Step | undefined): string[] {
  if (step.source !== "loop" || parent === undefined) return [];
  return [...new Set(parent.tasks.map((task) => task.node).filter((node) => node !== "__start__"))];
}

export function titleOf(step: Step, parent: Step | undefined): string {
  const writers = writersOf(step, parent);
  if (writers.length > 0) return writers.join(", ");
  if (step.wentBack) return "Went back";
  switch (step.source) {
    case "input":
      return "New input";
    case "update":
      return "State edited";
    case "fork":
      return "Branched off";
    default:
      return "Input taken";
  }
}

/** The keys that changed on the way to a checkpoint, with the nodes that wrote them. */
export function changedKeys(step: Step, parent: Step | undefined): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  if (parent === undefined || step.source === "fork") return keys;
  for (const task of parent.tasks) {
    for (const key of task.wrote) keys.set(key, [...(keys.get(key) ?? []), task.node]);
  }
  return step.source === "loop" ? keys : new Map();
}

/** How far a checkpoint is: what runs from it decides. */
export function standingOf(step: Step): "waiting" | "failed" | "open" | "done" {
  for (const status of ["waiting", "failed", "open"] as const) {
    if (step.tasks.some((task) => task.status === status)) return status;
  }
  return "done";
}
