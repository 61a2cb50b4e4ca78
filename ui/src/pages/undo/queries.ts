import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useConnection } from "@/api/session";
import type { Effect } from "@/judging/types";
import type { Report } from "./model";

const WATCHING_MS = 400;
const pathOf = (threadId: string) => `/threads/${encodeURIComponent(threadId)}`;

/** The ledger of a thread; read again and again while something is being undone. */
export function useEffects(threadId: string, watching = false) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["effects", threadId, connection.url],
    queryFn: ({ signal }) =>
      connection.call<{ effects: Effect[] }>(`${pathOf(threadId)}/effects`, { signal }),
    select: (body) => body.effects,
    refetchInterval: watching ? WATCHING_MS : false,
  });
}

/** What going back to a checkpoint would undo. */
export function usePlan(threadId: string, to: string | undefined) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["effects", threadId, "plan", to, connection.url],
    queryFn: ({ signal }) =>
      connection.call<Report>(`${pathOf(threadId)}/rollback/preview`, {
        method: "POST",
        body: { to },
        signal,
      }),
    enabled: to !== undefined,
    refetchOnWindowFocus: false,
  });
}

function useRefresh() {
  const queries = useQueryClient();
  return () =>
    Promise.all(
      ["effects", "threads", "interrupts", "runs"].map((name) =>
        queries.invalidateQueries({ queryKey: [name] }),
      ),
    );
}

/** Undoes what came after a checkpoint, and goes back to it. */
export function useUndo(threadId: string) {
  const connection = useConnection();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (body: { to: string; only: string[] }) =>
      connection.call<Report>(`${pathOf(threadId)}/rollback`, { method: "POST", body }),
    onSettled: refresh,
  });
}

/** Records what a person found out about an effect that is in doubt. */
export function useSettle(threadId: string) {
  const connection = useConnection();
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ digest, happened }: { digest: string; happened: boolean }) =>
      connection.call<Effect>(`${pathOf(threadId)}/effects/${digest}/resolution`, {
        method: "POST",
        body: { happened },
      }),
    onSettled: refresh,
  });
}
