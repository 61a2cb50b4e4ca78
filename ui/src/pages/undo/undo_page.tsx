import { useState } from "react";
import { useParams } from "react-router";
import { Empty, Loading, ProblemNotice } from "@/components/notice";
import { PageFrame } from "@/components/page";
import type { Effect } from "@/judging/types";
import { useView } from "@/lib/view";
import { nameOf, treeOf } from "@/steps/branches";
import type { LoadedSteps } from "@/steps/load";
import { useStateAt, useSteps } from "@/steps/thread";
import { ChoosePoint } from "./choose_point";
import type { Report, Undo } from "./model";
import { PlanCard } from "./plan_card";
import { likely, type Point, pointsOf, saidIn } from "./points";
import { Progress } from "./progress";
import { useEffects, usePlan, useUndo } from "./queries";
import { ReportCard } from "./report_card";

/** Going back to an earlier point: what happened outside since then is undone, then the conversation goes back. */
export function Page() {
  const threadId = useParams().threadId ?? "";
  const [watching, setWatching] = useState(false);
  const effects = useEffects(threadId, watching);
  const steps = useSteps(threadId);
  const state = useStateAt(threadId, null);
  const failed = steps.error ?? effects.error;
  const refresh = () => {
    void steps.refresh();
    void state.refetch();
  };
  return (
    <PageFrame
      title="Undo"
      lead="Go back to an earlier point: what was done outside since then is undone, newest first, then the conversation goes back."
    >
      {failed === null ? null : <ProblemNotice error={failed} onRetry={() => void steps.refetch()} />}
      {failed === null && (steps.isPending || effects.isPending || state.isPending) ? (
        <Loading what="Reading what was done" />
      ) : null}
      {steps.data === undefined || effects.data === undefined || state.isPending ? null : (
        <Undoing
          threadId={threadId}
          steps={steps.data}
          said={saidIn(state.data?.values)}
          effects={effects.data}
          onWatch={setWatching}
          onRefresh={refresh}
        />
      )}
    </PageFrame>
  );
}

interface UndoingProps {
  threadId: string;
  steps: LoadedSteps;
  /** What the user said, oldest first. */
  said: string[];
  effects: Effect[];
  /** Whether the ledger is to be read again and again. */
  onWatch: (on: boolean) => void;
  onRefresh: () => void;
}

function Undoing({ threadId, steps, said, effects, onWatch, onRefresh }: UndoingProps) {
  const view = useView();
  const undo = useUndo(threadId);
  const [report, setReport] = useState<Report | null>(null);
  const [doing, setDoing] = useState<Undo[]>([]);
  const points = pointsOf(steps.steps, steps.head, said, effects);
  const to = view.said("to") || likely(points)?.checkpointId;
  const tree = treeOf(steps.steps, steps.more);
  const stepName = (id: string) => {
    const step = tree.byId.get(id);
    return step === undefined ? "" : nameOf(tree, step);
  };
  const start = (only: string[], chosen: Undo[]) => {
    if (to === undefined) return;
    setDoing(chosen);
    onWatch(true);
    undo.mutate({ to, only }, { onSuccess: setReport, onSettled: () => onWatch(false) });
  };
  const again = () => {
    setReport(null);
    undo.reset();
    view.change({ to: null });
    onRefresh();
  };
  if (undo.isPending) return <Progress doing={doing} effects={effects} />;
  if (report !== null) {
    return <ReportCard threadId={threadId} report={report} effects={effects} onAgain={again} />;
  }
  if (to === undefined) {
    return (
      <Empty title="There is nothing to go back to">
        This thread has no turns yet. Once agents have done something, it can be undone here.
      </Empty>
    );
  }
  return (
    <>
      {undo.error === null ? null : <ProblemNotice error={undo.error} />}
      <Choosing
        threadId={threadId}
        points={points}
        stepName={stepName}
        to={to}
        effects={effects}
        onChoose={(checkpoint) => view.change({ to: checkpoint })}
        onUndo={start}
      />
    </>
  );
}

interface ChoosingProps {
  threadId: string;
  points: Point[];
  stepName: (checkpointId: string) => string;
  to: string;
  effects: Effect[];
  onChoose: (checkpointId: string) => void;
  onUndo: (only: string[], doing: Undo[]) => void;
}

function Choosing({ threadId, points, stepName, to, effects, onChoose, onUndo }: ChoosingProps) {
  const plan = usePlan(threadId, to);
  return (
    <>
      <ChoosePoint threadId={threadId} points={points} stepName={stepName} chosen={to} onChoose={onChoose} />
      {plan.error === null ? null : <ProblemNotice error={plan.error} onRetry={() => void plan.refetch()} />}
      {plan.isLoading ? <Loading what="Looking what can be undone" /> : null}
      {plan.data === undefined ? null : (
        <PlanCard key={to} plan={plan.data} effects={effects} onUndo={onUndo} />
      )}
    </>
  );
}
