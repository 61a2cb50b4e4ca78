import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { callPage } from "@/api/paged";
import { useConnection } from "@/api/session";
import type { ActionDetail, Outcome, Waiting, WaitingDetail } from "./model";

/** As many threads as one look at the inbox asks for. */
export const MOST = 200;

const placeOf = (one: { thread_id: string; interrupt_id: string }) =>
  `/threads/${encodeURIComponent(one.thread_id)}/interrupts/${encodeURIComponent(one.interrupt_id)}`;

/** What waits, over all threads that the caller may see. */
export function useInbox() {
  const connection = useConnection();
  return useQuery({
    queryKey: ["interrupts", "inbox", connection.url],
    queryFn: ({ signal }) =>
      callPage<{ interrupts: Waiting[] }>(connection, "/interrupts", { limit: MOST }, signal),
  });
}

/** One thing that waits, with what stands behind it; not read while it is being decided, for then it is gone. */
export function useWaiting(threadId: string, interruptId: string, on: boolean) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["interrupts", "one", connection.url, threadId, interruptId],
    queryFn: ({ signal }) =>
      connection.call<WaitingDetail>(placeOf({ thread_id: threadId, interrupt_id: interruptId }), { signal }),
    enabled: on,
  });
}

/** Reads again what a decision may have changed. */
function useRefresh() {
  const queries = useQueryClient();
  return () => {
    for (const name of ["interrupts", "threads", "effects", "runs", "decisions"]) {
      void queries.invalidateQueries({ queryKey: [name] });
    }
  };
}

/** Sends a decision; what came of it. */
export function useDecide() {
  const connection = useConnection();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ one, body }: { one: Waiting; body: Record<string, unknown> }) =>
      connection.call<Outcome>(`${placeOf(one)}/decision`, { method: "POST", body }),
    onSettled: refresh,
  });
}

/** Says who is to decide, and until when. */
export function useAssign() {
  const connection = useConnection();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({
      one,
      assignee,
      expiresAt,
    }: {
      one: Waiting;
      assignee: string | null;
      expiresAt?: string;
    }) =>
      connection.call<Waiting>(`${placeOf(one)}/assignment`, {
        method: "PUT",
        body: { assignee, expires_at: expiresAt ?? one.expires_at },
      }),
    onSettled: refresh,
  });
}

/** What an edit would make of an action. */
export function useTryEdit(one: Waiting) {
  const connection = useConnection();
  return useMutation({
    mutationFn: (body: { digest: string; args: Record<string, unknown> }) =>
      connection.call<ActionDetail>(`${placeOf(one)}/preview`, { method: "POST", body }),
  });
}
