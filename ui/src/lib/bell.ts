import { useEffect, useMemo, useRef } from "react";

/** Calls `work` soon after it is rung, never more often than once in `ms`, and not beside itself. */
export function makeBell(work: () => Promise<unknown>, ms: number) {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let busy = false;
  let again = false;
  const run = async () => {
    timer = null;
    busy = true;
    again = false;
    await work().catch(() => undefined);
    busy = false;
    if (again) ring();
  };
  const ring = () => {
    if (busy) again = true;
    else if (timer === null) timer = setTimeout(() => void run(), ms);
  };
  const stop = () => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  return { ring, stop };
}

/** A bell for a component: rings in the last given `work`, and stops with it. */
export function useBell(work: () => Promise<unknown>, ms: number): () => void {
  const latest = useRef(work);
  useEffect(() => {
    latest.current = work;
  });
  const bell = useMemo(() => makeBell(() => latest.current(), ms), [ms]);
  useEffect(() => bell.stop, [bell]);
  return bell.ring;
}
