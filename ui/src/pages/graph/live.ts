import type { ThreadEvent } from "@/steps/live";
import type { NodeProgress, Progress, Standing } from "./progress";

/** How nodes stand by what a stream has told since the last checkpoint, by their paths. */
export type Overlay = ReadonlyMap<string, Standing>;

export const NOTHING: Overlay = new Map();

/** "research:" for what happens in the subgraph "research", whichever visit of it. */
const frameOf = (path: string[]) => path.map((part) => `${part.split(":")[0]}:`).join("");

const record = (value: unknown): Record<string, unknown> =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};

function standingOfTask(task: Record<string, unknown>): Standing {
  if ("input" in task) return "running";
  if (task.error) return "failed";
  return Array.isArray(task.interrupts) && task.interrupts.length > 0 ? "waiting" : "done";
}

/** What an event says of nodes: their names and how they stand. */
function toldBy({ mode, data }: ThreadEvent): [string, Standing][] {
  const told = record(data);
  switch (mode) {
    case "tasks":
      return typeof told.name === "string" ? [[told.name, standingOfTask(told)]] : [];
    case "updates":
      return Object.keys(told)
        .filter((name) => !name.startsWith("__"))
        .map((name) => [name, "done"]);
    case "custom": {
      const phase = record(told.data).phase;
      if (told.kind !== "node" || typeof told.node !== "string") return [];
      return [[told.node, phase === "start" ? "running" : "done"]];
    }
    default:
      return [];
  }
}

/** The overlay after an event; the same one where the event says nothing of nodes. */
export function withEvent(overlay: Overlay, event: ThreadEvent): Overlay {
  if (event.mode === "metadata" || event.mode === "run_done" || event.mode === "end") return NOTHING;
  const frame = frameOf(event.path);
  if (event.mode === "values" || event.mode === "checkpoints") return afterStep(overlay, frame);
  const told = toldBy(event).filter(([name, standing]) => overlay.get(frame + name) !== standing);
  if (told.length === 0) return overlay;
  const next = new Map(overlay);
  for (const [name, standing] of told) next.set(frame + name, standing);
  return next;
}

/** Once a super-step is over, what was done in it is told by its checkpoint. */
function afterStep(overlay: Overlay, frame: string): Overlay {
  const over = [...overlay].filter(
    ([id, standing]) => standing === "done" && id.startsWith(frame) && !id.slice(frame.length).includes(":"),
  );
  if (over.length === 0) return overlay;
  const next = new Map(overlay);
  for (const [id] of over) next.delete(id);
  return next;
}

const UNSEEN: NodeProgress = { standing: "idle", visits: 0, seconds: null, tokens: null, cost: null };

/** A progress with what was told since. */
export function withOverlay(progress: Progress, overlay: Overlay): Progress {
  if (overlay.size === 0) return progress;
  const nodes = new Map(progress.nodes);
  for (const [id, standing] of overlay) nodes.set(id, { ...(nodes.get(id) ?? UNSEEN), standing });
  return { ...progress, nodes };
}
