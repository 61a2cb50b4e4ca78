import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { Connection } from "@/api/connection";
import { useConnection } from "@/api/session";
import { type Span, type TraceRun, textOfSpan } from "./span";

/** The spans of a thread as far as they are loaded. */
export interface LoadedTrace {
  runs: ReadonlyMap<string, TraceRun>;
  spans: readonly Span[];
  /** What is searched of each span, in the same order. */
  texts: readonly string[];
  after: number;
  whole: boolean;
}

interface Page {
  runs: TraceRun[];
  spans: Span[];
  next: number | null;
}

const PAGE = 1_000;
const NOTHING: LoadedTrace = { runs: new Map(), spans: [], texts: [], after: 0, whole: false };

function withPage(known: LoadedTrace, page: Page): LoadedTrace {
  const runs = new Map(known.runs);
  for (const run of page.runs) runs.set(run.run_id, run);
  return {
    runs,
    spans: [...known.spans, ...page.spans],
    texts: [...known.texts, ...page.spans.map(textOfSpan)],
    after: page.spans.at(-1)?.seq ?? known.after,
    whole: page.next === null,
  };
}

/** Loads what comes after `known`, page by page, and tells each page. */
async function loadTrace(
  connection: Connection,
  threadId: string,
  known: LoadedTrace,
  tell: (loaded: LoadedTrace) => void,
): Promise<LoadedTrace> {
  let loaded = known;
  for (;;) {
    const page = await connection.call<Page>(`/threads/${encodeURIComponent(threadId)}/trace`, {
      query: { after: loaded.after, limit: PAGE },
    });
    loaded = withPage(loaded, page);
    if (loaded.whole) return loaded;
    tell(loaded);
  }
}

/** The trace of a thread, shown while it loads; `refresh` adds what is new. */
export function useTrace(threadId: string) {
  const connection = useConnection();
  const queries = useQueryClient();
  const load = useCallback(
    (known: LoadedTrace) => {
      const key = ["trace", threadId, "whole", connection.url];
      return loadTrace(connection, threadId, known, (loaded) => queries.setQueryData(key, loaded));
    },
    [connection, queries, threadId],
  );
  const trace = useQuery({
    queryKey: ["trace", threadId, "whole", connection.url],
    queryFn: () => load(NOTHING),
    refetchOnWindowFocus: false,
    staleTime: 30_000,
  });
  const refresh = useCallback(async () => {
    const key = ["trace", threadId, "whole", connection.url];
    const known = queries.getQueryData<LoadedTrace>(key);
    if (known?.whole) queries.setQueryData(key, await load(known));
  }, [queries, load, threadId, connection.url]);
  return { ...trace, refresh };
}

/** One span with nothing shortened. */
export function useWholeSpan(threadId: string, span: Span | null | undefined) {
  const connection = useConnection();
  const seq = span?.seq ?? 0;
  const whole = useQuery({
    queryKey: ["trace", threadId, "span", seq, connection.url],
    queryFn: () => connection.call<Span>(`/threads/${encodeURIComponent(threadId)}/trace/${seq}`),
    enabled: span?.cut === true,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return {
    span: whole.data ?? span ?? null,
    isWhole: span?.cut !== true || whole.data !== undefined,
    error: whole.error,
  };
}
