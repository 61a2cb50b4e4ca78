import { GitBranch } from "lucide-react";
import { useDeferredValue, useMemo } from "react";
import { Link, useParams } from "react-router";
import { useSession } from "@/api/session";
import { Button } from "@/components/button";
import { Empty, Loading, Notice, ProblemNotice } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { Panes } from "@/components/panes";
import { SearchInput } from "@/components/search_input";
import { ToolBar } from "@/components/tool_bar";
import { useBell } from "@/lib/bell";
import { whole } from "@/lib/numbers";
import { useView } from "@/lib/view";
import { drawTree, nameOf, type StepTree, treeOf } from "@/steps/branches";
import { useThreadEvents } from "@/steps/live";
import type { LoadedSteps } from "@/steps/load";
import { type ThreadInfo, useSteps, useThread } from "@/steps/thread";
import { ComparePanel } from "./compare_panel";
import { filterSteps, KIND_NAMES, KINDS, type StepKind, searchTexts } from "./filter";
import styles from "./history.module.css";
import { useInside } from "./inside";
import { StepDetails } from "./step_details";
import { StepList } from "./step_list";

const MANY = 500;
const REFRESH_MS = 250;

/** What the address says of this page. */
function useHistoryView() {
  const { said, change } = useView();
  const kind = said("show") as StepKind;
  return {
    words: said("q"),
    kind: KINDS.includes(kind) ? kind : ("all" as const),
    step: said("step") || null,
    compare: said("compare") || null,
    count: Number(said("count")) || MANY,
    set: change,
  };
}

type View = ReturnType<typeof useHistoryView>;

function Branches({ tree, head, view }: { tree: StepTree; head: string | null; view: View }) {
  if (tree.ends.length < 2) return null;
  return (
    <label className={styles.tool}>
      <GitBranch size={16} aria-hidden /> Branch
      <select
        value={tree.ends.find((end) => end === view.step) ?? ""}
        onChange={(event) => view.set({ step: event.target.value })}
      >
        <option value="">{tree.ends.length} branches</option>
        {tree.ends.slice(0, MANY).map((end) => {
          const step = tree.byId.get(end);
          return step === undefined ? null : (
            <option key={end} value={end}>
              {end === head ? "Now: " : ""}
              {nameOf(tree, step)}
            </option>
          );
        })}
      </select>
    </label>
  );
}

function Inside({ inside, words }: { inside: ReturnType<typeof useInside>; words: string }) {
  if (words.trim() === "") return null;
  return inside.busy ? (
    <span className="quiet" role="status">
      Looked into {whole(inside.looked)} steps…{" "}
      <Button small onClick={inside.stop}>
        Stop
      </Button>
    </span>
  ) : (
    <Button small onClick={inside.start} title="Looks through what each step wrote, the latest first">
      Search what was written, too
    </Button>
  );
}

function Tools({
  tree,
  head,
  view,
  found,
  inside,
}: {
  tree: StepTree;
  head: string | null;
  view: View;
  found: number;
  inside: ReturnType<typeof useInside>;
}) {
  return (
    <ToolBar label="Steps" found={found} total={tree.steps.length}>
      <SearchInput
        label="Search steps"
        placeholder="Search: node, key, id…"
        value={view.words}
        onChange={(words) => view.set({ q: words })}
      />
      <select
        aria-label="Which steps"
        value={view.kind}
        onChange={(event) => view.set({ show: event.target.value === "all" ? null : event.target.value })}
      >
        {KINDS.map((kind) => (
          <option key={kind} value={kind}>
            {KIND_NAMES[kind]}
          </option>
        ))}
      </select>
      <Branches tree={tree} head={head} view={view} />
      <Inside inside={inside} words={view.words} />
    </ToolBar>
  );
}

function Copied({ thread }: { thread: ThreadInfo }) {
  if (thread.copyOf === null) return null;
  return (
    <Notice tone="warn">
      <p>
        This thread is a copy of <Link to={`/threads/${thread.copyOf}/history`}>another one</Link>. Its
        actions are only simulated until somebody lets it act.
      </p>
    </Notice>
  );
}

