import type { Statuses } from "@/components/status_badge";

/** How turns stand and end. */
export const RUN_STATUSES: Statuses = {
  running: { words: "running", tone: "accent" },
  interrupted: { words: "asked a person", tone: "warn" },
  completed: { words: "answered", tone: "good" },
  clarify: { words: "asked back", tone: "neutral" },
  abstained: { words: "abstained", tone: "neutral" },
  partial: { words: "partly answered", tone: "warn" },
  refused: { words: "refused", tone: "warn" },
  cancelled: { words: "cancelled", tone: "neutral" },
  failed: { words: "failed", tone: "bad" },
};
