import type { ThreadState } from "@langchain/langgraph-sdk";
import { useMemo } from "react";
import { Link } from "react-router";
import { Badge, type Tone } from "@/components/badge";
import { JsonView } from "@/components/json_view";
import { Loading } from "@/components/notice";
import { StateDiff } from "@/components/state_diff";
import { duration } from "@/lib/times";
import { numberOf, parentOf, type StepTree } from "@/steps/branches";
import { diffStates } from "@/steps/state_diff";
import { changedKeys, type Step, type StepTask, titleOf } from "@/steps/step";
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
  tree: StepTree;
  steps: Step[];
  at: number;
  isBusy: boolean;
  measures: ReadonlyMap<string, Measure>;
  onMove: (at: number) => void;
}

/** How long those took who led to a step; null where nobody measured it. */
function tookOf(parent: Step | undefined, measures: ReadonlyMap<string, Measure>): number | null {
  const told = (parent?.tasks ?? []).flatMap((task) => measures.get(`${parent?.id} ${task.node}`) ?? []);
  return told.length === 0 ? null : Math.max(...told.map((one) => one.seconds));
}

/** The path as text: the steps as the history numbers and names them, and what runs from the last one. */
export function StepsText({ tree, steps, at, isBusy, measures, onMove }: StepsTextProps) {
  return (
    <ol className={styles.path} aria-label="Steps of this turn">
      {steps.map((step, place) => {
        const isLast = place === steps.length - 1;
        const parent = parentOf(tree, step);
        const seconds = step.source === "loop" ? tookOf(parent, measures) : null;
        return (
          <li key={step.id}>
            <button
              type="button"
              className={styles.pathStep}
              aria-current={place === at ? "step" : undefined}
              onClick={() => onMove(place)}
            >
              <span className={styles.number}>{numberOf(tree, step.id)}</span>
              <span>{titleOf(step, parent)}</span>
              {seconds === null ? null : <span className="quiet">{duration(seconds)}</span>}
              {isLast ? <Onwards step={step} isBusy={isBusy} /> : null}
            </button>
          </li>
        );
      })}
    </ol>
  );
}

/** What runs from the last step, waits or has failed there. */
function Onwards({ step, isBusy }: { step: Step; isBusy: boolean }) {
  if (step.tasks.length === 0) return <Badge>The end</Badge>;
  return step.tasks
    .filter((task) => task.status !== "done")
    .map((task) => {
      const { name, tone } =
        isBusy && task.status === "open" ? { name: "running", tone: "accent" as const } : TASKS[task.status];
      return (
        <Badge key={task.id} tone={tone}>
          {task.node === "__start__" ? "the input" : task.node}: {name}
        </Badge>
      );
    });
}

/** The state at a step, and what the step before it changed. */
export function StateAtStep({
  threadId,
  tree,
  step,
  parent,
}: {
  threadId: string;
  tree: StepTree;
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
      <h2>State at step {numberOf(tree, step.id)}</h2>
      {changes === null ? (
        <Loading what="Loading the state" />
      ) : changes.length === 0 ? (
        <p className="quiet">Nothing changed on the way to this step.</p>
      ) : (
        <StateDiff key={step.id} changes={changes} writers={changedKeys(step, parent)} />
      )}
      <Problems state={now.data} />
      {now.data === undefined ? null : (
        <details>
          <summary>The whole state</summary>
          <JsonView value={now.data.values} label={`The state at step ${numberOf(tree, step.id)}`} />
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
