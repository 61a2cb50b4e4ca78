const DAY = 86_400;
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["hour", 3_600],
  ["minute", 60],
];

const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

/** "3 minutes ago", "in 2 days", "just now"; moments over a month away as a date. */
export function relativeTime(at: string, now: number = Date.now()): string {
  const seconds = (Date.parse(at) - now) / 1_000;
  if (Number.isNaN(seconds)) return at;
  if (Math.abs(seconds) > 30 * DAY) return exactTime(at).slice(0, 10);
  if (Math.abs(seconds) >= DAY) return RELATIVE.format(daysBetween(now, Date.parse(at)), "day");
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.round(seconds / size), unit);
  }
  return Math.abs(seconds) < 10 ? "just now" : RELATIVE.format(Math.round(seconds), "second");
}

/** By the reader's calendar: what is 34 hours away need not be tomorrow. */
function daysBetween(from: number, to: number): number {
  const midnight = (at: number) => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((midnight(to) - midnight(from)) / (DAY * 1_000));
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

/** Making a format costs far more than using one, and lists show many times. */
function formatFor(zone: string): Intl.DateTimeFormat {
  const known = FORMATS.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("sv-SE", {
    dateStyle: "short",
    timeStyle: "medium",
    ...(zone === "" ? {} : { timeZone: zone }),
  });
  FORMATS.set(zone, made);
  return made;
}

/** "2026-05-01 14:03:07" in the reader's zone, or in a named one. */
export function exactTime(at: string, zone = ""): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? at : formatFor(zone).format(date);
}

/** "340 ms", "2.4 s", "3 min 20 s". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || Number.isNaN(seconds)) return "–";
  if (seconds < 1) return `${Math.round(seconds * 1_000)} ms`;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
