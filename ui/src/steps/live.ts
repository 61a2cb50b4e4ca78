import { useEffect, useEffectEvent } from "react";
import type { Connection } from "@/api/connection";
import { asProblem } from "@/api/problem";
import { useConnection } from "@/api/session";
import { Backoff } from "@/lib/backoff";

/** Something that happened in a thread: the mode, the path of the subgraph it happened in, and what was told. */
export interface ThreadEvent {
  mode: string;
  /** "node:task" for each level; empty for the graph itself. */
  path: string[];
  data: unknown;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

export function eventOf(name: string, data: unknown): ThreadEvent {
  const [mode = "", ...path] = name.split("|");
  return { mode, path, data };
}

type Told = AsyncIterable<{ id?: string; event: string; data: unknown }>;

/** The stream of a run that goes on now, for servers without streams of whole threads. */
async function* streamOfRun(connection: Connection, threadId: string, signal: AbortSignal): Told {
  const { runs } = connection.client;
  const [run] = await runs.list(threadId, { limit: 1, status: "running", signal });
  if (run !== undefined) yield* runs.joinStream(threadId, run.run_id, { signal }) as Told;
}

/** Follows a thread until it is told to stop, over lost connections. */
async function followThread(
  connection: Connection,
  threadId: string,
  signal: AbortSignal,
  tell: (event: ThreadEvent) => void,
): Promise<void> {
  let last: string | undefined;
  const backoff = new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS, signal);
  let wholeThread = true;
  while (!signal.aborted) {
    try {
      const stream = wholeThread
        ? (connection.client.threads.joinStream(threadId, { signal, lastEventId: last }) as Told)
        : streamOfRun(connection, threadId, signal);
      for await (const part of stream) {
        last = part.id ?? last;
        backoff.reset();
        tell(eventOf(part.event, part.data));
      }
    } catch (error) {
      if (signal.aborted) return;
      if ([404, 405, 501].includes(asProblem(error).status) && wholeThread) {
        wholeThread = false;
        continue;
      }
    }
    await backoff.pause();
  }
}

/** Tells what happens in a thread while the page is open. */
export function useThreadEvents(threadId: string, tell: (event: ThreadEvent) => void): void {
  const connection = useConnection();
  const told = useEffectEvent(tell);
  useEffect(() => {
    const stop = new AbortController();
    void followThread(connection, threadId, stop.signal, (event) => told(event));
    return () => stop.abort();
  }, [connection, threadId]);
}
