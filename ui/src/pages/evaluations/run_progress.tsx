import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { asProblem } from "@/api/problem";
import { useConnection } from "@/api/session";
import { Button } from "@/components/button";
import { Notice, ProblemNotice } from "@/components/notice";
import { whole } from "@/lib/numbers";
import styles from "./evaluations.module.css";
import { pathOf, progressKey, useEvaluation } from "./queries";
import type { RunProgress } from "./types";

const AGAIN_MS = 1_000;

/** How far a run is, while it runs here; nothing of those that ended before, or run elsewhere. */
export function useRunProgress(name: string): RunProgress | null {
  const connection = useConnection();
  const queries = useQueryClient();
  const begun = queries.getQueryData<RunProgress>(progressKey(connection.url, name)) !== undefined;
  const evaluation = useEvaluation(name, !begun);
  const { data } = useQuery({
    queryKey: progressKey(connection.url, name),
    queryFn: async ({ signal }) => {
      try {
        return await connection.call<RunProgress>(pathOf(name, "/progress"), { signal });
      } catch (error) {
        if (asProblem(error).status === 404) return null;
        throw error;
      }
    },
    enabled: begun || evaluation.data?.evaluation.end === null,
    refetchInterval: (query) => (query.state.data?.state === "running" ? AGAIN_MS : false),
  });
  const state = data?.state;
  const before = useRef(state);
  useEffect(() => {
    if (before.current === "running" && state !== "running") {
      void queries.invalidateQueries({ queryKey: ["evaluations"] });
    }
    before.current = state;
  }, [state, queries]);
  return data ?? null;
}

interface RunProgressBoxProps {
  name: string;
  progress: RunProgress | null;
}

export function RunProgressBox({ name, progress: data }: RunProgressBoxProps) {
  const connection = useConnection();
  const stopping = useMutation({
    mutationFn: () => connection.call(pathOf(name, "/stop"), { method: "POST", body: {} }),
  });
  if (data === null) return null;
  if (data.problem !== null) {
    return (
      <Notice tone="bad">
        <p>
          <strong>{data.problem.detail}</strong> <code>{data.problem.code}</code>
        </p>
        <p>{data.problem.hint}</p>
      </Notice>
    );
  }
  if (data.state === "stopped") return <Notice tone="warn">It was stopped; what was run is below.</Notice>;
  if (data.state !== "running") return null;
  return (
    <section className={styles.progress} aria-label="How far it is">
      <progress aria-label="Cases that were run" max={data.planned || 1} value={data.done} />
      <p role="status">
        {whole(data.done)} of {whole(data.planned)} cases{data.case === "" ? "" : `, at ${data.case}`}
      </p>
      <Button small disabled={stopping.isPending} onClick={() => stopping.mutate()}>
        Stop the run
      </Button>
      {stopping.error === null ? null : <ProblemNotice error={stopping.error} />}
    </section>
  );
}
