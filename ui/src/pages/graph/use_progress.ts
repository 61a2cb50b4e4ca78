import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { Connection } from "@/api/connection";
import { useSession } from "@/api/session";
import { loadSteps } from "@/steps/load";
import { type Step, withState } from "@/steps/step";
import { type Measure, measuresOf, type Span } from "./measures";
import { type Progress, progressOf } from "./progress";

const SPANS = 1_000;

/** What was measured of a turn, where the server keeps a trace of it. */
export function useMeasures(
  threadId: string,
  runId: string | null,
  steps: Step[],
): ReadonlyMap<string, Measure> {
  const { connection, isPodium } = useSession();
  const trace = useQuery({
    queryKey: ["trace", threadId, "graph", runId, connection.url],
    queryFn: () =>
      connection.call<{ spans: Span[] }>(`/threads/${threadId}/trace`, {
        query: { run_id: runId, limit: SPANS },
      }),
    enabled: isPodium && runId !== null,
  });
  return useMemo(() => measuresOf(steps, trace.data?.spans ?? []), [steps, trace.data]);
}

/** The namespace of each open subgraph: where its last visit before a step keeps its checkpoints. */
export function namespaceOf(steps: Step[], at: number, node: string, outer: string): string | null {
  for (let place = Math.min(at, steps.length - 1); place >= 0; place -= 1) {
    const task = steps[place]?.tasks.find((one) => one.node === node);
    if (task === undefined) continue;
    const isAhead = place === at && at < steps.length - 1;
    if (!isAhead) return `${outer === "" ? "" : `${outer}|`}${node}:${task.id}`;
  }
  return null;
}

/** The steps within a subgraph, the last one with what runs from it now. */
async function innerSteps(
  connection: Connection,
  threadId: string,
  ns: string,
  isPodium: boolean,
): Promise<Step[]> {
  const place = { thread_id: threadId, checkpoint_ns: ns, checkpoint_id: null, checkpoint_map: null };
  const [{ steps }, head] = await Promise.all([
    loadSteps(connection, { threadId, ns }, isPodium),
    connection.client.threads.getState(threadId, place).catch(() => undefined),
  ]);
  return steps.map((step) => withState(step, head));
}

const DEPTH = 4;

/** The steps within the open subgraphs, by path; those in subgraphs of subgraphs follow when these are known. */
export function useInnerSteps(
  threadId: string,
  open: string[],
  steps: Step[],
  at: number,
): Map<string, { ns: string; steps: Step[] }> {
  const { connection, isPodium } = useSession();
  const known = new Map<string, { ns: string; steps: Step[] }>();
  for (let depth = 1; depth <= DEPTH; depth += 1) {
    const paths = open.filter((path) => path.split(":").length === depth).sort();
    const wanted = paths.map((path) => {
      const node = path.slice(path.lastIndexOf(":") + 1);
      const outer = known.get(path.slice(0, Math.max(0, path.lastIndexOf(":"))));
      const isTop = depth === 1;
      const around = isTop ? steps : (outer?.steps ?? []);
      return { path, ns: namespaceOf(around, isTop ? at : around.length - 1, node, outer?.ns ?? "") };
    });
    // biome-ignore lint/correctness/useHookAtTopLevel: the loop is always as long.
    const loaded = useQueries({
      queries: wanted.map(({ ns }) => ({
        queryKey: ["threads", threadId, "steps", "inner", ns, connection.url],
        queryFn: () => innerSteps(connection, threadId, ns ?? "", isPodium),
        enabled: ns !== null,
      })),
    });
    wanted.forEach(({ path, ns }, place) => {
      const inner = loaded[place]?.data;
      if (ns !== null && inner !== undefined) known.set(path, { ns, steps: inner });
    });
  }
  return known;
}

/** Asks again for what open subgraphs have done, and for what was measured. */
export function useInnerRefresh(threadId: string): () => Promise<unknown> {
  const queries = useQueryClient();
  return useCallback(
    () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ["threads", threadId, "steps", "inner"] }),
        queries.invalidateQueries({ queryKey: ["trace", threadId, "graph"] }),
      ]),
    [queries, threadId],
  );
}

/** The progress of a graph with its open subgraphs, under the paths of their nodes. */
export function wholeProgress(
  top: Progress,
  inner: ReadonlyMap<string, { steps: Step[] }>,
  isBusy: boolean,
): Progress {
  const nodes = new Map(top.nodes);
  const ways = new Map(top.ways);
  for (const [path, { steps }] of inner) {
    const within = progressOf(steps, steps.length - 1, isBusy);
    for (const [name, node] of within.nodes) nodes.set(`${path}:${name}`, node);
    for (const [way, count] of within.ways) {
      const [from, to] = way.split(" ");
      ways.set(`${path}:${from} ${path}:${to}`, count);
    }
  }
  return { nodes, ways };
}
