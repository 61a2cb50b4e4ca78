import type { ThreadState } from "@langchain/langgraph-sdk";
import { useCallback, useEffect, useRef, useState } from "react";
import { useConnection } from "@/api/session";

const PAGE = 50;
const NONE: ReadonlySet<string> = new Set();

/** The checkpoints that some of the given states led to, where what was written holds the words. */
export function writtenIn(states: ThreadState[], words: string): string[] {
  const wanted = words.toLowerCase();
  const wrote = new Set(
    states
      .filter((state) =>
        state.tasks.some((task) => (JSON.stringify(task.result) ?? "").toLowerCase().includes(wanted)),
      )
      .map((state) => state.checkpoint.checkpoint_id),
  );
  return states
    .filter((state) => wrote.has(state.parent_checkpoint?.checkpoint_id ?? ""))
    .map((state) => state.checkpoint.checkpoint_id ?? "");
}

interface Looked {
  /** What for, and where. */
  wanted: string;
  found: ReadonlySet<string>;
  steps: number;
  busy: boolean;
}

/** Looks through what was written at each step, page by page from the newest, until it is stopped. */
export function useInside(threadId: string, words: string) {
  const { client } = useConnection();
  const wanted = `${threadId} ${words}`;
  const nothing: Looked = { wanted, found: NONE, steps: 0, busy: false };
  const [looked, setLooked] = useState(nothing);
  const running = useRef<AbortController | null>(null);
  const stop = useCallback(() => {
    running.current?.abort();
    running.current = null;
    setLooked((now) => ({ ...now, busy: false }));
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: nobody looks any more for what was wanted before.
  useEffect(() => stop, [wanted, stop]);
  const start = async () => {
    stop();
    const control = new AbortController();
    running.current = control;
    setLooked({ ...nothing, busy: true });
    let before: string | null = null;
    let last: ThreadState[] = [];
    while (!control.signal.aborted) {
      const page: ThreadState[] = await client.threads
        .getHistory(threadId, {
          limit: PAGE,
          signal: control.signal,
          ...(before === null ? {} : { before: { configurable: { checkpoint_id: before } } }),
        })
        .catch(() => []);
      if (control.signal.aborted) return;
      // A page's oldest states were written from the next page's newest one.
      const hits = writtenIn([...last, ...page], words);
      setLooked((now) => ({
        ...now,
        found: new Set([...now.found, ...hits]),
        steps: now.steps + page.length,
      }));
      last = page;
      before = page.at(-1)?.checkpoint.checkpoint_id ?? null;
      if (page.length < PAGE || before === null) break;
    }
    stop();
  };
  const { found, steps, busy } = looked.wanted === wanted ? looked : nothing;
  return { found, looked: steps, busy, start: () => void start(), stop };
}
