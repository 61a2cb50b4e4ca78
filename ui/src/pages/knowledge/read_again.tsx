import { useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { useRef, useState } from "react";
import { asProblem, Problem } from "@/api/problem";
import { useConnection } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { readEvents } from "@/lib/event_stream";
import { FailedFiles } from "./failed_files";
import { reportWords } from "./ingest_words";
import styles from "./knowledge.module.css";
import type { IngestReport } from "./types";

interface Progress {
  done: number;
  total: number;
  source: string;
}

type Told =
  | { at: "reading"; progress: Progress | null }
  | { at: "done"; report: IngestReport }
  | { at: "failed"; problem: Problem };

/** Brings a collection in step with the project's files, and shows how far it is. */
export function ReadAgain({ collection, may }: { collection: string; may: boolean }) {
  const [told, setTold] = useState<Told | null>(null);
  const read = useReading(collection, setTold);
  const reading = told?.at === "reading";
  return (
    <div className={styles.reading}>
      <Button
        disabled={reading || !may}
        title={may ? undefined : "Only those who run the project may read its files."}
        onClick={() => void read()}
      >
        <RefreshCw size={16} aria-hidden />
        {reading ? "Reading…" : "Read the project's files"}
      </Button>
      {told?.at === "reading" ? <ProgressBar progress={told.progress} /> : null}
      {told?.at === "failed" ? <ProblemNotice error={told.problem} onRetry={() => void read()} /> : null}
      {told?.at === "done" ? (
        <div role="status">
          <p>{reportWords(told.report)}</p>
          <FailedFiles files={told.report.failed} />
        </div>
      ) : null}
    </div>
  );
}

function ProgressBar({ progress }: { progress: Progress | null }) {
  return (
    <div className={styles.progress}>
      <progress aria-label="Reading documents" max={progress?.total ?? 1} value={progress?.done} />
      <span className="muted">
        {progress === null
          ? "Looking for files…"
          : `${progress.done} of ${progress.total}: ${progress.source}`}
      </span>
    </div>
  );
}

function useReading(collection: string, tell: (told: Told) => void) {
  const connection = useConnection();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const at = useRef(0);
  return async () => {
    const mine = ++at.current;
    const say = (told: Told) => {
      if (mine === at.current) tell(told);
    };
    say({ at: "reading", progress: null });
    try {
      const response = await connection.open("/knowledge/ingest", { method: "POST", body: { collection } });
      if (response.body === null) throw new Problem(0, "empty", "The server told nothing.");
      for await (const { event, data } of readEvents(response.body)) {
        if (event === "progress") say({ at: "reading", progress: data as Progress });
        else if (event === "report") {
          say({ at: "done", report: data as IngestReport });
          announce("The documents are up to date.");
        } else if (event === "error") {
          const problem = data as { detail: string; code: string; hint: string };
          throw new Problem(0, problem.code, problem.detail, problem.hint);
        }
      }
    } catch (error) {
      say({ at: "failed", problem: asProblem(error) });
    }
    void queries.invalidateQueries({ queryKey: ["knowledge"] });
  };
}
