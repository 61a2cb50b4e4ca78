import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import { useAskAgain } from "@/api/changes";
import type { Connection } from "@/api/connection";
import { asProblem } from "@/api/problem";
import { useConnection, useSession } from "@/api/session";
import type { Point } from "./branches";
import type { Effect, Interrupt, Run, ThreadSummary } from "./types";

/** How often other servers are asked; Podium tells by itself. */
const LIST_MS = 10_000;
const IDLE_MS = 5_000;
const BUSY_MS = 1_500;
const LISTED = 100;

/** Whether a run has not ended. */
export const isOpen = (run: Run) => run.status === "pending" || run.status === "running";

/** The threads whose titles hold the words, the one that changed last first. */
export function useThreads(words: string) {
  const { connection, isPodium } = useSession();
  const again = useAskAgain(LIST_MS);
  return useQuery({
    queryKey: ["threads", "list", connection.url, words],
    queryFn: () => (isPodium ? ownThreads(connection, words) : foreignThreads(connection, words)),
    refetchInterval: again,
    placeholderData: (before) => before,
  });
}

async function ownThreads(connection: Connection, words: string): Promise<ThreadSummary[]> {
  const query = { limit: LISTED, q: words };
  const { threads } = await connection.call<{ threads: ThreadSummary[] }>("/threads", { query });
  return threads;
}

async function foreignThreads(connection: Connection, words: string): Promise<ThreadSummary[]> {
  const found = await connection.client.threads.search({
    limit: LISTED,
    sortBy: "updated_at",
    sortOrder: "desc",
    select: ["thread_id", "status", "metadata", "created_at", "updated_at"],
  });
  const said = words.trim().toLowerCase();
  return found
    .map((thread) => ({
      thread_id: thread.thread_id,
      title: String(thread.metadata?.title ?? ""),
      status: thread.status,
      graph_id: (thread.metadata?.graph_id as string | undefined) ?? null,
      created_at: thread.created_at,
      updated_at: thread.updated_at,
      waiting: thread.status === "interrupted" ? 1 : 0,
      metadata: thread.metadata as Record<string, unknown> | null,
    }))
    .filter((thread) => thread.title.toLowerCase().includes(said));
}

/** The assistants that may be talked to. */
export function useAssistants() {
  const { client, url } = useConnection();
  return useQuery({
    queryKey: ["assistants", url],
    queryFn: () => client.assistants.search({ limit: 100 }),
    staleTime: 60_000,
  });
}

/** What an assistant's graph takes; null where the server cannot say. */
export function useInputSchema(assistantId: string | null) {
  const { client, url } = useConnection();
  return useQuery({
    queryKey: ["assistants", url, assistantId, "schemas"],
    queryFn: async () => (await client.assistants.getSchemas(assistantId ?? "")).input_schema ?? null,
    enabled: assistantId !== null,
    staleTime: 60_000,
  });
}

/** How a thread stands, without its state; null for one that is not there. */
export function useThread(threadId: string | null) {
  const { client, url } = useConnection();
  const again = useAskAgain(IDLE_MS);
  return useQuery({
    queryKey: ["threads", "one", url, threadId],
    queryFn: async () => {
      const found = await client.threads.search({
        ids: [threadId ?? ""],
        limit: 1,
        select: ["thread_id", "status", "metadata", "created_at", "updated_at"],
      });
      return found.find((thread) => thread.thread_id === threadId) ?? (await byId(client, threadId ?? ""));
    },
    enabled: threadId !== null,
    refetchInterval: again,
  });
}

/** A thread of a server that does not search by ids; null for one that is not there. */
async function byId(client: Connection["client"], threadId: string) {
  try {
    return await client.threads.get(threadId);
  } catch (error) {
    if ([404, 422].includes(asProblem(error).status)) return null;
    throw error;
  }
}

const stateKey = (url: string, threadId: string | null) => ["threads", "state", url, threadId] as const;

/** The state of a thread, at its head or at a checkpoint. */
export function useThreadState(threadId: string | null, checkpointId: string | null) {
  const { client, url } = useConnection();
  return useQuery({
    queryKey: [...stateKey(url, threadId), checkpointId],
    queryFn: async () => {
      const state = await client.threads.getState<Record<string, unknown>>(
        threadId ?? "",
        checkpointId ?? undefined,
      );
      const interrupts = state.tasks.flatMap((task) => task.interrupts as Interrupt[]);
      return { ...state, interrupts };
    },
    enabled: threadId !== null,
    staleTime: checkpointId === null ? 0 : Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  });
}

