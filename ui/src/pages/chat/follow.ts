import type { Client } from "@langchain/langgraph-sdk";
import { asProblem } from "@/api/problem";
import { Backoff } from "@/lib/backoff";
import type { LiveRun, StreamEvent } from "./live";

const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 5_000;
const OPEN: readonly string[] = ["pending", "running"];

/**
 * Reads a run's stream from where it was left until the run has ended, through lost connections and restarts of the
 * server. Resolves once the run is over, or the signal aborts.
 */
export async function follow(
  client: Client,
  threadId: string,
  live: LiveRun,
  signal: AbortSignal,
): Promise<void> {
  const runId = live.snapshot().runId;
  const backoff = new Backoff(FIRST_WAIT_MS, LONGEST_WAIT_MS, signal);
  while (!signal.aborted) {
    try {
      const options = { lastEventId: live.lastEventId ?? "-1", signal };
      for await (const event of client.runs.joinStream(threadId, runId, options)) {
        live.connection(true);
        backoff.reset();
        live.take(event as StreamEvent);
      }
      const run = await client.runs.get(threadId, runId, { signal });
      if (!OPEN.includes(run.status)) break;
    } catch (error) {
      if (signal.aborted || asProblem(error).status === 404) break;
    }
    live.connection(false);
    await backoff.pause();
  }
  live.flush();
}
