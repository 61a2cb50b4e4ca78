import { Badge, type Tone } from "./badge";

/** How something stands: for people, and how good that is. */
export interface Status {
  words: string;
  tone: Tone;
}

/** What may be said of it, by the code that the server says. */
export type Statuses<Code extends string = string> = Readonly<Record<Code, Status>>;

/** A status in words; one that is not known as it is. */
export function StatusBadge({ statuses, status }: { statuses: Statuses; status: string }) {
  const known = Object.hasOwn(statuses, status) ? statuses[status] : undefined;
  return <Badge tone={known?.tone}>{known?.words ?? status}</Badge>;
}

/** The statuses as the choices of a filter. */
export const statusOptions = (statuses: Statuses) =>
  Object.entries(statuses).map(([value, { words }]) => ({ value, label: words }));
