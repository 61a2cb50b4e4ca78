import type { Run, Thread, ThreadState } from "@langchain/langgraph-sdk";
import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Connection } from "@/api/connection";
import { useSession } from "@/api/session";
import { type LoadedSteps, loadSteps } from "./load";

/** What is known of a thread without its state. */
export interface ThreadInfo {
  threadId: string;
  status: Thread["status"];
  graphId: string | null;
  assistantId: string | null;
  /** The thread that this one is a copy of. */
  copyOf: string | null;
}

async function infoOf(connection: Connection, threadId: string): Promise<ThreadInfo> {
  const thread = await connection.client.threads.get(threadId);
  const metadata = (thread.metadata ?? {}) as Record<string, unknown>;
  const text = (key: string) => (typeof metadata[key] === "string" ? metadata[key] : null);
  return {
    threadId,
    status: thread.status,
    graphId: text("graph_id"),
    assistantId: text("assistant_id"),
    copyOf: text("forked_from"),
  };
}

export function useThread(threadId: string): UseQueryResult<ThreadInfo> {
  const { connection } = useSession();
  return useQuery({
    queryKey: ["threads", threadId, "info", connection.url],
    queryFn: () => infoOf(connection, threadId),
  });
}

/** The latest runs of a thread, the newest first. */
export function useRuns(threadId: string): UseQueryResult<Run[]> {
  const { connection } = useSession();
  return useQuery({
    queryKey: ["threads", threadId, "runs", connection.url],
    queryFn: () => connection.client.runs.list(threadId, { limit: 20 }),
  });
}

const stepsKey = (threadId: string, ns: string, url: string, wanted: number) => [
  "threads",
  threadId,
  "steps",
  ns,
  url,
  wanted,
];

/** The checkpoints of a thread, or of a subgraph in it; `refresh` adds those that are new. */
export function useSteps(threadId: string, ns = "", wanted = 200, enabled = true) {
  const { connection, isPodium } = useSession();
  const queries = useQueryClient();
  const steps = useQuery({
    queryKey: stepsKey(threadId, ns, connection.url, wanted),
    queryFn: () => loadSteps(connection, { threadId, ns, wanted }, isPodium),
    refetchOnWindowFocus: false,
    staleTime: 30_000,
    enabled,
  });
  const refresh = useCallback(async () => {
    const key = stepsKey(threadId, ns, connection.url, wanted);
    const known = queries.getQueryData<LoadedSteps>(key);
    const loaded = await loadSteps(connection, { threadId, ns, wanted, known }, isPodium);
    queries.setQueryData(key, loaded);
  }, [connection, isPodium, queries, threadId, ns, wanted]);
  return { ...steps, refresh };
}

/** The state at a checkpoint; the latest where none is named. A past one does not change. */
export function useStateAt(threadId: string, checkpointId: string | null): UseQueryResult<ThreadState> {
  const { connection } = useSession();
  return useQuery({
    queryKey: ["threads", threadId, "state", checkpointId, connection.url],
    queryFn: () => connection.client.threads.getState(threadId, checkpointId ?? undefined),
    staleTime: checkpointId === null ? 0 : 30_000,
    placeholderData: checkpointId === null ? (before) => before : undefined,
  });
}
