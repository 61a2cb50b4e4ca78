import type { ThreadState } from "@langchain/langgraph-sdk";
import { useMemo } from "react";
import { Link } from "react-router";
import { Badge, type Tone } from "@/components/badge";
import { JsonView } from "@/components/json_view";
import { Loading } from "@/components/notice";
import { StateDiff } from "@/components/state_diff";
import { duration } from "@/lib/times";
import { diffStates } from "@/steps/state_diff";
import { changedKeys, type Step, type StepTask } from "@/steps/step";
import { useStateAt } from "@/steps/thread";
import styles from "./graph.module.css";
import type { Measure } from "./measures";
import { type NodeProgress, STANDINGS } from "./progress";

const TASKS: Record<StepTask["status"], { name: string; tone: Tone }> = {
  done: { name: "done", tone: "good" },
  failed: { name: "failed", tone: "bad" },
  waiting: { name: "waits for somebody", tone: "warn" },
  open: { name: "next", tone: "neutral" },
};

interface StepsTextProps {
  steps: Step[];
  at: number;
  isBusy: boolean;
  measures: ReadonlyMap<string, Measure>;
  onMove: (at: number) => void;
}

/** The path as text: what ran from each step, in order, with how it went. */
export function StepsText({ steps, at, isBusy, measures, onMove }: StepsTextProps) {
  return (
    <ol className={styles.path} aria-label="Steps of this turn">
      {steps.map((step, place) => {
        const isLast = place === steps.length - 1;
        return (
          <li key={step.id}>
            <button
              type="button"
              className={styles.pathStep}
              aria-current={place === at ? "step" : undefined}
              onClick={() => onMove(place)}
            >
              <span className={styles.number}>{step.step}</span>
              {step.tasks.length === 0 ? <span>{isLast ? "The end" : "Branched off"}</span> : null}
              {step.tasks.map((task) => {
                const measure = measures.get(`${step.id} ${task.node}`);
                const running = isLast && isBusy && task.status === "open";
                return (
                  <span key={task.id} className={styles.pathTask}>
                    {task.node === "__start__" ? "Input" : task.node}{" "}
                    {running ? (
                      <Badge tone="accent">running</Badge>
                    ) : task.status === "done" ? null : (
                      <Badge tone={TASKS[task.status].tone}>{TASKS[task.status].name}</Badge>
                    )}
                    {measure === undefined ? null : (
                      <span className={styles.quiet}>{duration(measure.seconds)}</span>
                    )}
                  </span>
                );
              })}
            </button>
          </li>
        );
      })}
    </ol>
  );
}

/** The state at a step, and what the step before it changed. */
export function StateAtStep({
  threadId,
  step,
  parent,
}: {
  threadId: string;
  step: Step;
  parent: Step | undefined;
}) {
  const now = useStateAt(threadId, step.id);
  const before = useStateAt(threadId, step.parentId ?? step.id);
  const changes = useMemo(
    () =>
      now.data === undefined || before.data === undefined
        ? null
        : diffStates(step.parentId === null ? {} : before.data.values, now.data.values),
    [now.data, before.data, step.parentId],
  );
  return (
    <section className={styles.state} aria-label="State at this step">
      <h2>State at step {step.step}</h2>
      {changes === null ? (
        <Loading what="Loading the state" />
      ) : changes.length === 0 ? (
        <p className={styles.quiet}>Nothing changed on the way to this step.</p>
      ) : (
        <StateDiff key={step.id} changes={changes} writers={changedKeys(step, parent)} />
      )}
      <Problems state={now.data} />
      {now.data === undefined ? null : (
        <details>
          <summary>The whole state</summary>
          <JsonView value={now.data.values} label={`The state at step ${step.step}`} />
        </details>
      )}
    </section>
  );
}

function Problems({ state }: { state: ThreadState | undefined }) {
  const failed = state?.tasks.filter((task) => task.error) ?? [];
  return failed.map((task) => (
    <p key={task.id} className={styles.problem}>
      <strong>{task.name} failed:</strong> <span dir="auto">{String(task.error)}</span>
    </p>
  ));
}

interface NodeCardProps {
  node: string;
  progress: NodeProgress | undefined;
  figures: string[];
  threadId: string;
  /** Whether the server keeps a trace of what this graph does. */
  hasTrace: boolean;
}

/** What is known of the chosen node. */
export function NodeCard({ node, progress, figures, threadId, hasTrace }: NodeCardProps) {
  const visits = progress?.visits ?? 0;
  const name = node.slice(node.lastIndexOf(":") + 1);
  return (
    <section className={styles.nodeCard} aria-label={`Node ${name}`}>
      <h2>{name}</h2>
      <p>
        {STANDINGS[progress?.standing ?? "idle"]}
        {visits > 0 ? `, ran ${visits === 1 ? "once" : `${visits} times`}` : ""}
        {figures.length > 0 ? ` · ${figures.join(" · ")}` : ""}
      </p>
      {hasTrace ? (
        <Link to={`/threads/${threadId}/trace?q=${encodeURIComponent(name)}`}>What it did, in the trace</Link>
      ) : null}
    </section>
  );
}