const runsKey = (url: string, threadId: string | null) => ["runs", "of", url, threadId] as const;

/** The latest runs of a thread, the latest first. */
export function useRuns(threadId: string | null) {
  const { client, url } = useConnection();
  const [busy, idle] = [useAskAgain(BUSY_MS), useAskAgain(IDLE_MS)];
  return useQuery({
    queryKey: runsKey(url, threadId),
    queryFn: async () => (await client.runs.list(threadId ?? "", { limit: 20 })) as Run[],
    enabled: threadId !== null,
    refetchInterval: (query) => (query.state.data?.some(isOpen) ? busy : idle),
  });
}

/** Shows a run that was just asked for before the list is read again. */
export function addRun(queries: QueryClient, url: string, run: Run) {
  queries.setQueryData<Run[]>(runsKey(url, run.thread_id), (before = []) => [
    run,
    ...before.filter((one) => one.run_id !== run.run_id),
  ]);
}

/** The outside effects of a thread, oldest first. */
export function useEffects(threadId: string | null) {
  const { connection, isPodium } = useSession();
  return useQuery({
    queryKey: ["effects", connection.url, threadId],
    queryFn: async () =>
      (await connection.call<{ effects: Effect[] }>(`/threads/${threadId}/effects`)).effects,
    enabled: isPodium && threadId !== null,
  });
}

interface Step {
  seq: number;
  checkpoint_id: string;
  parent_id: string | null;
  source: string;
}

interface Points {
  points: Point[];
  head: string | null;
  after: number | null;
}

const STEPS_A_PAGE = 1_000;
const STATES_OF_OTHERS = 100;

/** The checkpoints of a thread: what its turns and their versions are read from. */
export function usePoints(threadId: string | null) {
  const { connection, isPodium } = useSession();
  const queries = useQueryClient();
  const key = ["steps", connection.url, threadId, "points"];
  return useQuery({
    queryKey: key,
    queryFn: () =>
      isPodium
        ? ownPoints(connection, threadId ?? "", queries.getQueryData<Points>(key))
        : foreignPoints(connection, threadId ?? ""),
    enabled: threadId !== null,
    refetchOnWindowFocus: false,
  });
}

async function ownPoints(connection: Connection, threadId: string, before?: Points): Promise<Points> {
  const points = [...(before?.points ?? [])];
  let after = before?.after ?? null;
  for (;;) {
    const page = await connection.call<{ steps: Step[]; next: number | null; head: string | null }>(
      `/threads/${threadId}/steps`,
      { query: { limit: STEPS_A_PAGE, after, ns: "" } },
    );
    for (const step of page.steps) {
      points.push({ id: step.checkpoint_id, parent: step.parent_id || null, source: step.source });
      after = step.seq;
    }
    if (page.next === null || page.steps.length === 0) return { points, head: page.head, after };
  }
}

async function foreignPoints(connection: Connection, threadId: string): Promise<Points> {
  const states = await connection.client.threads.getHistory(threadId, { limit: STATES_OF_OTHERS });
  const points = states.reverse().flatMap((state) => {
    const id = state.checkpoint.checkpoint_id;
    if (!id) return [];
    const parent = state.parent_checkpoint?.checkpoint_id ?? null;
    return [{ id, parent, source: String(state.metadata?.source ?? "loop") }];
  });
  return { points, head: points.at(-1)?.id ?? null, after: null };
}

/** Reads all again that a run, a decision or an undoing may have changed. */
export async function refresh(queries: QueryClient, url: string, threadId: string) {
  void queries.invalidateQueries({ queryKey: ["threads", "list"] });
  void queries.invalidateQueries({ queryKey: ["interrupts"] });
  void queries.invalidateQueries({ queryKey: ["feedback", url, threadId] });
  await Promise.all([
    queries.invalidateQueries({ queryKey: [...stateKey(url, threadId), null] }),
    queries.invalidateQueries({ queryKey: runsKey(url, threadId) }),
    queries.invalidateQueries({ queryKey: ["effects", url, threadId] }),
    queries.invalidateQueries({ queryKey: ["steps", url, threadId] }),
    queries.invalidateQueries({ queryKey: ["threads", "one", url, threadId] }),
  ]);
}
