import { useCallback, useMemo, useState } from "react";
import { useParams } from "react-router";
import { useSession } from "@/api/session";
import { Button } from "@/components/button";
import { Empty, Loading, ProblemNotice } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { Panes } from "@/components/panes";
import { useBell } from "@/lib/bell";
import { useView } from "@/lib/view";
import { pathTo, type StepTree, type Turn, treeOf, turnsOf } from "@/steps/branches";
import { useGraph } from "@/steps/graph";
import { type ThreadEvent, useThreadEvents } from "@/steps/live";
import type { LoadedSteps } from "@/steps/load";
import { type Step, titleOf, withState } from "@/steps/step";
import { type ThreadInfo, useStateAt, useSteps, useThread } from "@/steps/thread";
import { Canvas } from "./canvas";
import styles from "./graph.module.css";
import { NOTHING, type Overlay, withEvent, withOverlay } from "./live";
import { figuresOf } from "./nodes";
import { progressOf } from "./progress";
import { Replay } from "./replay";
import { NodeCard, StateAtStep, StepsText } from "./side";
import { drawingOf, subgraphsOf } from "./topology";
import { useInnerRefresh, useInnerSteps, useMeasures, wholeProgress } from "./use_progress";

const REFRESH_MS = 150;

/** What the address says of this page. */
function useGraphView() {
  const { said, change } = useView();
  return { step: said("step") || null, node: said("node") || null, open: said("open"), set: change };
}

type View = ReturnType<typeof useGraphView>;

/** All steps as a tree; what runs from the last one is told by its state. */
function useTree(loaded: LoadedSteps, head: Step | undefined): StepTree {
  return useMemo(() => {
    const steps =
      head === undefined ? loaded.steps : loaded.steps.map((step) => (step.id === head.id ? head : step));
    return treeOf(steps, loaded.more);
  }, [loaded, head]);
}

/** The path that is shown: the one that the thread stands on, or the one that a chosen step is on. */
function usePath(tree: StepTree, end: string | null, chosen: string | null): Step[] {
  return useMemo(() => {
    const main = pathTo(tree, end ?? tree.ends[0]);
    if (chosen === null || main.some((step) => step.id === chosen)) return main;
    const other = tree.ends.find((one) => pathTo(tree, one).some((step) => step.id === chosen));
    return other === undefined ? main : pathTo(tree, other);
  }, [tree, end, chosen]);
}

function Turns({ turns, turn, view }: { turns: Turn[]; turn: number; view: View }) {
  if (turns.length < 2) return null;
  const go = (place: number) =>
    view.set({ step: place === turns.length - 1 ? null : (turns[place]?.steps.at(-1)?.id ?? null) });
  return (
    <label className={styles.turns}>
      Turn
      <select value={turn} onChange={(event) => go(Number(event.target.value))}>
        {turns.map((one, place) => (
          <option key={one.start.id} value={place}>
            {place + 1} of {turns.length}
            {place === turns.length - 1 ? " (the latest)" : ""}
          </option>
        ))}
      </select>
    </label>
  );
}

/** The confidence in a state, on the node that wrote it. */
function useConfidence(threadId: string, steps: Step[], at: number): ReadonlyMap<string, number> {
  const state = useStateAt(threadId, steps[at]?.id ?? null);
  return useMemo(() => {
    const confidence = (state.data?.values as { confidence?: { score?: unknown } | null } | undefined)
      ?.confidence;
    const writer = steps
      .slice(0, at)
      .findLast((step) => step.tasks.some((task) => task.wrote.includes("confidence")))
      ?.tasks.find((task) => task.wrote.includes("confidence"));
    if (typeof confidence?.score !== "number" || writer === undefined) return new Map();
    return new Map([[writer.node, confidence.score]]);
  }, [state.data, steps, at]);
}

interface LiveGraphProps {
  loaded: LoadedSteps;
  thread: ThreadInfo;
  view: View;
  overlay: Overlay;
}

