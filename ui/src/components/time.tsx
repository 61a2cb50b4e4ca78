import { exactTime, relativeTime } from "@/lib/times";

/** A moment, told relative to now, exact on hover and for machines. */
export function Time({ at, now }: { at: string | null | undefined; now?: number }) {
  if (!at) return <span>–</span>;
  return (
    <time dateTime={at} title={exactTime(at)}>
      {relativeTime(at, now)}
    </time>
  );
}
