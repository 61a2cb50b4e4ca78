import { useMutation } from "@tanstack/react-query";
import { MessageSquare } from "lucide-react";
import type { ReactNode } from "react";
import { Link, useNavigate } from "react-router";
import { useConnection, useSession } from "@/api/session";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { JsonView } from "@/components/json_view";
import { Loaded } from "@/components/loaded";
import { Notice, ProblemNotice } from "@/components/notice";
import styles from "./evaluations.module.css";
import { figure } from "./figures";
import { trialThreadPath, useTrial } from "./queries";
import type { Trial } from "./types";

interface CaseDialogProps {
  name: string;
  id: string;
  epoch: number;
  onClose: () => void;
}

/** A case of a run: what was asked, expected and answered, its scores and their reasons. */
export function CaseDialog({ name, id, epoch, onClose }: CaseDialogProps) {
  const query = useTrial(name, id, epoch);
  const { data } = query;
  const opening = useOpening(name, id, epoch);
  const actions = (
    <>
      {data?.thread_id ? <Link to={`/threads/${data.thread_id}`}>The thread that it was made of</Link> : null}
      <Button look="main" disabled={opening.isPending || data === undefined} onClick={() => opening.mutate()}>
        <MessageSquare size={16} aria-hidden /> {opening.isPending ? "Opening…" : "Ask it again in a thread"}
      </Button>
    </>
  );
  return (
    <Dialog wide title={id} onClose={onClose} actions={actions}>
      {opening.error === null ? null : <ProblemNotice error={opening.error} />}
      <Loaded query={query}>{(trial) => <Told trial={trial} />}</Loaded>
    </Dialog>
  );
}

/** Opens a case as a thread that only simulates its actions, asks what it asks, and goes there. */
function useOpening(name: string, id: string, epoch: number) {
  const connection = useConnection();
  const { me } = useSession();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => {
      const body = { case: id, epoch };
      const told = await connection.call<{ thread_id: string; input: unknown }>(trialThreadPath(name), {
        method: "POST",
        body,
      });
      const graph = me?.project.graphs.find((one) => one.own)?.graph_id;
      if (told.input !== null && graph !== undefined) {
        const input =
          typeof told.input === "string" ? { messages: [{ role: "user", content: told.input }] } : told.input;
        await connection.client.runs.create(told.thread_id, graph, {
          input: input as Record<string, unknown>,
          streamResumable: true,
        });
      }
      return told.thread_id;
    },
    onSuccess: (thread) => navigate(`/threads/${thread}`),
  });
}

function Told({ trial }: { trial: Trial }) {
  const scores = Object.entries(trial.scores);
  return (
    <div className="stack">
      {trial.error === "" ? null : <Notice tone="bad">{trial.error}</Notice>}
      <p className={styles.badges}>
        {scores.map(([metric, score]) => (
          <Badge key={metric} tone={toneOf(metric, score)}>
            {metric} {figure(score)}
          </Badge>
        ))}
        {trial.tags.map((tag) => (
          <Badge key={tag}>#{tag}</Badge>
        ))}
      </p>
      {trial.reasons.length === 0 ? null : (
        <Part title="Why">
          <ul className={styles.reasons}>
            {trial.reasons.map((reason) => (
              <li key={reason} dir="auto">
                {reason}
              </li>
            ))}
          </ul>
        </Part>
      )}
      <Part title="What was asked">
        <Value value={trial.input} label="What was asked" />
      </Part>
      <div className={styles.sides}>
        <Part title="What was answered">
          <Value value={trial.output} label="What was answered" />
        </Part>
        <Part title="What was expected">
          <Value value={trial.expected} label="What was expected" />
        </Part>
      </div>
      {trial.observed === null ? null : (
        <details>
          <summary>All that was seen of it</summary>
          <JsonView value={trial.observed} label="All that was seen" />
        </details>
      )}
    </div>
  );
}

function toneOf(metric: string, score: number | null) {
  if (score === null || metric === "seconds" || score < 0 || score > 1) return "neutral";
  return score === 1 ? "good" : score === 0 ? "bad" : "warn";
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.part}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Value({ value, label }: { value: unknown; label: string }) {
  if (value === null || value === undefined || value === "") return <p className="muted">Nothing</p>;
  if (typeof value === "string") {
    return (
      <p className={styles.words} dir="auto">
        {value}
      </p>
    );
  }
  return <JsonView value={value} label={label} />;
}
