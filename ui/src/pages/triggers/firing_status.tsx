import { Badge, type Tone } from "@/components/badge";
import type { FiringStatus } from "./types";

export const FIRING_STATUSES: { value: FiringStatus; label: string; tone: Tone }[] = [
  { value: "waiting", label: "waits", tone: "neutral" },
  { value: "started", label: "at work", tone: "accent" },
  { value: "done", label: "done", tone: "good" },
  { value: "dead", label: "given up", tone: "bad" },
  { value: "skipped", label: "left out", tone: "neutral" },
  { value: "cancelled", label: "cancelled", tone: "neutral" },
];

export function FiringState({ status }: { status: FiringStatus }) {
  const known = FIRING_STATUSES.find((one) => one.value === status);
  return <Badge tone={known?.tone}>{known?.label ?? status}</Badge>;
}
