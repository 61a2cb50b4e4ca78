import { Badge, type Tone } from "./badge";

/** How turns stand and end, in words. */
export const RUN_STATUSES: { value: string; label: string; tone: Tone }[] = [
  { value: "running", label: "running", tone: "accent" },
  { value: "interrupted", label: "waits for a person", tone: "warn" },
  { value: "completed", label: "answered", tone: "good" },
  { value: "clarify", label: "asked back", tone: "neutral" },
  { value: "abstained", label: "abstained", tone: "neutral" },
  { value: "partial", label: "partly answered", tone: "warn" },
  { value: "refused", label: "refused", tone: "warn" },
  { value: "cancelled", label: "cancelled", tone: "neutral" },
  { value: "failed", label: "failed", tone: "bad" },
];

export function RunStatus({ status }: { status: string }) {
  const known = RUN_STATUSES.find((one) => one.value === status);
  return <Badge tone={known?.tone}>{known?.label ?? status}</Badge>;
}
