import type { Statuses } from "@/components/status_badge";
import type { FiringStatus } from "./types";

/** What becomes of what a trigger fires. */
export const FIRING_STATUSES: Statuses<FiringStatus> = {
  waiting: { words: "waits", tone: "neutral" },
  started: { words: "at work", tone: "accent" },
  done: { words: "done", tone: "good" },
  dead: { words: "given up", tone: "bad" },
  skipped: { words: "left out", tone: "neutral" },
  cancelled: { words: "cancelled", tone: "neutral" },
};
