import type { JsonSchema } from "@/components/schema_form";

export interface Trigger {
  name: string;
  trigger_id: string;
  kind: "event" | "schedule";
  source: string;
  owner: string;
  paused: boolean;
  next_at: string | null;
  waiting: number;
  started: number;
  dead: number;
  created_at: string;
  updated_at: string;
  settings: TriggerSettings;
}

export interface TriggerSettings {
  graph?: string;
  schedule?: string;
  timezone?: string;
  /** By version, in place or as the name of a file of the project. */
  schemas?: Record<string, JsonSchema | string>;
  [name: string]: unknown;
}

export type FiringStatus = "waiting" | "started" | "done" | "dead" | "skipped" | "cancelled";

/** One time that a trigger fired. */
export interface Firing {
  trigger: string;
  event_id: string;
  kind: "event" | "schedule";
  status: FiringStatus;
  at: string;
  due_at: string;
  started_at: string | null;
  ended_at: string | null;
  attempts: number;
  version: string;
  key: string | null;
  thread_id: string | null;
  run_id: string | null;
  error: string;
  event: Record<string, unknown>;
}

export interface FiringPage {
  events: Firing[];
  next: number | null;
}
