import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Backoff } from "@/lib/backoff";
import { useBell } from "@/lib/bell";
import { readEvents } from "@/lib/event_stream";
import type { Connection } from "./connection";
import { asProblem } from "./problem";
import { useSession } from "./session";

/** What the server tells of threads that have changed. */
interface Changed {
  threads: string[];
  waiting: number;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** However much goes on, lists are not read more often. */
const LISTS_MS = 300;

/**
 * Waits for changes until it is told to stop, over lost connections.
 *
 * @param tell Told of threads that changed; null after a time in which nothing was heard, when any may have.
 */
export async function followChanges(
  connection: Connection,
  signal: AbortSignal,
  tell: (threads: string[] | null) => void,
): Promise<void> {
  const backoff = new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS, signal);
  while (!signal.aborted) {
    try {
      const { body } = await connection.open("/changes", { signal });
      let isFirst = true;
      for await (const { event, data } of readEvents(body as ReadableStream<Uint8Array>)) {
        if (signal.aborted) return;
        if (event !== "changed") continue;
        backoff.reset();
        tell(isFirst ? null : (data as Changed).threads);
        isFirst = false;
      }
    } catch (error) {
      // The pages' own requests say what is wrong with the server; one of an older version tells of no changes.
      if (!signal.aborted && asProblem(error).status === 404) {
        backoff.slow();
        tell(null);
      }
    }
    await backoff.pause();
  }
}

/** Reads anew how threads stand that have changed; null for any. */
export function readThreads(queries: QueryClient, url: string, threads: string[] | null): void {
  const ends = threads === null ? [[]] : threads.map((thread) => [thread]);
  for (const end of ends) {
    void queries.invalidateQueries({ queryKey: ["threads", "one", url, ...end] });
    void queries.invalidateQueries({ queryKey: ["runs", "of", url, ...end] });
  }
}

/** Reads anew the lists that any change of a thread may have changed. */
export async function readLists(queries: QueryClient, url: string): Promise<void> {
  const keys = [["interrupts"], ["threads", "list"], ["runs", url]];
  await Promise.all(keys.map((queryKey) => queries.invalidateQueries({ queryKey })));
}

/** Reads anew what changes, as long as the page is in sight: one stream, in place of asking again and again. */
export function useChanges(): void {
  const { connection, isPodium } = useSession();
  const queries = useQueryClient();
  const { url } = connection;
  const ringLists = useBell(() => readLists(queries, url), LISTS_MS);
  useEffect(() => {
    if (!isPodium) return undefined;
    let stop: AbortController | null = null;
    const look = () => {
      if (document.visibilityState === "hidden") {
        stop?.abort();
        stop = null;
      } else if (stop === null) {
        stop = new AbortController();
        const { signal } = stop;
        void followChanges(connection, signal, (threads) => {
          // Who was away may have come back with other models, or as another version.
          if (threads === null) void queries.invalidateQueries({ queryKey: ["me"] });
          readThreads(queries, url, threads);
          ringLists();
        });
      }
    };
    look();
    document.addEventListener("visibilitychange", look);
    return () => {
      document.removeEventListener("visibilitychange", look);
      stop?.abort();
    };
  }, [connection, isPodium, queries, url, ringLists]);
}

/** How often others are asked than Podium, which tells by itself what changes. */
export function useAskAgain(ms: number): number | false {
  return useSession().isPodium ? false : ms;
}
