/** The zone that the browser runs in. */
export const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

/** Whether a zone is one that times can be told in. */
export function isZone(zone: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone: zone });
    return zone !== "";
  } catch {
    return false;
  }
}

/** All zones that the browser knows, UTC first. */
export function zones(): string[] {
  const known = Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC");
  return ["UTC", ...known];
}

/** How far a zone is from UTC at a moment: "+02:00". */
function offsetAt(at: string, zone: string): string {
  const parts = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts(
    new Date(at),
  );
  const told = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  return told.replace("GMT", "") || "+00:00";
}

interface Moment {
  at: string;
  /** "Mon 23 Nov 2026". */
  day: string;
  /** "02:30". */
  time: string;
  offset: string;
  /** Whether the clocks have changed since the moment before. */
  shifted: boolean;
}

/** Moments as a person of a zone reads them. */
export function momentsIn(times: readonly string[], zone: string): Moment[] {
  const day = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
  });
  const time = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  let before: string | null = null;
  return times.map((at) => {
    const offset = offsetAt(at, zone);
    const shifted = before !== null && before !== offset;
    before = offset;
    const date = new Date(at);
    return { at, day: day.format(date), time: time.format(date), offset, shifted };
  });
}