function LiveGraph({ loaded, thread, view, overlay }: LiveGraphProps) {
  const { isPodium } = useSession();
  const graph = useGraph(thread.assistantId ?? thread.graphId);
  const headState = useStateAt(thread.threadId, null);
  const known = loaded.steps.find((step) => step.id === loaded.head);
  const head = useMemo(
    () => (known === undefined ? undefined : withState(known, headState.data)),
    [known, headState.data],
  );
  const tree = useTree(loaded, head);
  const path = usePath(tree, loaded.head, view.step);
  const turns = useMemo(() => turnsOf(path), [path]);
  const chosen = turns.findIndex((turn) => turn.steps.some((step) => step.id === view.step));
  const turn = chosen === -1 ? turns.length - 1 : chosen;
  const steps = turns[turn]?.steps ?? [];
  const found = steps.findIndex((step) => step.id === view.step);
  const at = found === -1 ? steps.length - 1 : found;
  const isBusy = thread.status === "busy" && steps.at(-1)?.id === loaded.head;
  const runId =
    (headState.data?.values as { turn?: { run_id?: string } | null } | undefined)?.turn?.run_id ?? null;
  const measures = useMeasures(thread.threadId, turn === turns.length - 1 ? runId : null, steps);
  const open = useMemo(() => (view.open === "" ? [] : view.open.split(",")), [view.open]);
  const inner = useInnerSteps(thread.threadId, open, steps, at);
  const isNow = isBusy && at === steps.length - 1;
  const whole = wholeProgress(progressOf(steps, at, isBusy, measures), inner, isNow);
  const progress = withOverlay(whole, isNow ? overlay : NOTHING);
  const confidence = useConfidence(thread.threadId, steps, at);
  const drawing = useMemo(
    () => (graph.data === undefined ? null : drawingOf(graph.data, new Set(open))),
    [graph.data, open],
  );
  const step = steps[at];
  const move = useCallback(
    (place: number) => {
      const isLatest = turn === turns.length - 1 && place >= steps.length - 1;
      view.set({ step: isLatest ? null : (steps[place]?.id ?? null) });
    },
    [view.set, steps, turn, turns.length],
  );
  const toggle = (subgraph: string) => {
    const kept = open.filter((one) => one !== subgraph && !one.startsWith(`${subgraph}:`));
    view.set({ open: (kept.length === open.length ? [...open, subgraph] : kept).join(",") });
  };
  if (graph.error !== null) return <ProblemNotice error={graph.error} onRetry={() => void graph.refetch()} />;
  if (drawing === null) return <Loading what="Loading the graph" />;
  const subgraphs = graph.data === undefined ? [] : subgraphsOf(graph.data);
  return (
    <>
      <div className={styles.bar}>
        <Turns turns={turns} turn={turn} view={view} />
        {step === undefined ? null : (
          <Replay
            at={at}
            count={steps.length}
            name={titleOf(step, steps[at - 1])}
            isBusy={isBusy}
            onMove={move}
          />
        )}
        {subgraphs.length > 0 && open.length < subgraphs.length ? (
          <Button small onClick={() => view.set({ open: subgraphs.join(",") })}>
            Open all subgraphs
          </Button>
        ) : null}
        {view.step === null ? null : (
          <Button small onClick={() => view.set({ step: null })}>
            Back to now
          </Button>
        )}
      </div>
      <Panes
        widths="minmax(0, 3fr) minmax(300px, 2fr)"
        kept={
          <Canvas
            drawing={drawing}
            progress={progress}
            confidence={confidence}
            selected={view.node}
            onSelect={(node) => view.set({ node })}
            onToggle={toggle}
          />
        }
      >
        <div className="stack">
          {view.node === null ? null : (
            <NodeCard
              node={view.node}
              progress={progress.nodes.get(view.node)}
              figures={figuresOf(progress.nodes.get(view.node), confidence.get(view.node) ?? null)}
              threadId={thread.threadId}
              hasTrace={isPodium}
            />
          )}
          {steps.length === 0 ? (
            <Empty title="Nothing has run yet">The path lights up here as soon as a run begins.</Empty>
          ) : (
            <StepsText tree={tree} steps={steps} at={at} isBusy={isBusy} measures={measures} onMove={move} />
          )}
          {step === undefined ? null : (
            <StateAtStep threadId={thread.threadId} tree={tree} step={step} parent={steps[at - 1]} />
          )}
        </div>
      </Panes>
    </>
  );
}

/** Whether an event tells that steps, or what runs now, may be others than before. */
const isNews = ({ mode }: ThreadEvent) =>
  mode !== "messages" && !mode.startsWith("messages/") && mode !== "custom";

export function Page() {
  const { threadId = "" } = useParams();
  const view = useGraphView();
  const thread = useThread(threadId);
  const steps = useSteps(threadId);
  const head = useStateAt(threadId, null);
  const refreshInner = useInnerRefresh(threadId);
  const refresh = useBell(
    () => Promise.all([steps.refresh(), head.refetch(), thread.refetch(), refreshInner()]),
    REFRESH_MS,
  );
  const [overlay, setOverlay] = useState(NOTHING);
  useThreadEvents(threadId, (event) => {
    setOverlay((before) => withEvent(before, event));
    if (isNews(event)) refresh();
  });
  const error = thread.error ?? steps.error;
  const isNew = thread.data !== undefined && thread.data.assistantId === null && thread.data.graphId === null;
  const retry = () => void Promise.all([thread.refetch(), steps.refetch()]);
  return (
    <PageFrame title="Graph" lead="The way this thread takes through its graph, live or step by step.">
      {error === null ? null : <ProblemNotice error={error} onRetry={retry} />}
      {isNew ? (
        <Empty title="Nothing has run yet">Its graph is drawn here as soon as a run begins.</Empty>
      ) : thread.data !== undefined && steps.data !== undefined ? (
        <LiveGraph loaded={steps.data} thread={thread.data} view={view} overlay={overlay} />
      ) : error === null ? (
        <Loading what="Loading the graph" />
      ) : null}
    </PageFrame>
  );
}
