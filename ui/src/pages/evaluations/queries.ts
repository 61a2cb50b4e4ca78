import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { callPage } from "@/api/paged";
import { useConnection } from "@/api/session";
import type { CaseRow, Comparison, Evaluation, Report, Suite, Trial } from "./types";

export const RUNS_SIZE = 20;
export const CASES_SIZE = 25;
const AGAIN_MS = 5_000;

/** The path of a run in the API; its name holds slashes, which stay. */
export const pathOf = (name: string, rest: string) =>
  `/evaluations/${name.split("/").map(encodeURIComponent).join("/")}${rest}`;

export function useSuites() {
  const connection = useConnection();
  return useQuery({
    queryKey: ["evaluations", "suites", connection.url],
    queryFn: ({ signal }) => connection.call<{ suites: Suite[] }>("/evaluations/suites", { signal }),
  });
}

export function useRuns(suite: string, offset: number, limit = RUNS_SIZE) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["evaluations", "runs", connection.url, { suite, offset, limit }],
    queryFn: ({ signal }) =>
      callPage<{ evaluations: Evaluation[] }>(connection, "/evaluations", { suite, offset, limit }, signal),
    placeholderData: keepPreviousData,
  });
}

export function useReport(name: string, enabled: boolean) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["evaluations", "report", connection.url, name],
    queryFn: ({ signal }) => connection.call<Report>(pathOf(name, "/report"), { signal }),
    refetchInterval: (query) => (query.state.status === "error" ? AGAIN_MS : false),
    enabled,
  });
}

export const progressKey = (server: string, name: string) => ["evaluations", "progress", server, name];

export function useEvaluation(name: string, enabled: boolean) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["evaluations", "one", connection.url, name],
    queryFn: ({ signal }) => connection.call<{ evaluation: Evaluation }>(pathOf(name, ""), { signal }),
    enabled,
  });
}

interface CaseFilter {
  metric: string;
  order: string;
  tag: string;
  failed: boolean;
  offset: number;
}

export function useCases(name: string, { metric, order, tag, failed, offset }: CaseFilter) {
  const connection = useConnection();
  const query = { metric, order, tag, failed: failed || null, offset, limit: CASES_SIZE };
  return useQuery({
    queryKey: ["evaluations", "cases", connection.url, name, query],
    queryFn: ({ signal }) =>
      callPage<{ metric: string; cases: CaseRow[] }>(connection, pathOf(name, "/cases"), query, signal),
    placeholderData: keepPreviousData,
  });
}

export function useTrial(name: string, id: string, epoch: number) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["evaluations", "trial", connection.url, name, id, epoch],
    queryFn: ({ signal }) =>
      connection.call<Trial>(pathOf(name, "/trial"), { query: { case: id, epoch }, signal }),
  });
}

export const trialThreadPath = (name: string) => pathOf(name, "/trial/thread");

export function useComparison(before: string, after: string, offset: number) {
  const connection = useConnection();
  const query = { before, after, offset, limit: CASES_SIZE };
  return useQuery({
    queryKey: ["evaluations", "compare", connection.url, query],
    queryFn: ({ signal }) => callPage<Comparison>(connection, "/evaluations/compare", query, signal),
    enabled: before !== "" && after !== "" && before !== after,
    placeholderData: keepPreviousData,
  });
}
