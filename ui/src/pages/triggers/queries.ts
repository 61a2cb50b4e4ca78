import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useConnection, useSession } from "@/api/session";
import type { Firing, FiringPage, Trigger } from "./types";

const AGAIN_MS = 5_000;
const SIZE = 20;

const pathOf = (name: string, rest = "") => `/triggers/${encodeURIComponent(name)}${rest}`;

export function useTriggers() {
  const connection = useConnection();
  return useQuery({
    queryKey: ["triggers", "list", connection.url],
    queryFn: ({ signal }) => connection.call<{ triggers: Trigger[] }>("/triggers", { signal }),
    refetchInterval: AGAIN_MS,
  });
}

export function useTrigger(name: string) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["triggers", "one", connection.url, name],
    queryFn: ({ signal }) => connection.call<Trigger>(pathOf(name), { signal }),
    refetchInterval: AGAIN_MS,
  });
}

export function useNext(trigger: Trigger, limit: number) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["triggers", "next", connection.url, trigger.name, trigger.updated_at, limit],
    queryFn: ({ signal }) =>
      connection.call<{ times: string[] }>(pathOf(trigger.name, "/next"), { query: { limit }, signal }),
    enabled: trigger.kind === "schedule",
    refetchInterval: 60_000,
  });
}

/** What a trigger fired, the latest first; with `dead` what was given up. */
export function useFirings(name: string, { dead, status }: { dead: boolean; status: string }) {
  const connection = useConnection();
  const path = pathOf(name, dead ? "/dead-letters" : "/events");
  return useInfiniteQuery({
    queryKey: ["triggers", "firings", connection.url, name, dead, status],
    queryFn: ({ pageParam, signal }) =>
      connection.call<FiringPage>(path, {
        query: { limit: SIZE, before: pageParam, ...(dead ? {} : { status }) },
        signal,
      }),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.next ?? undefined,
    refetchInterval: AGAIN_MS,
  });
}

/** Whether this person may pause a trigger, run it and bring back what it gave up; if not, why. */
export function useRefusal(trigger: Trigger): string | undefined {
  const { me } = useSession();
  if (me === null) return undefined;
  if (!me.may.run) return "Your key may look, but not begin anything.";
  if (me.may.administer || me.principal === trigger.owner) return undefined;
  return `Only ${trigger.owner} and admins may do this.`;
}

/** What can be done to a trigger. */
type Deed =
  | { do: "pause" | "resume" | "run" }
  | { do: "send"; id: string; data: unknown }
  | { do: "replay"; id: string; data?: unknown };

export function useDeed(name: string, onDone?: (told: Firing | Trigger, deed: Deed) => void) {
  const connection = useConnection();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (deed: Deed) => {
      if (deed.do === "send") {
        const body = { id: deed.id, data: deed.data };
        return connection.call<Firing>(pathOf(name, "/events"), { method: "POST", body });
      }
      if (deed.do === "replay") {
        const path = pathOf(name, `/dead-letters/${encodeURIComponent(deed.id)}/replay`);
        const body = deed.data === undefined ? {} : { data: deed.data };
        return connection.call<Firing>(path, { method: "POST", body });
      }
      return connection.call<Firing | Trigger>(pathOf(name, `/${deed.do}`), { method: "POST" });
    },
    onSuccess: (told, deed) => onDone?.(told, deed),
    onSettled: () => queries.invalidateQueries({ queryKey: ["triggers"] }),
  });
}
