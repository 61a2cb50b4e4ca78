import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { asProblem, Problem } from "@/api/problem";
import { useConnection } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/notice";
import { readEvents } from "@/lib/event_stream";
import styles from "./evaluations.module.css";
import { runAddress } from "./figures";
import type { Suite } from "./types";

interface Progress {
  done: number;
  total: number;
  case: string;
}

type Told =
  | { at: "asking" }
  | { at: "running"; progress: Progress | null }
  | { at: "failed"; problem: Problem };

/** Runs a suite and shows how far it is; it goes on when the dialog is closed. */
export function RunSuiteDialog({ suite, onClose }: { suite: Suite; onClose: () => void }) {
  const connection = useConnection();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const [limit, setLimit] = useState("20");
  const [told, setTold] = useState<Told>({ at: "asking" });
  const running = told.at === "running";

  const run = async () => {
    setTold({ at: "running", progress: null });
    const path = `/evaluations/suites/${encodeURIComponent(suite.name)}/runs`;
    const body = { limit: limit === "" ? null : Number(limit), tags: [] };
    try {
      const response = await connection.open(path, { method: "POST", body });
      if (response.body === null) throw new Problem(0, "empty", "The server told nothing.");
      let name = "";
      for await (const { event, data } of readEvents(response.body)) {
        if (event === "started") name = (data as { name: string }).name;
        else if (event === "progress") setTold({ at: "running", progress: data as Progress });
        else if (event === "error") {
          const problem = data as { detail: string; code: string; hint: string };
          throw new Problem(0, problem.code, problem.detail, problem.hint);
        } else if (event === "ended") {
          announce(`${suite.name}: ${(data as { verdict: string }).verdict}`);
          void queries.invalidateQueries({ queryKey: ["evaluations"] });
          onClose();
          void navigate(runAddress(name));
        }
      }
    } catch (error) {
      setTold({ at: "failed", problem: asProblem(error) });
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void run();
  };
  return (
    <Dialog title={`Run ${suite.name}`} onClose={onClose}>
      <form className={styles.stack} onSubmit={submit}>
        <Field label="Cases at most" hint="The first ones of the suite; empty for all of them.">
          {(props) => (
            <input
              {...props}
              type="number"
              min={1}
              value={limit}
              disabled={running}
              onChange={(event) => setLimit(event.target.value)}
            />
          )}
        </Field>
        {told.at === "failed" ? <ProblemNotice error={told.problem} /> : null}
        {told.at === "running" ? (
          <div className={styles.progress} role="status">
            <progress
              aria-label="Cases that were run"
              max={told.progress?.total ?? 1}
              value={told.progress?.done}
            />
            <span>
              {told.progress === null
                ? "Beginning…"
                : `${told.progress.done} of ${told.progress.total}: ${told.progress.case}`}
            </span>
          </div>
        ) : null}
        <Button type="submit" look="main" disabled={running}>
          {running ? "Running…" : "Run it"}
        </Button>
      </form>
    </Dialog>
  );
}
