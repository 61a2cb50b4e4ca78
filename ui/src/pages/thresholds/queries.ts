import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useConnection } from "@/api/session";
import type { Level, Policy, WhatIf } from "./model";

const MOST = 5_000;

/** The policy in force. */
export function usePolicy() {
  const connection = useConnection();
  return useQuery({
    queryKey: ["decisions", "policy", connection.url],
    queryFn: ({ signal }) => connection.call<Policy>("/decisions/policy", { signal }),
    staleTime: 30_000,
  });
}

/** What thresholds would have done on past decisions; the former answer stays while the next one is made. */
export function useWhatIf(
  thresholds: Partial<Record<Level, number>>,
  since: string,
  until: string,
  on: boolean,
) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["decisions", "what-if", connection.url, thresholds, since, until],
    queryFn: ({ signal }) =>
      connection.call<WhatIf>("/decisions/what-if", {
        method: "POST",
        body: { thresholds, since: since || null, until: until || null, limit: MOST },
        signal,
      }),
    placeholderData: keepPreviousData,
    enabled: on,
  });
}