function Panel({ tree, thread, view }: { tree: StepTree; thread: ThreadInfo; view: View }) {
  const step = view.step === null ? undefined : tree.byId.get(view.step);
  const other = view.compare === null ? undefined : tree.byId.get(view.compare);
  if (view.step !== null && step === undefined) {
    return <Empty title="This step is not here">It was undone, or it is older than what is loaded.</Empty>;
  }
  if (step === undefined) {
    return (
      <Empty title="Choose a step">
        You see what changed in it and who wrote it, and can go on from there.
      </Empty>
    );
  }
  if (other !== undefined && other.id !== step.id) {
    return (
      <ComparePanel
        tree={tree}
        one={other}
        other={step}
        threadId={thread.threadId}
        onEnd={() => view.set({ compare: null })}
      />
    );
  }
  return (
    <>
      {other === undefined ? null : (
        <Notice>Now choose the other step in the list, or the end of a branch.</Notice>
      )}
      <StepDetails
        key={step.id}
        step={step}
        tree={tree}
        thread={thread}
        compared={view.compare}
        onSelect={(id) => view.set({ step: id })}
        onCompare={(id) => view.set({ compare: id })}
      />
    </>
  );
}

function History({ loaded, thread, view }: { loaded: LoadedSteps; thread: ThreadInfo; view: View }) {
  const tree = useMemo(() => treeOf(loaded.steps, loaded.more), [loaded]);
  const drawing = useMemo(() => drawTree(tree, loaded.head), [tree, loaded.head]);
  const texts = useMemo(() => searchTexts(tree), [tree]);
  const words = useDeferredValue(view.words);
  const inside = useInside(thread.threadId, view.words);
  const found = useMemo(
    () => filterSteps(tree, texts, { words, kind: view.kind, inside: inside.found }),
    [tree, texts, words, view.kind, inside.found],
  );
  if (loaded.steps.length === 0) {
    return (
      <Empty title="Nothing has happened here yet">
        Steps appear as soon as the thread's first run begins.
      </Empty>
    );
  }
  const list =
    found.length === 0 ? (
      <Empty title="No step fits">
        <Button onClick={() => view.set({ q: null, show: null })}>Show all steps</Button>
      </Empty>
    ) : (
      <StepList
        steps={found}
        tree={tree}
        drawing={drawing}
        filtered={found.length !== tree.steps.length}
        head={loaded.head}
        selected={view.step}
        compared={view.compare}
        onSelect={(id) => view.set({ step: id })}
      />
    );
  const older = loaded.more ? (
    <Button onClick={() => view.set({ count: String(view.count * 2) })}>Load older steps</Button>
  ) : null;
  return (
    <>
      <Tools tree={tree} head={loaded.head} view={view} found={found.length} inside={inside} />
      <Panes
        widths="minmax(380px, 5fr) minmax(0, 7fr)"
        kept={
          <>
            {list}
            {older}
          </>
        }
      >
        <Panel tree={tree} thread={thread} view={view} />
      </Panes>
    </>
  );
}

export function Page() {
  const { threadId = "" } = useParams();
  const view = useHistoryView();
  const { isPodium } = useSession();
  const thread = useThread(threadId);
  const steps = useSteps(threadId, "", isPodium ? MANY : view.count);
  const refresh = useBell(steps.refresh, REFRESH_MS);
  useThreadEvents(threadId, ({ mode, path }) => {
    if (path.length === 0 && mode !== "messages" && mode !== "custom") refresh();
  });
  const error = thread.error ?? steps.error;
  return (
    <PageFrame
      title="History"
      lead="Every step of this thread, the newest first. Choose one to see what changed, or to go on from there."
    >
      {error === null ? null : (
        <ProblemNotice error={error} onRetry={() => void Promise.all([thread.refetch(), steps.refetch()])} />
      )}
      {thread.data === undefined ? null : <Copied thread={thread.data} />}
      {thread.data === undefined || steps.data === undefined ? (
        error === null ? (
          <Loading what="Loading the steps" />
        ) : null
      ) : (
        <History loaded={steps.data} thread={thread.data} view={view} />
      )}
    </PageFrame>
  );
}
