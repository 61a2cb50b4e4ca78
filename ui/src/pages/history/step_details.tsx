import type { ThreadState } from "@langchain/langgraph-sdk";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { useMay, useSession } from "@/api/session";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { CopyButton } from "@/components/copy_button";
import { JsonView } from "@/components/json_view";
import { Loaded } from "@/components/loaded";
import { Loading, Notice, ProblemNotice } from "@/components/notice";
import { StateDiff } from "@/components/state_diff";
import { Time } from "@/components/time";
import { numberOf, parentOf, type StepTree } from "@/steps/branches";
import { diffStates } from "@/steps/state_diff";
import { changedKeys, type Step, titleOf, writersOf } from "@/steps/step";
import { type ThreadInfo, useStateAt } from "@/steps/thread";
import { useWorld } from "@/steps/world";
import { EditDialog } from "./edit_dialog";
import styles from "./history.module.css";
import { RunDialog } from "./run_dialog";

interface StepDetailsProps {
  step: Step;
  tree: StepTree;
  thread: ThreadInfo;
  compared: string | null;
  onSelect: (id: string) => void;
  onCompare: (id: string | null) => void;
}

/** What runs from a checkpoint, or waits or failed there. */
function Next({ state }: { state: ThreadState }) {
  if (state.tasks.length === 0) return <p className="quiet">Nothing was left to do after this step.</p>;
  return (
    <ul className={styles.next}>
      {state.tasks.map((task) => (
        <li key={task.id}>
          Next: <strong>{task.name}</strong>
          {(task.interrupts ?? []).length > 0 && !task.result ? (
            <Badge tone="warn">waits for somebody</Badge>
          ) : null}
          {task.error ? (
            <>
              <Badge tone="bad">failed</Badge> <span dir="auto">{String(task.error)}</span>
            </>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Changes({ step, tree, state }: { step: Step; tree: StepTree; state: ThreadState }) {
  const parent = parentOf(tree, step);
  const before = useStateAt(state.checkpoint.thread_id, step.parentId);
  const changes = useMemo(
    () =>
      step.parentId === null ? diffStates({}, state.values) : diffStates(before.data?.values, state.values),
    [before.data, state, step.parentId],
  );
  if (step.parentId !== null && before.isPending) return <Loading what="Comparing with the step before" />;
  if (before.error !== null && step.parentId !== null) return <ProblemNotice error={before.error} />;
  if (changes.length === 0) return <p className="quiet">The state is as it was in the step before.</p>;
  return <StateDiff key={step.id} changes={changes} writers={changedKeys(step, parent)} />;
}

type Open = "run" | "edit" | null;

function Actions({
  step,
  tree,
  thread,
  state,
  ...rest
}: StepDetailsProps & { state: ThreadState | undefined }) {
  const [open, setOpen] = useState<Open>(null);
  const { isPodium } = useSession();
  const mayRun = useMay("run");
  const mayAdminister = useMay("administer");
  const governed = useWorld(thread.graphId) === "governed";
  const mayEdit = governed ? mayAdminister : mayRun;
  const parent = parentOf(tree, step);
  const why = (may: boolean, what: string) => (may ? undefined : `Your role may not ${what}.`);
  return (
    <div className={styles.actions}>
      <Button
        look="main"
        disabled={!mayRun || state === undefined}
        title={why(mayRun, "run graphs")}
        onClick={() => setOpen("run")}
      >
        Run from here
      </Button>
      <Button
        disabled={!mayEdit || state === undefined}
        title={why(mayEdit, "write a state as one of the project's own nodes: that is for administrators")}
        onClick={() => setOpen("edit")}
      >
        Edit the state
      </Button>
      <Button onClick={() => rest.onCompare(rest.compared === step.id ? null : step.id)}>
        {rest.compared === null ? "Compare with another step" : "Compare with this one"}
      </Button>
      <Link to={`/threads/${thread.threadId}/graph?step=${step.id}`}>See it in the graph</Link>
      {isPodium ? <Link to={`/threads/${thread.threadId}/undo?to=${step.id}`}>Undo back to here</Link> : null}
      {open === "run" && state !== undefined ? (
        <RunDialog state={state} thread={thread} onClose={() => setOpen(null)} />
      ) : null}
      {open === "edit" && state !== undefined ? (
        <EditDialog
          state={state}
          thread={thread}
          writer={writersOf(step, parent)[0]}
          wrote={changedKeys(step, parent).keys().next().value}
          onClose={() => setOpen(null)}
          onEdited={rest.onSelect}
        />
      ) : null}
    </div>
  );
}

/** One checkpoint: what changed in it and who wrote it, and what one can do from there. */
export function StepDetails(props: StepDetailsProps) {
  const { step, tree, thread } = props;
  const state = useStateAt(thread.threadId, step.id);
  const parent = parentOf(tree, step);
  return (
    <Card
      region
      title={`Step ${numberOf(tree, step.id)}: ${titleOf(step, parent)}`}
      actions={
        <p className="quiet">
          <Time at={step.at} /> · <code>{step.id.slice(0, 13)}</code>
          <CopyButton text={step.id} what="the checkpoint's id" />
        </p>
      }
    >
      <Actions {...props} state={state.data} />
      <Loaded query={state} what="Loading the state">
        {(there) => (
          <>
            <h3>What changed</h3>
            <Changes step={step} tree={tree} state={there} />
            <Next state={there} />
            <details>
              <summary>The whole state</summary>
              <JsonView value={there.values} label={`The state at step ${numberOf(tree, step.id)}`} />
            </details>
          </>
        )}
      </Loaded>
      {step.wentBack ? (
        <Notice>An undo went back and began anew here; the steps it left stay as a branch.</Notice>
      ) : step.source === "fork" ? (
        <Notice>A run was started from an earlier step here; the state is that step's.</Notice>
      ) : null}
    </Card>
  );
}
